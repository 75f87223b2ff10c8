"""The desk's parts: what is the reader's own, and what changes something. Each needs the installation's key (``guard.NEEDS``).

A handler gives a piece of a page, which the desk's script puts in its place, or a problem. Long work is done by one worker, so
that the service answers others meanwhile. It keeps nothing of what is tried.
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from proxy_addon.glossary.editing import Changed, Draft, NoSuchEntry
from proxy_addon.glossary.exchange import READERS
from proxy_addon.glossary.lint import Complaint, lint
from proxy_addon.glossary.problem import Findings, GlossaryError
from proxy_addon.glossary.stub import stub
from proxy_addon.glossary_check import check_examples_of
from proxy_addon.options import DENSITIES
from proxy_addon.preferences import KINDS
from proxy_addon.service.desk import changing, trying
from proxy_addon.service.desk.pages import Pages
from proxy_addon.service.desk.render import HEADERS, language_of, part
from proxy_addon.service.feedback import still
from proxy_addon.service.keys import Keys, NotPaired
from proxy_addon.service.problems import problem
from proxy_addon.service.requests import Misunderstood, parsed, whole

# The days of the chart, and the terms of the list.
CHART = 30
TOP = 50
# The longest text that is tried, in characters.
LONGEST = 200_000

_ANSWERS = ("id", "kind", "lang", "term", "means", "who", "source", "source_title", "place")

P = ParamSpec("P")
R = TypeVar("R")


class Wanting(ValueError):
    """The request's sender must mend it; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart; ``height`` in hundredths of the highest."""

    day: str
    number: int
    height: int


