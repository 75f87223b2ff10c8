"""This machine: running the proxy, its certificates, browsers, and their repair."""
