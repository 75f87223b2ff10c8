"""Text to matches: folding, word forms, scanning, context."""
