"""TLS through a real proxy: opened where it may be, the origin's own certificate everywhere else; HTTP/2 in both directions."""

from __future__ import annotations

import socket
import ssl
import time
from http.client import HTTPResponse
from pathlib import Path

import pytest

from proxy_addon import strip_annotations
from proxy_addon.machine import authority

from .conftest import Running, Secure, Start
from .http2 import Answer, Http2Origin, get
from .reader import NAVIGATE, tunnel

TEXT = b"<!doctype html><title>t</title><p>A zorbling came.</p>"
TERM = b"<gl-term"


def issuer(link: ssl.SSLSocket) -> str:
    """The name of who signed the certificate that the reader is shown; the link must have been verified."""
    return "; ".join(value for part in link.getpeercert()["issuer"] for key, value in part if key == "commonName")  # type: ignore[union-attr,index,misc]


def ask(link: ssl.SSLSocket, name: str) -> bytes:
    fields = "".join(f"{key}: {value}\r\n" for key, value in {"Host": name, **NAVIGATE}.items())
    link.sendall(f"GET /x HTTP/1.1\r\n{fields}\r\n".encode("ascii"))
    response = HTTPResponse(link)
    response.begin()
    return response.read()


def reach(running: Running, secure: Secure, name: str, trust: str | None) -> ssl.SSLSocket:
    return tunnel(running.at, ("127.0.0.1", secure.origin.port), name, trust=trust)


def trusting(secure: Secure) -> dict[str, str]:
    return {"ssl_verify_upstream_trusted_ca": secure.trust}


def test_a_page_over_tls_is_annotated(start: Start, secure: Secure) -> None:
    running = start(extra=trusting(secure))
    secure.origin.page("/x", TEXT)
    with reach(running, secure, "news.test", str(running.authority.file)) as link:
        body = ask(link, "news.test")
        assert (issuer(link), strip_annotations(body), TERM in body) == (authority.NAME, TEXT, True)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"not_sites": ["news.test"]}, "www.news.test"),
        ({"sites": ["other.test"]}, "news.test"),
        ({"exclusions": True}, "login.news.test"),
    ],
)
def test_a_host_that_is_not_opened_keeps_its_certificate(
    start: Start, secure: Secure, values: dict[str, object], name: str
) -> None:
    running = start(extra=trusting(secure), **values)
    secure.origin.page("/x", TEXT)
    with reach(running, secure, name, secure.trust) as link:
        assert (issuer(link), ask(link, name)) == ("origin", TEXT)


@pytest.mark.parametrize(("excluded", "signed"), [("localhost", "origin"), ("elsewhere.test", authority.NAME)])
def test_a_host_that_is_not_opened_is_not_under_the_name_of_another(
    start: Start, secure: Secure, excluded: str, signed: str
) -> None:
    running = start(extra=trusting(secure), not_sites=[excluded])
    trust = secure.trust if signed == "origin" else str(running.authority.file)
    with tunnel(running.at, ("localhost", secure.origin.port), "news.test", trust=trust) as link:
        assert issuer(link) == signed


def test_an_authority_limited_to_sites_opens_those_only(start: Start, secure: Secure, tmp_path: Path) -> None:
    own = authority.create(tmp_path / "narrow", ["localhost"])
    running = start(own=own, extra=trusting(secure))
    secure.origin.page("/x", TEXT)
    with tunnel(running.at, ("localhost", secure.origin.port), "localhost", trust=str(own.file)) as link:
        assert (issuer(link), TERM in ask(link, "localhost")) == (authority.NAME, True)
    with reach(running, secure, "bank.test", secure.trust) as link:
        assert (issuer(link), ask(link, "bank.test")) == ("origin", TEXT)


