"""The API for machines: one table of routes, from which the application routes and the OpenAPI 3.1 description is written.

What the members mean is said in PROTOCOL.md; the shapes here are JSON Schema (2020-12). Knows nothing of how it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from proxy_addon.glossary.model import Kind, Status
from proxy_addon.options import DENSITIES
from proxy_addon.preferences import KINDS, MOST, SPOKEN
from proxy_addon.service.feedback import VERDICTS
from proxy_addon.service.guard import needed
from proxy_addon.service.problems import TITLES
from proxy_addon.service.requests import MAX_BLOCKS, MAX_SENTENCE, MAX_TEXT

Schema = dict[str, Any]

# Path -> the name of its handler in ``Api``, and by method: what it does, the body it takes, the status and body it answers.
ROUTES: Mapping[str, tuple[str, Mapping[str, tuple[str, str, int, str]]]] = {
    "/v1/status": ("status", {"GET": ("Whether the service is well, and with which glossary.", "", 200, "Status")}),
    "/v1/glossary": ("glossary", {"GET": ("The packs, and every entry in one line.", "", 200, "Glossary")}),
    "/v1/entries/{id}": ("entry", {"GET": ("One entry's card, by id or alias.", "", 200, "Card")}),
    "/v1/labels": ("labels", {"GET": ("The words that cards and panels say, in one language.", "", 200, "Labels")}),
    "/v1/annotate": ("annotate", {"POST": ("The terms in the blocks of a page.", "AnnotateRequest", 200, "Annotation")}),
    "/v1/settings": (
        "settings",
        {
            "GET": ("The reader's settings.", "", 200, "Settings"),
            "PATCH": ("Changes the members given; null restores a default.", "SettingsPatch", 200, "Settings"),
        },
    ),
    "/v1/sites/{host}": (
        "site",
        {
            "GET": ("What holds on one site.", "", 200, "Site"),
            "PATCH": ("Changes what was chosen for one site.", "SitePatch", 200, "Site"),
        },
    ),
    "/v1/feedback": (
        "feedback",
        {
            "GET": ("The reports kept.", "", 200, "Reports"),
            "POST": ("Reports a sentence with a wrong or a missing mark.", "FeedbackRequest", 201, "Report"),
        },
    ),
    "/v1/feedback/{id}": ("report", {"DELETE": ("Deletes a report.", "Nothing", 204, "")}),
    "/v1/pair": ("pair", {"POST": ("The second step of pairing: the code for a token.", "PairRequest", 201, "Token")}),
    "/v1/pairings": (
        "pairings",
        {
            "GET": ("The paired extensions.", "", 200, "Pairings"),
            "POST": ("The first step of pairing: a code to show.", "Nothing", 201, "Code"),
        },
    ),
    "/v1/pairings/end": ("pairing", {"POST": ("Ends a pairing.", "UnpairRequest", 204, "")}),
}

# What any request may be answered with, beside its own answer.
REFUSALS = (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500)

_STRING: Schema = {"type": "string"}
_SWITCH: Schema = {"type": "boolean"}


def _list(items: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": items, **limits}


def _some(*choices: str) -> Schema:
    return _list({"enum": list(choices)})


def _object(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _closed(members: Mapping[str, Schema]) -> Schema:
    """A patch: any of the members, each as given or null, and no other."""
    properties = {name: _or_null(each) for name, each in members.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}


_IDS: Schema = _list({"type": "string", "maxLength": 253}, maxItems=MOST)
_SITE: Mapping[str, Schema] = {"off": _SWITCH, "hidden": _IDS, "kinds_off": _some(*KINDS), "density": {"enum": list(DENSITIES)}}
_SETTINGS: Mapping[str, Schema] = {
    "paused": _SWITCH,
    "hidden": _IDS,
    "kinds_off": _some(*KINDS),
    "packs_off": _IDS,
    "density": {"enum": list(DENSITIES)},
    "language": {"enum": list(SPOKEN)},
    "counting": _SWITCH,
}
_SAID = _or_null(_object({"lang": _STRING, "text": _STRING}))
_NAMED = _list(_object({"id": _STRING, "term": _STRING, "lang": _STRING}))
_URL = _or_null({"type": "string", "format": "uri"})

SCHEMAS: Mapping[str, Schema] = {
    "Status": _object(
        {
            "api": {"const": "1"},
            "glossary": _STRING,
            "entries": {"type": "integer", "minimum": 0},
            "proxy": _STRING,
            "fault": _STRING,
            "paused": _SWITCH,
        }
    ),
    "Glossary": _object(
        {
            "glossary": _STRING,
            "packs": _list(_object({"id": _STRING, "title": _STRING})),
            "entries": _list(
                _object({"id": _STRING, "pack": _STRING, "kind": {"enum": list(KINDS)}, "term": _STRING, "on": _SWITCH})
            ),
        }
    ),
    "Card": _object(
        {
            "id": _STRING,
            "kind": {"enum": list(get_args(Kind))},
            "status": {"enum": list(get_args(Status))},
            "term": _STRING,
            "lang": _STRING,
            "means": _SAID,
            "who": _SAID,
            "since": _STRING,
            "until": _STRING,
            "note": _SAID,
            "rules": _list(
                _object(
                    {
                        "id": _STRING,
                        "authority": _SAID,
                        "title": _SAID,
                        "penalty": _SAID,
                        "since": _STRING,
                        "until": _STRING,
                        "url": _URL,
                    }
                )
            ),
            "instead": _NAMED,
            "see": _NAMED,
            "sources": _list(_object({"title": _STRING, "url": _URL, "archive": _URL, "published": _STRING})),
        }
    ),
    "Labels": _object({"lang": _STRING}),
    "AnnotateRequest": _object(
        {
            "blocks": _list(
                _object(
                    {"text": {"type": "string", "maxLength": MAX_TEXT}},
                    id={"type": ["string", "integer"]},
                    lang={"type": ["string", "null"]},
                ),
                maxItems=MAX_BLOCKS,
            )
        },
        lang={"type": ["string", "null"]},
        title={"type": ["string", "null"]},
        description={"type": ["string", "null"]},
    ),
    "Annotation": _object(
        {
            "glossary": _STRING,
            "matches": _list(
                _object(
                    {
                        "block": _STRING,
                        "start": {"type": "integer", "minimum": 0},
                        "end": {"type": "integer", "minimum": 1},
                        "entry": _STRING,
                        "entries": _list(_STRING, minItems=1),
                        "quoted": _SWITCH,
                    }
                )
            ),
            "entries": {"type": "object", "additionalProperties": _ref("Card")},
        }
    ),
    "Settings": _object(
        {
            **_SETTINGS,
            "density": _or_null(_SETTINGS["density"]),
            "language": _or_null(_SETTINGS["language"]),
            "sites": {"type": "object", "additionalProperties": _ref("Site")},
        }
    ),
    "Site": _object({**_SITE, "density": _or_null(_SITE["density"])}),
    "SettingsPatch": _closed(
        {**_SETTINGS, "sites": {"type": "object", "additionalProperties": _or_null(_ref("SitePatch"))}},
    ),
    "SitePatch": _closed(_SITE),
    "FeedbackRequest": _object(
        {
            "entry": _STRING,
            "text": {"type": "string", "minLength": 1, "maxLength": MAX_SENTENCE},
            "verdict": {"enum": list(VERDICTS)},
        },
        lang={"type": ["string", "null"]},
    ),
    "Report": _object(
        {
            "id": _STRING,
            "entry": _STRING,
            "text": _STRING,
            "verdict": {"enum": list(VERDICTS)},
            "lang": _STRING,
            "day": {"type": "string", "format": "date"},
            "still": _SWITCH,
        }
    ),
    "Reports": _object({"reports": _list(_ref("Report"))}),
    "PairRequest": _object({"code": _STRING}),
    "Token": _object({"token": _STRING}),
    "Code": _object({"code": {"type": "string", "pattern": "^[0-9]{8}$"}}),
    "Pairings": _object({"pairings": _list(_object({"origin": _STRING, "since": {"type": "string", "format": "date"}}))}),
    "UnpairRequest": _object({"origin": _STRING}),
    "Nothing": {"type": "object"},
    "Problem": _object(
        {"type": {"const": "about:blank"}, "title": _STRING, "status": {"type": "integer"}, "detail": _STRING},
    ),
}


def described() -> Schema:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Glossator's local service", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/"}],
        "paths": {path: _path(path, methods) for path, (_, methods) in ROUTES.items()},
        "components": {"schemas": dict(SCHEMAS), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _path(path: str, methods: Mapping[str, tuple[str, str, int, str]]) -> Schema:
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names]
    shown = {method.lower(): _operation(path, method, *row) for method, row in methods.items()}
    return {**shown, **({"parameters": parameters} if parameters else {})}


def _operation(path: str, method: str, summary: str, takes: str, status: int, gives: str) -> Schema:
    answer: Schema = {"description": summary}
    if gives:
        answer["content"] = {"application/json": {"schema": _ref(gives)}}
    operation: Schema = {"summary": summary, "operationId": f"{method.lower()} {path}", "responses": {str(status): answer}}
    operation["responses"] |= {str(refused): _problem(refused) for refused in REFUSALS}
    if takes:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(takes)}}}
    if needed(method, path) != "open":
        operation["security"] = [{"token": []}]
    if ("{id}" in path and method == "GET") or path in ("/v1/glossary", "/v1/labels", "/v1/annotate"):
        operation["parameters"] = [{"name": "language", "in": "query", "required": False, "schema": _STRING}]
    return operation


def _problem(status: int) -> Schema:
    return {"description": TITLES[status], "content": {"application/problem+json": {"schema": _ref("Problem")}}}
