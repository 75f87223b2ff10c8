"""What the addon reads off mitmproxy's requests and connections, as plain values. Knows nothing of what is made of them."""

from __future__ import annotations

from mitmproxy import http, tls

from proxy_addon.machine.ownpath import LIMIT
from proxy_addon.message import fields

_UPLOAD = 64 * 1024  # bytes of a request's body from which on it is not held


def raw(message: http.Message) -> fields.Fields:
    """The header fields as the wire has them."""
    return tuple(message.headers.fields)


def about(request: http.Request) -> tuple[str, str]:
    """The method in capitals, and the host without its port."""
    return request.method.upper(), request.pretty_host


def is_large(request: http.Request) -> bool:
    """Whether a body is, or may be, too large to be held on its way to the origin."""
    if "transfer-encoding" in request.headers:
        return True
    length = request.headers.get("content-length", "0")
    return length.isdigit() and int(length) > _UPLOAD


def is_long(request: http.Request) -> bool:
    """Whether a body is, or may be, too long even to be refused."""
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not length.isdigit() or int(length) > LIMIT


def hello_host(data: tls.ClientHelloData) -> str | None:
    """The host that a TLS connection is opened for."""
    return data.client_hello.sni or address(data)


def address(data: tls.TlsData | tls.ClientHelloData) -> str | None:
    """The host to whose address it goes."""
    found = data.context.server.address
    return found[0] if found else None