class Own:
    """The handlers, with what they share."""

    def __init__(self, pages: Pages, keys: Keys) -> None:
        self.pages, self.current, self.keys = pages, pages.current, keys
        self._worker = ThreadPoolExecutor(1, "glossator-desk")

    def close(self) -> None:
        """Nothing is begun any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _worked(self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._worker, functools.partial(work, *given, **named))

    # -- who comes in

    async def enter(self, request: Request) -> Response:
        """The token of a sitting for such a key. Open to whoever has one."""
        try:
            key, *_ = _members(await request.body(), "key")
            return JSONResponse({"token": self.keys.enter(key)}, 201, HEADERS)
        except (Wanting, NotPaired) as error:
            return problem(403, f"{str(error).capitalize()}.")

    async def sitting(self, request: Request) -> Response:
        """The token of a sitting for the installation's own token, which then need not be kept by a browser."""
        return JSONResponse({"token": self.keys.sit()}, 201, HEADERS)

    # -- what the reader chose, met and reported

    async def pause(self, request: Request) -> Response:
        """The switch that turns everything off."""
        return part(self.current, request, "part_pause.html", chosen=self.current.preferences.current)

    async def settings(self, request: Request) -> Response:
        """Every setting."""
        chosen, look = self.current.preferences.current, self.pages.look
        sites = sorted(chosen.sites.items())
        hidden = sorted(((ident, look.term(ident)) for ident in chosen.hidden), key=lambda pair: pair[1].casefold())
        terms = {ident: look.term(ident) for _, site in sites for ident in site.hidden}
        known: dict[str, Any] = {"kinds": KINDS, "densities": DENSITIES, "packs": look.packs}
        return part(self.current, request, "part_settings.html", chosen=chosen, sites=sites, hidden=hidden, terms=terms, **known)

    async def extensions(self, request: Request) -> Response:
        """The paired extensions."""
        return part(self.current, request, "part_extensions.html", pairings=self.keys.pairings)

    async def counts(self, request: Request) -> Response:
        """How often terms were met; DELETE forgets it."""
        if request.method == "DELETE":
            try:
                self.current.counts.erase()
            except OSError as error:
                return problem(500, f"The counts could not be erased: {error.filename}: {error.strerror}; delete the file.")
            return Response(status_code=204, headers=HEADERS)
        days = self.current.counts.days
        sums: Counter[str] = Counter()
        for met in days.values():
            sums.update(met)
        top = [(ident, self.pages.look.term(ident), number) for ident, number in sums.most_common(TOP)]
        shown: dict[str, Any] = {"bars": _bars(days, date.today()), "top": top, "total": sum(sums.values())}
        return part(self.current, request, "part_counts.html", chosen=self.current.preferences.current, **shown)

    async def reports(self, request: Request) -> Response:
        """What was reported, of one entry where one is named."""
        ident, matcher = request.query_params.get("entry", ""), self.current.matcher
        wanted = [report for report in self.current.feedback.reports if not ident or report.entry == ident]
        told = await self._worked(lambda: [(each, self.pages.look.term(each.entry), still(matcher, each)) for each in wanted])
        return part(self.current, request, "part_reports.html", reports=told, entry=ident)

    # -- trying out

    async def trying(self, request: Request) -> Response:
        """The form; POST tries a text or a page."""
        if request.method == "GET":
            return part(self.current, request, "part_trying.html")
        matcher, language = self.current.matcher, language_of(self.current, request)
        try:
            text, html, lang, title = _members(await request.body(), "text", "html", "lang", "title", optional=True)
        except Wanting as error:
            return problem(422, f"{error}.")
        if max(len(text), len(html)) > LONGEST:
            return problem(413, f"The text is too long: at most {LONGEST} characters can be tried at once.")
        if html:
            tried = await self._worked(trying.tried_page, matcher, language, html)
        else:
            tried = await self._worked(trying.tried_text, matcher, language, text, lang=lang or None, title=title)
        shown: dict[str, Any] = {"rows": tried.rows, "more": tried.more, "blocks": tried.blocks, "page": tried.page}
        return part(self.current, request, "part_tried.html", **shown)

    # -- editing

    async def edit(self, request: Request) -> Response:
        """The form in which an entry is edited."""
        entry = self.current.matcher.glossary.entry(request.query_params.get("entry", ""))
        if entry is None:
            return problem(404, "There is no entry with this id.")
        try:
            opened = changing.opened(entry)
        except (NoSuchEntry, OSError, UnicodeDecodeError) as error:
            return problem(409, f"The entry can't be opened: {error}.")
        return part(self.current, request, "part_edit.html", ident=entry.id, opened=opened)

    async def new(self, request: Request) -> Response:
        """The form for a new entry; POST gives the form in which its first writing is edited."""
        glossary = self.current.matcher.glossary
        if request.method == "GET":
            places = [str(place) for place in changing.places(glossary)]
            return part(self.current, request, "part_new.html", places=places, kinds=KINDS)
        try:
            ident, *given, place = _members(await request.body(), *_ANSWERS)
        except Wanting as error:
            return problem(422, f"{error}.")
        findings = Findings("the new entry")
        answers = dict(zip(_ANSWERS[1:-1], given, strict=True))
        text = stub(ident, findings, today=date.today(), **answers)
        if glossary.entry(ident):
            findings.add(1, 1, f"there is an entry `{ident}` already", "choose another id, or edit that one")
        opened = changing.begun(glossary, ident, place, text) if text and not findings.problems else None
        if opened is None:
            return part(self.current, request, "part_stub.html", status=422, found=findings.problems)
        return part(self.current, request, "part_edit.html", ident=ident, opened=opened)

    async def check(self, request: Request) -> Response:
        """What a text would be as an entry."""
        try:
            ident, text = _members(await request.body(), "entry", "text")
        except Wanting as error:
            return problem(422, f"{error}.")
        language = language_of(self.current, request)
        found = await self._worked(changing.outlook, self.current.matcher.glossary, ident, text, language)
        return part(self.current, request, "part_checked.html", found=found)

    async def save(self, request: Request) -> Response:
        """Writes an entry; refused where it can't be one, or its file has changed."""
        glossary = self.current.matcher.glossary
        try:
            ident, text, place, digest = _members(await request.body(), "entry", "text", "place", "digest")
            held = changing.held_for(glossary, ident, place)
        except Wanting as error:
            return problem(422, f"{error}.")
        except NoSuchEntry:
            return part(self.current, request, "part_conflict.html", status=409, text="", digest="")
        except (OSError, UnicodeDecodeError) as error:
            return problem(500, f"Its file can't be read: {error}; nothing was changed.")
        if held is None:
            return problem(403, "The desk does not write this entry to this file; open it again.")
        return await self._saved(request, held, digest, text)

    async def _saved(self, request: Request, held: Draft, digest: str, text: str) -> Response:
        matcher = self.current.matcher
        try:
            written = changing.saved(held, digest, text)
        except GlossaryError:
            language = language_of(self.current, request)
            found = await self._worked(changing.outlook, matcher.glossary, held.entry, text, language)
            return part(self.current, request, "part_checked.html", status=422, found=found)
        except (Changed, NoSuchEntry):
            return part(self.current, request, "part_conflict.html", status=409, text=held.text, digest=held.digest)
        except OSError as error:
            return problem(500, f"It could not be written: {error}; nothing was changed.")
        return part(self.current, request, "part_saved.html", held=written, version=matcher.version)

    async def problems(self, request: Request) -> Response:
        """What is to mend in the reader's own files, or in all."""
        shipped = request.query_params.get("shipped") == "1"
        found, looked = await self._worked(self._complaints, shipped)
        fault = self.current.fault.splitlines()
        return part(self.current, request, "part_problems.html", found=found, fault=fault, shipped=shipped, looked=looked)

    def _complaints(self, shipped: bool) -> tuple[list[Complaint], int]:
        matcher = self.current.matcher
        looked = {ident: e for ident, e in matcher.glossary.entries.items() if shipped or not changing.is_shipped(e)}
        found = [each for each in lint(matcher.glossary, date.today(), advice=False) if each.entry in looked]
        for ident, entry in looked.items():
            if entry.on:
                told = check_examples_of(entry, matcher)
                found += [Complaint(each, "example", ident, advice=False) for each in told]
        return found, len(looked)

    # -- importing

    async def importing(self, request: Request) -> Response:
        """The form; POST gives the draft that a file becomes."""
        if request.method == "GET":
            return part(self.current, request, "part_importing.html", styles=list(READERS), kinds=KINDS)
        try:
            names = ("name", "text", "format", "lang", "kind", "source")
            asked = dict(zip(names, _members(await request.body(), *names, optional=True), strict=True))
            asked["format"] = asked["format"] or _format(asked["name"])
            if asked["format"] not in READERS or asked["kind"] not in KINDS or not asked["lang"]:
                raise Wanting(f"the format must be one of {', '.join(READERS)}, and kind and language must be given")
        except Wanting as error:
            return problem(422, f"{str(error).capitalize()}.")
        text, found, number, replaced = await self._worked(changing.imported, self.current.matcher.glossary, asked, date.today())
        shown: dict[str, Any] = {
            "name": _slug(asked["name"]),
            "found": found,
            "text": text,
            "number": number,
            "replaced": replaced,
        }
        return part(self.current, request, "part_imported.html", **shown)

    async def keep(self, request: Request) -> Response:
        """Writes a draft as a new file of the reader's own."""
        try:
            name, text = _members(await request.body(), "name", "text")
            file, found = changing.kept(name, text)
        except Wanting as error:
            return problem(422, f"{error}.")
        except FileExistsError as error:
            return problem(409, f"{error.filename} is there already; choose another name.")
        except OSError as error:
            return problem(500, f"It could not be written: {error.filename}: {error.strerror}; nothing was changed.")
        return part(self.current, request, "part_kept.html", status=422 if found else 201, path=file, found=found)


