"""Errors as problem details (RFC 9457): every refusal says what was found and what to do. Knows nothing of routes."""

from __future__ import annotations

from starlette.responses import JSONResponse

# By status: the title of the problem. The detail of each answer names the cure.
TITLES = {
    400: "Malformed request",
    401: "Token needed",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    413: "Too large",
    415: "JSON needed",
    422: "Not understood",
    429: "Too many requests",
    500: "Fault of the service",
    503: "Not ready",
}


def problem(status: int, detail: str, **headers: str) -> JSONResponse:
    """An ``application/problem+json`` answer."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return JSONResponse(body, status, headers=headers or None, media_type="application/problem+json")
