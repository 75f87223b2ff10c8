"""What the routes under /v1 answer. PROTOCOL.md beside this file is the contract; ``description`` writes it for machines.

A handler takes the state and a request and gives a response. It keeps no history: a request's text is matched and forgotten.
Small texts are matched at once, large ones by one worker, so that a large page does not keep small ones waiting; what
queues up beyond that is refused.
"""

from __future__ import annotations

import asyncio
import datetime
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from proxy_addon.glossary.cards import card
from proxy_addon.glossary.model import in_language
from proxy_addon.markup.labels import labels
from proxy_addon.matching.matcher import Match, Matcher
from proxy_addon.preferences import PreferencesError
from proxy_addon.service import requests
from proxy_addon.service.feedback import TooMany, still
from proxy_addon.service.keys import Keys, NotPaired
from proxy_addon.service.offsets import Utf16
from proxy_addon.service.problems import problem
from proxy_addon.service.state import Current

API = "1"

# Bodies of more bytes than this are matched by the worker; so many may wait for it.
SMALL = 32 * 1024
QUEUE = 8

Body = TypeVar("Body")


class Api:
    """The handlers, with what they share."""

    def __init__(self, current: Current, keys: Keys) -> None:
        self.current, self.keys = current, keys
        self._worker = ThreadPoolExecutor(1, "glossator-annotate")
        self._waiting = 0

    def close(self) -> None:
        """Nothing is begun any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def status(self, request: Request) -> Response:
        """Whether the service is well, and with which glossary."""
        matcher, current = self.current.matcher, self.current
        told = {"api": API, "glossary": matcher.version, "entries": len(matcher.glossary.entries), "proxy": current.proxy}
        return JSONResponse({**told, "fault": current.fault, "paused": current.preferences.current.paused})

    async def glossary(self, request: Request) -> Response:
        """The packs, and every entry in one line."""
        shown = self.current.matcher.glossary
        language = self._language(request)
        packs = [{"id": pack.id, "title": in_language(pack.title, language)[1] or pack.id} for pack in shown.packs.values()]
        entries = [{"id": e.id, "pack": e.pack, "kind": e.kind, "term": e.headword, "on": e.on} for e in shown.entries.values()]
        return JSONResponse({"glossary": self.current.matcher.version, "packs": packs, "entries": entries})

    async def entry(self, request: Request) -> Response:
        """One entry's card, by id or alias."""
        shown = self.current.matcher.glossary
        found = shown.entry(request.path_params["id"])
        if found is None:
            return problem(404, "There is no entry with this id; GET /v1/glossary lists them.")
        return JSONResponse(card(shown, found, self._language(request)))

    async def labels(self, request: Request) -> Response:
        """The words that cards and panels say, in one language."""
        return JSONResponse(labels(self._language(request)))

    async def annotate(self, request: Request) -> Response:
        """Matches in the blocks of a page; offsets are UTF-16 code units into each block's text."""
        body, language = await request.body(), self._language(request)
        if len(body) <= SMALL:
            return _annotated(self.current, body, language)
        if self._waiting >= QUEUE:
            return problem(429, "Too many large pages at once; ask again in a second.", **{"Retry-After": "1"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, _annotated, self.current, body, language)
        finally:
            self._waiting -= 1

    async def settings(self, request: Request) -> Response:
        """The reader's settings; PATCH changes some of them (RFC 7396)."""
        store = self.current.preferences
        if request.method == "PATCH":
            return await _checked(request, requests.patch, lambda patch: JSONResponse(store.change(patch).as_dict()))
        return JSONResponse(store.current.as_dict())

    async def site(self, request: Request) -> Response:
        """What holds on one site; PATCH changes what is chosen for it."""
        store, host = self.current.preferences, request.path_params["host"]
        if request.method == "PATCH":
            return await _checked(
                request, requests.patch, lambda patch: JSONResponse(store.change_site(host, patch).at(host).as_dict())
            )
        return JSONResponse(store.current.at(host).as_dict())

    async def feedback(self, request: Request) -> Response:
        """The reports, or a new one."""
        if request.method == "POST":
            return await _checked(request, requests.feedback_request, self._report)
        matcher = self.current.matcher
        reports = self.current.feedback.reports
        told = await asyncio.to_thread(lambda: [{**asdict(report), "still": still(matcher, report)} for report in reports])
        return JSONResponse({"reports": told})

    def _report(self, asked: requests.FeedbackRequest) -> Response:
        entry = self.current.matcher.glossary.entry(asked.entry)
        if entry is None:
            return problem(422, f'entry: there is no entry "{asked.entry[:80]}"; GET /v1/glossary lists them.')
        try:
            kept = self.current.feedback.add(entry.id, asked.text, asked.verdict, asked.lang, _today())
        except TooMany as error:
            return problem(409, f"{str(error).capitalize()}.")
        return JSONResponse({**asdict(kept), "still": still(self.current.matcher, kept)}, 201)

    async def report(self, request: Request) -> Response:
        """Deletes one report."""
        return _kept(self._removed, request.path_params["id"])

    def _removed(self, identity: str) -> Response:
        if self.current.feedback.remove(identity):
            return Response(status_code=204)
        return problem(404, "There is no such report; GET /v1/feedback lists them.")

    async def pair(self, request: Request) -> Response:
        """The second step of pairing: an extension brings the code that the desk shows, and gets its token."""
        origin = request.headers.get("origin", "")

        def paired(asked: requests.PairRequest) -> Response:
            try:
                return JSONResponse({"token": self.keys.pair(asked.code, origin, _today())}, 201)
            except NotPaired as error:
                return problem(403, f"{str(error).capitalize()}.")

        return await _checked(request, requests.pair_request, paired)

    async def pairings(self, request: Request) -> Response:
        """The paired extensions; POST begins a pairing."""
        if request.method == "POST":
            return JSONResponse({"code": self.keys.code()}, 201)
        return JSONResponse({"pairings": [{"origin": each.origin, "since": each.since} for each in self.keys.pairings]})

    async def pairing(self, request: Request) -> Response:
        """Ends a pairing."""
        return await _checked(request, requests.patch, self._unpair)

    def _unpair(self, asked: dict[str, Any]) -> Response:
        if self.keys.unpair(str(asked.get("origin", ""))):
            return Response(status_code=204)
        return problem(404, "No such extension is paired; GET /v1/pairings lists them.")

    def _language(self, request: Request) -> str:
        return request.query_params.get("language") or self.current.preferences.current.language or self.current.language


async def _checked(request: Request, check: Callable[[Any], Body], answer: Callable[[Body], Response]) -> Response:
    """The answer to a body that is understood; else the problem that says what is not."""
    body = await request.body()
    return _answered(body, lambda given: check(requests.whole(body, given)), answer)


def _answered(body: bytes, check: Callable[[Any], Body], answer: Callable[[Body], Response]) -> Response:
    try:
        asked = check(requests.parsed(body))
    except requests.TooMuch as error:
        return problem(413, str(error))
    except requests.Misunderstood as error:
        return problem(422, str(error))
    except (ValueError, RecursionError):
        return problem(400, "The body is not JSON (UTF-8).")
    return _kept(answer, asked)


def _kept(answer: Callable[[Body], Response], asked: Body) -> Response:
    """The answer, or why nothing could be kept."""
    try:
        return answer(asked)
    except PreferencesError as error:
        return problem(422, str(error))
    except OSError as error:
        return problem(500, f"It could not be kept: {error.filename}: {error.strerror}; mend that and repeat it.")


def _annotated(current: Current, body: bytes, language: str) -> Response:
    def annotated(asked: requests.AnnotateRequest) -> Response:
        told = annotation(current.matcher, asked, language)
        current.met(Counter(match["entry"] for match in told["matches"]))
        return JSONResponse(told)

    return _answered(body, requests.annotate_request, annotated)


def annotation(matcher: Matcher, asked: requests.AnnotateRequest, language: str) -> dict[str, Any]:
    """The matches in the blocks, and the cards of their entries, as JSON values; offsets in UTF-16 code units."""
    page = matcher.page(lang=asked.lang, title=asked.title, description=asked.description)
    told: list[dict[str, Any]] = []
    cited: dict[str, None] = {}
    for block in asked.blocks:
        found = page.find(block.text, lang=block.lang)
        if found:
            units = Utf16(block.text)
            told += [_match(block.id, match, units) for match in found]
            cited.update(dict.fromkeys(ref for match in found for ref in match.entries))
    cards = {ref: card(matcher.glossary, matcher.glossary.entries[ref], language) for ref in cited}
    return {"glossary": matcher.version, "matches": told, "entries": cards}


def _match(block: str, match: Match, units: Utf16) -> dict[str, Any]:
    span = {"block": block, "start": units(match.start), "end": units(match.end)}
    return {**span, "entry": match.entries[0], "entries": list(match.entries), "quoted": match.quoted}


def _today() -> str:
    return datetime.date.today().isoformat()