def _members(body: bytes, *names: str, optional: bool = False) -> list[str]:
    """The strings under these names of a JSON object. Raises ``Wanting``."""
    try:
        given: Any = whole(body, parsed(body))
    except Misunderstood as error:
        raise Wanting(str(error)) from None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Wanting("the body must be a JSON object")
    found = [given.get(name, "" if optional else None) for name in names]
    strings = [value for value in found if isinstance(value, str)]
    if len(strings) < len(names):
        missing = next(name for name, value in zip(names, found, strict=True) if not isinstance(value, str))
        raise Wanting(f"{missing}: expected a string")
    return strings


def _bars(days: Mapping[str, Mapping[str, int]], today: date) -> list[Bar]:
    """The last days, each with what was met on it."""
    names = [(today - timedelta(days=back)).isoformat() for back in reversed(range(CHART))]
    numbers = [sum(days.get(day, {}).values()) for day in names]
    highest = max(numbers) or 1
    return [Bar(day, number, round(100 * number / highest)) for day, number in zip(names, numbers, strict=True)]


def _format(name: str) -> str:
    ending = Path(name).suffix[1:].lower()
    return {"htm": "html", "xml": "tbx", "tsv": "csv"}.get(ending, ending)


def _slug(name: str) -> str:
    """A name for the new file, after that of the imported one."""
    letters = "".join(each if each.isascii() and each.isalnum() else "-" for each in Path(name).stem.lower())
    return "-".join(filter(None, letters.split("-"))) or "imported"
