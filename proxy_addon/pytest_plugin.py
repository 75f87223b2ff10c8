"""A pytest plugin: the fixture ``glossator_proxy``, for people who test their own sites or glossaries::

    @pytest.mark.glossator(glossary=["words.yaml"], density="all")
    def test_the_term_is_explained(glossator_proxy, my_site):
        page = glossator_proxy.get(my_site + "/news")
        assert [(term.entry, term.text) for term in page.terms] == [("my-entry", "special words")]
        assert page.original == my_site.body

The proxy runs in a thread of the test process, on a free port, once per session for each set of settings, so that all uses but
the first cost nothing. Its authority and settings are made for the session; the user's own packs are not read. Keywords of the
marker are the options of ``glossator proxy`` with ``_`` for ``-``, and ``trust``, a PEM file to verify sites with.
"""

from __future__ import annotations

import html
import http.client
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from proxy_addon.machine.record import Decision
    from proxy_addon.machine.thread import Threaded

# What a browser sends when it navigates; other requests are passed on as they are.
NAVIGATION = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_PATIENCE = 30.0  # seconds for an answer
_SETTLES = 1.0  # seconds for the decision on an answer that has come
_TERM = re.compile(r'<gl-term data-entry="?([\w-]+)"? data-kind="?(\w+)"?[^>]*>(.*?)</gl-term>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Term:
    """One annotation as it stands in the page (a term across tags is several): the entry, its kind, the words."""

    entry: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as the reader gets it. ``body`` is what came, in bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text, by the charset of its Content-Type, else as UTF-8."""
        charset = re.search(r"charset=[\"']?([\w-]+)", self.headers.get("content-type", ""))
        return self.body.decode(charset.group(1) if charset else "utf-8", "replace")

    @property
    def terms(self) -> list[Term]:
        """Every annotation, in order."""
        return [Term(entry, kind, html.unescape(_TAG.sub("", text))) for entry, kind, text in _TERM.findall(self.text)]

    @property
    def original(self) -> bytes:
        """The body without annotations: what the site sent."""
        from proxy_addon import strip_annotations

        return strip_annotations(self.body)


@dataclass(slots=True)
class GlossatorProxy:
    """A running proxy. ``decisions`` are those of this test. A browser is given ``url``, and ``ca`` to trust."""

    _running: Threaded
    decisions: list[Decision] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self._running.address.host

    @property
    def port(self) -> int:
        return self._running.address.port

    @property
    def url(self) -> str:
        """The address of the proxy, as ``http://HOST:PORT``."""
        return f"http://{self._running.address}"

    @property
    def ca(self) -> Path:
        """The certificate of the session's authority (PEM)."""
        return self._running.certificate

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """What a browser that navigates to ``url`` gets; redirects are not followed."""
        parts, known = urlsplit(url), len(self.decisions)
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            target = url if parts.scheme == "http" else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={**NAVIGATION, **(headers or {})})
            answer = connection.getresponse()
            page = Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        settled = time.monotonic() + _SETTLES
        while len(self.decisions) == known and time.monotonic() < settled:
            time.sleep(0.002)
        return page

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(self.host, self.port, timeout=_PATIENCE)
        context = ssl.create_default_context(cafile=str(self.ca))
        secure = http.client.HTTPSConnection(self.host, self.port, timeout=_PATIENCE, context=context)
        secure.set_tunnel(host, port or 443)
        return secure


@dataclass(slots=True)
class _Proxies:
    """The proxies of a session, by their settings."""

    folder: Path
    running: dict[str, Threaded] = field(default_factory=dict)

    def get(self, settings: Mapping[str, Any]) -> Threaded:
        """Fails the test, in a line, if there can be no such proxy."""
        from proxy_addon.glossary.loader import GlossaryError
        from proxy_addon.machine.run import StartError
        from proxy_addon.machine.thread import start

        key = repr(sorted(settings.items()))
        if key not in self.running:
            try:
                self.running[key] = start(self.folder, {name: _checked(name, value) for name, value in settings.items()})
            except (StartError, GlossaryError) as error:
                pytest.fail(f"pytest.mark.glossator: {error}", pytrace=False)
        return self.running[key]


def _checked(name: str, value: Any) -> Any:
    """The value of a setting as the proxy takes it: where it takes a list, one value will do. Fails the test if it is none."""
    from proxy_addon.options import BY_NAME

    option, single = BY_NAME.get(name), isinstance(value, str | Path)
    if name == "trust":
        fits, expected = single and Path(value).is_file(), "a file that is there"
    elif option is None:
        pytest.fail(
            f"pytest.mark.glossator: there is no setting {name!r}; there are {', '.join((*BY_NAME, 'trust'))}", pytrace=False
        )
    elif isinstance(option.default, bool | int | str):
        fits, expected = type(value) is type(option.default), type(option.default).__name__
    else:
        fits, expected = single or isinstance(value, list | tuple), "str or a list of them"
        value = [str(value)] if single else value
    if not fits:
        pytest.fail(f"pytest.mark.glossator: {name} is {value!r}; it takes {expected}", pytrace=False)
    return value


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "glossator(**options): settings of the fixture glossator_proxy, as of `glossator proxy`")


@pytest.fixture(scope="session")
def _glossator_proxies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Proxies]:
    folder = tmp_path_factory.mktemp("glossator")
    proxies = _Proxies(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA"):
            patch.setenv(f"GLOSSATOR_{name}", str(folder / name.lower()))
        yield proxies
        for running in proxies.running.values():
            running.stop()


@pytest.fixture
def glossator_proxy(request: pytest.FixtureRequest, _glossator_proxies: _Proxies) -> Iterator[GlossatorProxy]:
    """A proxy of Glossator's with the settings of the marker ``glossator``; it keeps running until the session ends."""
    markers = reversed(list(request.node.iter_markers("glossator")))
    settings: dict[str, Any] = {}
    for marker in markers:
        if marker.args:
            pytest.fail("pytest.mark.glossator takes its settings by name: glossary=…, density=…", pytrace=False)
        settings |= marker.kwargs
    running = _glossator_proxies.get(settings)
    proxy = GlossatorProxy(running)
    running.listeners.append(proxy.decisions.append)
    yield proxy
    running.listeners.remove(proxy.decisions.append)
