"""The mitmproxy addon: options in, hooks in, pages streamed out annotated.

What becomes of an answer is decided when its head arrives, as a value; only then is the flow touched, by plain assignments. So a
fault in the decision leaves the answer exactly as the origin sent it. Everything that is not rewritten is streamed as it
is. Which connections are opened is for ``machine.connections``. The glossary's files are watched; a new edition takes
the old one's place between two pages, and a broken one is told of and not used.

No address and no text of a page is kept or logged; host names are logged at level DEBUG only, which is shown when asked for.
This module does not know HTML, YAML, codings or header fields beyond the names of those who do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from mitmproxy import addonmanager, ctx, exceptions, http

from proxy_addon.glossary.loader import GlossaryError
from proxy_addon.machine.avoided import Avoided
from proxy_addon.machine.doorway import REFUSAL
from proxy_addon.machine.edition import Edition, Snapshot, edition, editions, look
from proxy_addon.machine.flows import about, is_large, is_long, raw
from proxy_addon.machine.hosts import in_url, is_loopback
from proxy_addon.machine.ownpath import Asked, OwnPath, is_under
from proxy_addon.machine.record import decided
from proxy_addon.machine.settings import SettingsError, settings
from proxy_addon.machine.visit import Visit, visit
from proxy_addon.markup.annotation import STYLE_HASH
from proxy_addon.markup.phrases import PHRASES
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.message import csp, fields
from proxy_addon.message.coding import decoder
from proxy_addon.message.eligibility import NotModified, Pass, Request, Response, Rewrite, is_page, judge
from proxy_addon.message.language import preferred
from proxy_addon.message.transform import Transform, place
from proxy_addon.options import BY_NAME, OPTIONS, Option
from proxy_addon.paths import config_dir, data_dir
from proxy_addon.preferences import Store
from proxy_addon.service.keys import installed
from proxy_addon.service.secret import installation_token
from proxy_addon.service.server import PortTaken, Service
from proxy_addon.service.state import kept_in

_FAILURES = 3  # broken pages after which a host is left alone for the session
_TRIES = 100  # looks, a tenth of a second apart, for where the proxy listens

logger = logging.getLogger(__name__)


class Glossator:
    """One proxy's addon. ``within`` are the sites that its authority is limited to; empty where it is not."""

    name = "glossator"

    def __init__(self, *, within: Sequence[str] = ()) -> None:
        self.within = tuple(within)
        self._settings = settings({}, within=within)
        self._edition: Edition | None = None
        self._seen: Snapshot = frozenset()
        self._service: Service | None = None
        self._preferences = Store(config_dir() / "preferences.json")
        self._own_path = OwnPath(_secret(), self._preferences, self._current)
        self._visits: dict[str, Visit] = {}
        self._transforms: dict[str, tuple[Transform, Rewriter]] = {}
        self._broken = Avoided(limit=_FAILURES, seconds=float("inf"))
        self._watch: asyncio.Task[None] | None = None

    # -- life

    def load(self, loader: addonmanager.Loader) -> None:
        for option in OPTIONS:
            loader.add_option(option.key, _type(option), _default(option), option.help, option.choices or None)

    def configure(self, updated: Collection[str]) -> None:
        changed = {name for name, option in BY_NAME.items() if option.key in updated}
        if not changed:
            return
        try:
            chosen = settings(_chosen(), within=self.within)
            if "glossary" in changed or self._edition is None:
                self._read(chosen.glossary)
        except (SettingsError, GlossaryError) as error:
            self._reject(error)
        else:
            self._settings = chosen
            if self._watch and "glossary" in changed:
                self._watch_on()

    async def running(self) -> None:
        try:
            await self._serve(self._current())
        except PortTaken as error:
            logger.error("%s; choose another with --service-port, or none with --no-service", error)
        except (GlossaryError, OSError) as error:
            logger.error("%s", error)
        self._watch_on()

    def _watch_on(self) -> None:
        """Look at the files that the settings name now."""
        if self._watch:
            self._watch.cancel()
        self._inform_service("")
        self._watch = asyncio.get_running_loop().create_task(self._follow())

    async def done(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._service:
            await self._service.stop()
        self._own_path.close()
        self._visits.clear()
        self._transforms.clear()

    def _reject(self, error: Exception) -> None:
        """At start-up an error that is logged ends mitmproxy; later, raising rolls the option back."""
        if self._watch:
            raise exceptions.OptionsError(str(error)) from error  # type: ignore[no-untyped-call]
        logger.error("%s", error)

    def _current(self) -> Edition:
        return self._edition or self._read(self._settings.glossary)

    def _read(self, given: Sequence[Path]) -> Edition:
        seen = look(given)
        self._edition = edition(given)
        self._seen = seen
        return self._edition

    @property
    def service_port(self) -> int | None:
        """Where the local service listens; None where it does not."""
        return self._service.port if self._service else None

    def opens(self, host: str | None, asked_for: str | None = None) -> bool:
        """Whether the settings let connections to this host, asked for by that name, be opened."""
        return self._settings.interception.opens(host, asked_for)

    def shows(self, path: str) -> bool:
        """Whether the desk has put a picture at this path of its own name, to see whether a browser comes through the proxy."""
        return self._service is not None and self._service.current.checks.knows(path)

    async def _serve(self, current: Edition) -> None:
        chosen = self._settings
        if not chosen.service:
            return
        language = "en" if chosen.language == "auto" else chosen.language
        state = kept_in(config_dir(), current.matcher, language)
        state.preferences = self._preferences
        service = Service(state, port=chosen.service_port, keys=installed(data_dir()))
        await service.start()
        self._service = service

    async def _follow(self) -> None:
        """New editions as the files change; pages flow on meanwhile."""
        await self._introduce()
        told = ""
        async for found in editions(self._settings.glossary, self._seen):
            if isinstance(found, Edition):
                logger.warning("The glossary was read anew.")
                self._edition, told = found, ""
            elif str(found) != told:
                told = str(found)
                logger.warning("The glossary is broken; the last good one stays in use.\n%s", told)
            self._inform_service(told)

    async def _introduce(self) -> None:
        """Tells the service where the proxy listens, as soon as it does."""
        for _ in range(_TRIES):
            if not self._service or self._service.current.proxy:
                return
            self._service.current.proxy = _listening()
            await asyncio.sleep(0.1)

    def _inform_service(self, fault: str) -> None:
        if self._service and self._edition:
            self._service.current.matcher, self._service.current.fault = self._edition.matcher, fault

    # -- messages

    def http_connect(self, flow: http.HTTPFlow) -> None:
        self._refuse_own_service(flow)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if self._is_own_service(flow):
            return
        if self._is_own_path(flow.request):
            if is_long(flow.request):
                flow.kill()  # type: ignore[no-untyped-call]
            return
        with self._unharmed(flow):
            visit = self._visit(flow.request)
            asked = fields.asked(raw(flow.request), version=visit.mark) if visit else None
            if visit and asked is not None:
                self._visits[flow.id] = visit
                flow.request.headers = http.Headers(asked)
            if is_large(flow.request):
                flow.request.stream = True

    async def request(self, flow: http.HTTPFlow) -> None:
        self._refuse_own_service(flow)
        if not flow.response and self._is_own_path(flow.request):
            flow.response = http.Response.make(500)
            with self._unharmed(flow):
                asked = Asked(*about(flow.request), flow.request.path, raw(flow.request), flow.request.raw_content or b"")
                answer = await self._own_path.answer(asked)
                flow.response = http.Response.make(answer.status, answer.body, answer.head)

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        visit = self._visits.pop(flow.id, None)
        if flow.response is None or flow.response.status_code == 101 or self._is_own_path(flow.request):
            return
        with self._unharmed(flow):
            self._answer(flow, flow.response, visit)
        if not flow.response.stream:
            flow.response.stream = True

    def response(self, flow: http.HTTPFlow) -> None:
        self._finish(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self._visits.pop(flow.id, None)
        self._finish(flow)

    # -- decisions

    def _visit(self, request: http.Request) -> Visit | None:
        host = request.pretty_host
        if not is_page(raw(request)) or not self.opens(host) or self._off(host):
            return None
        language = self._language(request)
        return visit(
            self._current(),
            language,
            host,
            self._preferences.current,
            density=self._settings.density,
            scheme=request.scheme,
            ask=self._own_path.path(host, language) if self._settings.script else None,
            secret=self._own_path.mark,
        )

    def _off(self, host: str) -> Literal["paused", "off on this site"] | None:
        if self._preferences.current.paused:
            return "paused"
        return "off on this site" if self._preferences.current.at(host).off else None

    def _language(self, request: http.Request) -> str:
        chosen = self._preferences.current.language or self._settings.language
        return chosen if chosen != "auto" else preferred(request.headers.get("accept-language", ""), tuple(PHRASES))

    def _verdict(self, flow: http.HTTPFlow, response: http.Response) -> Rewrite | NotModified | Pass:
        host = flow.request.pretty_host
        return judge(
            Request(flow.request.method, host, flow.request.http_version, raw(flow.request)),
            Response(response.status_code, response.http_version, raw(response), callable(response.stream)),
            listed=self.opens(host),
            failed=host in self._broken,
            off=self._off(host),
            no_transform=self._settings.no_transform,
        )

    def _answer(self, flow: http.HTTPFlow, response: http.Response, visit: Visit | None) -> None:
        verdict = self._verdict(flow, response)
        sent = raw(response)
        if isinstance(verdict, Rewrite) and visit:
            transform, rewriter = self._transform(flow, response, verdict, visit)
            head = fields.rewritten(sent, version=visit.mark, chunked=verdict.chunked)
            self._apply(response, self._shown(head), transform)
            self._transforms[flow.id] = transform, rewriter
        elif isinstance(verdict, NotModified) and visit:
            self._apply(response, self._shown(fields.not_modified(sent, version=visit.mark)))
            decided(flow, "not modified")
        elif isinstance(verdict, Pass):
            if verdict.vary:
                self._apply(response, fields.varied(sent))
            decided(flow, verdict.reason)
            logger.debug("%s: left alone: %s", flow.request.pretty_host, verdict.reason)

    def _shown(self, head: fields.Fields) -> fields.Fields:
        """The head of an annotated page, whose style must be let through, and whose language the browser may choose."""
        if self._settings.language == "auto":
            head = fields.varied(head, b"Accept-Language")
        return csp.allow_in_fields(head, style=STYLE_HASH)

    def _transform(
        self, flow: http.HTTPFlow, response: http.Response, verdict: Rewrite, visit: Visit
    ) -> tuple[Transform, Rewriter]:
        undo = decoder(verdict.coding)
        assert undo is not None, "judged known"
        rewriter = Rewriter(
            visit.edition.matcher,
            visit.writer(raw(response)),
            content_type=verdict.content_type,
            density=visit.choice.density,
            script_owned="leave",
            budget=self._settings.budget,
        )
        return Transform(undo, rewriter, on_abort=flow.kill, max_page=self._settings.max_page), rewriter

    def _apply(self, response: http.Response, head: fields.Fields, transform: Transform | None = None) -> None:
        response.headers = http.Headers(head)
        if transform:
            response.stream = transform

    def _finish(self, flow: http.HTTPFlow) -> None:
        transform, rewriter = self._transforms.pop(flow.id, (None, None))
        if transform is None or rewriter is None:
            return
        host = flow.request.pretty_host
        if transform.outcome == "rewriter failed":
            self._blame(host, transform.trouble or "")
        decided(flow, rewriter.reason or transform.outcome, rewriter.counts)
        if self._service:
            self._service.current.met(rewriter.counts)
        logger.debug("%s: %s, %s", host, rewriter.reason or transform.outcome, _counted(rewriter.counts))

    # -- when something goes wrong

    @contextlib.contextmanager
    def _unharmed(self, flow: http.HTTPFlow) -> Iterator[None]:
        """A fault of ours ends here: the message goes on as it came."""
        try:
            yield
        except Exception as error:
            self._blame(flow.request.pretty_host, place(error))

    def _blame(self, host: str, where: str) -> None:
        logger.warning("A page went on unannotated because of a fault in Glossator: %s", where)
        self._broken.blame(host)
        if host in self._broken:
            logger.debug("%s: left alone from now on", host)

    # -- what is asked of the proxy itself, and the local service, which is not to be reached through it

    def _is_own_path(self, request: http.Request) -> bool:
        return is_under(request.path) and self.opens(request.pretty_host)

    def _is_own_service(self, flow: http.HTTPFlow) -> bool:
        return flow.request.port == self.service_port and is_loopback(flow.request.host)

    def _refuse_own_service(self, flow: http.HTTPFlow) -> None:
        if self._is_own_service(flow):
            flow.response = http.Response.make(403, REFUSAL, {"Content-Type": "text/plain"})


def _listening() -> str:
    """Where the proxy listens, as HOST:PORT; empty before it does."""
    server: Any = ctx.master.addons.get("proxyserver")  # type: ignore[no-untyped-call]
    places = server.listen_addrs() if server else ()
    return next((f"{in_url(host)}:{port}" for host, port, *_ in places), "")


def _secret() -> bytes:
    """What signs the paths of pages: the installation's, so that pages in the browser's cache stay right; else of this run."""
    try:
        return installation_token(data_dir()).encode()
    except (OSError, ValueError):
        return secrets.token_bytes()


def _type(option: Option) -> Any:
    return Sequence[str] if isinstance(option.default, tuple) else type(option.default)


def _default(option: Option) -> Any:
    return list(option.default) if isinstance(option.default, tuple) else option.default


def _chosen() -> Mapping[str, Any]:
    return {option.name: getattr(ctx.options, option.key) for option in OPTIONS}


def _counted(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    return f"{total} term" if total == 1 else f"{total} terms"
