"""Markup to markup: encodings, tokens, runs of text, annotations."""