def test_what_such_an_authority_signs_for_others_is_refused(start: Start, secure: Secure, tmp_path: Path) -> None:
    narrow = authority.create(tmp_path / "narrow", ["news.test"])
    stolen = authority.Authority(narrow.folder, authority.create(tmp_path / "wide").certificate)
    running = start(own=stolen, extra=trusting(secure))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        reach(running, secure, "bank.test", str(narrow.file))


def test_a_program_that_refuses_the_authority_gets_the_origins_certificate_from_then_on(start: Start, secure: Secure) -> None:
    running = start(extra=trusting(secure))
    secure.origin.page("/x", TEXT)
    with pytest.raises(ssl.SSLCertVerificationError):
        reach(running, secure, "news.test", secure.trust)
    with reach(running, secure, "news.test", secure.trust) as link:
        assert (issuer(link), ask(link, "news.test")) == ("origin", TEXT)


def test_an_origin_that_is_not_trusted_shows_its_own_certificate_from_then_on(start: Start, secure: Secure) -> None:
    running = start()
    secure.origin.page("/x", TEXT)
    with reach(running, secure, "news.test", str(running.authority.file)) as link:
        assert b"Certificate verify failed" in ask(link, "news.test")
    with reach(running, secure, "news.test", secure.trust) as link:
        assert issuer(link) == "origin"


def test_an_http_2_page_has_no_field_of_http_1_and_keeps_its_trailers(
    start: Start, origin_certificates: tuple[str, ssl.SSLContext]
) -> None:
    trust, context = origin_certificates
    pieces = [TEXT[:40], b"", TEXT[40:]]
    answer = Answer([("content-type", "text/html"), ("content-length", str(len(TEXT)))], pieces, [("x-trailer", "kept")])
    with Http2Origin(context, {"/x": answer}) as origin:
        running = start(extra={"ssl_verify_upstream_trusted_ca": trust})
        reply = get(running.at, origin.port, "news.test", "/x", str(running.authority.file))
    names = {name for name, _ in reply.fields}
    assert not names & {"transfer-encoding", "content-length", "connection"}
    assert (reply.ended, reply.trailers, strip_annotations(reply.body)) == (True, [("x-trailer", "kept")], TEXT)


def test_an_http_2_page_in_one_piece_is_annotated(start: Start, origin_certificates: tuple[str, ssl.SSLContext]) -> None:
    trust, context = origin_certificates
    with Http2Origin(context, {"/x": Answer([("content-type", "text/html")], [TEXT], [])}) as origin:
        running = start(extra={"ssl_verify_upstream_trusted_ca": trust})
        reply = get(running.at, origin.port, "news.test", "/x", str(running.authority.file))
    assert (reply.ended, TERM in reply.body, strip_annotations(reply.body)) == (True, True, TEXT)


def test_an_http_2_reader_of_an_http_1_origin_gets_no_chunks(start: Start, secure: Secure) -> None:
    running = start(extra={**trusting(secure), "connection_strategy": "lazy"})
    secure.origin.page("/x", TEXT)
    reply = get(running.at, secure.origin.port, "news.test", "/x", str(running.authority.file))
    assert "transfer-encoding" not in {name for name, _ in reply.fields}
    assert (reply.ended, TERM in reply.body, strip_annotations(reply.body)) == (True, True, TEXT)


def test_a_reader_who_leaves_in_the_middle_of_a_handshake_refuses_nothing(start: Start, secure: Secure) -> None:
    running = start(extra=trusting(secure))
    secure.origin.page("/x", TEXT)
    context = ssl.create_default_context()
    sent = ssl.MemoryBIO()
    hello = context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="news.test")
    with pytest.raises(ssl.SSLWantReadError):
        hello.do_handshake()
    with socket.create_connection(running.at) as link:
        target = f"127.0.0.1:{secure.origin.port}"
        link.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode("ascii"))
        link.recv(4096)
        link.sendall(sent.read())
        link.recv(4096)
    time.sleep(0.2)
    with reach(running, secure, "news.test", str(running.authority.file)) as link:
        assert issuer(link) == authority.NAME
