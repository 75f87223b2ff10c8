"""The rewriter: first what must not change."""
