"""http(s)://glossary.local/ leads to the local service, and never passes a byte on to it."""

from __future__ import annotations

import ssl
import urllib.request
from http.client import HTTPResponse

import pytest

from .conftest import Running, Start
from .reader import NAVIGATE, tunnel


@pytest.fixture
def with_service(start: Start) -> Running:
    return start(service=True, service_port=0)


@pytest.mark.parametrize("name", ["glossary.local", "GLOSSARY.local."])
@pytest.mark.parametrize("path", ["/", "/v1/status"])
def test_the_name_leads_to_the_service(with_service: Running, name: str, path: str) -> None:
    reply = with_service.reader().get(f"http://{name}{path}")
    place = reply.field("Location") or ""
    assert (reply.status, place) == (302, f"http://127.0.0.1:{with_service.address.service_port}{path}")
    with urllib.request.urlopen(place, timeout=10) as answer:
        assert answer.status == 200


def test_the_name_leads_there_over_tls_too(with_service: Running) -> None:
    with tunnel(with_service.at, ("glossary.local", 443), "glossary.local", trust=str(with_service.authority.file)) as link:
        reply = _ask(link)
        assert (reply.status, reply.getheader("Location")) == (
            302,
            f"http://127.0.0.1:{with_service.address.service_port}/v1/status",
        )


def test_the_name_works_where_only_some_sites_are_opened(start: Start) -> None:
    running = start(service=True, service_port=0, sites=["news.test"])
    with tunnel(running.at, ("glossary.local", 443), "glossary.local", trust=str(running.authority.file)) as link:
        assert _ask(link).status == 302


@pytest.mark.parametrize("size", [0, 10, 200_000])
def test_a_post_is_answered_by_the_proxy_and_not_passed_on(with_service: Running, size: int) -> None:
    fields = {"Content-Type": "application/json", "Authorization": "Bearer x"}
    reply = with_service.reader().get("http://glossary.local/v1/annotate", fields, method="POST", body=b"x" * size)
    assert (reply.status, reply.body) == (302, b"")


def test_without_the_service_the_name_says_so(start: Start) -> None:
    reply = start(service=False).reader().get("http://glossary.local/")
    assert reply.status == 503
    assert b"--no-service" in reply.body


@pytest.mark.parametrize("host", ["glossary.local.example", "xglossary.local"])
def test_no_other_name_does(with_service: Running, host: str) -> None:
    assert with_service.reader().get(f"http://{host}/").status == 502


def _ask(link: ssl.SSLSocket) -> HTTPResponse:
    fields = "".join(f"{key}: {value}\r\n" for key, value in {"Host": "glossary.local", **NAVIGATE}.items())
    link.sendall(f"GET /v1/status HTTP/1.1\r\n{fields}\r\n".encode("ascii"))
    response = HTTPResponse(link)
    response.begin()
    return response
