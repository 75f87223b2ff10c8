"""Bytes to bytes: one HTTP message, its codings, fields and policy."""
