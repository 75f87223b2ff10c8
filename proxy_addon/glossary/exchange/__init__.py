"""The glossary as other programs and readers take it, and what other programs have, as drafts for the glossary.

``WRITERS`` turn a glossary into files, ``READERS`` the bytes of a file into ``Draft``s. All are pure functions: this package
does not know folders, the command line or matching. Each module is one format and cites its standard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, TypeVar

from proxy_addon.glossary.exchange.draft import Draft
from proxy_addon.glossary.model import Glossary
from proxy_addon.glossary.problem import Findings

_Work = TypeVar("_Work", bound=Callable[..., Any])


class _ByFormat(Mapping[str, _Work]):
    """A function by the name of its format. Its module, with the libraries it needs, is imported when it is first asked for."""

    def __init__(self, homes: Mapping[str, tuple[str, str]]) -> None:
        self._homes = homes

    def __getitem__(self, style: str) -> _Work:
        module, name = self._homes[style]
        work: _Work = getattr(import_module(f"{__name__}.{module}"), name)
        return work

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


# Files by name. A format of one file is named ``glossary.<ending>``.
Files = Mapping[str, bytes]
WRITERS: Mapping[str, Callable[[Glossary], Files]] = _ByFormat(
    {
        "csv": ("sheet", "to_csv"),
        "html": ("pages", "to_html"),
        "json": ("model_json", "to_json"),
        "json-schema": ("model_json", "to_json_schema"),
        "skos": ("concepts", "to_skos"),
        "stardict": ("dictionary", "to_stardict"),
        "tbx": ("termbase", "to_tbx"),
    }
)
READERS: Mapping[str, Callable[[bytes, Findings], list[Draft]]] = _ByFormat(
    {
        "csv": ("sheet", "read_csv"),
        "html": ("webpage", "read_page"),
        "json": ("model_json", "read_json"),
        "tbx": ("termbase", "read_tbx"),
    }
)
