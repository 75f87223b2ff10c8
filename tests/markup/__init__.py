"""Markup: bytes of a page in, the same bytes and annotations out."""
