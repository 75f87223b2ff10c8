"""Matching: folding, scanning, context, the cache, and the score."""
