"""The glossary as other programs and readers take it, and what other programs have, as drafts for the glossary.

``WRITERS`` turn a glossary into files, ``READERS`` the bytes of a file into ``Draft``s. All are pure functions: this package
does not know folders, the command line or matching. Each module is one format and cites its standard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proxy_addon.glossary.exchange.concepts import to_skos
from proxy_addon.glossary.exchange.dictionary import to_stardict
from proxy_addon.glossary.exchange.draft import Draft
from proxy_addon.glossary.exchange.model_json import read_json, to_json, to_json_schema
from proxy_addon.glossary.exchange.pages import to_html
from proxy_addon.glossary.exchange.sheet import read_csv, to_csv
from proxy_addon.glossary.exchange.termbase import read_tbx, to_tbx
from proxy_addon.glossary.exchange.webpage import read_page
from proxy_addon.glossary.model import Glossary
from proxy_addon.glossary.problem import Findings

# Files by name. A format of one file is named ``glossary.<ending>``.
Files = Mapping[str, bytes]
WRITERS: Mapping[str, Callable[[Glossary], Files]] = {
    "csv": to_csv,
    "html": to_html,
    "json": to_json,
    "json-schema": to_json_schema,
    "skos": to_skos,
    "stardict": to_stardict,
    "tbx": to_tbx,
}
READERS: Mapping[str, Callable[[bytes, Findings], list[Draft]]] = {
    "csv": read_csv,
    "html": read_page,
    "json": read_json,
    "tbx": read_tbx,
}
