"""The loopback service: a JSON API beside the proxy."""
