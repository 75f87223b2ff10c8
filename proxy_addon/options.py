"""Every setting once: its name, type, default, permitted values and one line of help.

The proxy's command line, mitmproxy's ``--set glossator_…`` and the table in the README are all made from this list. This
module does not know who reads a setting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Value = str | int | bool | Sequence[str]

# How often a term is marked where it comes again and again.
Density = Literal[
    # Every occurrence.
    "all",
    # The first in each block of text (paragraph, cell, heading).
    "block",
    # The first under each heading.
    "section",
    # The first on the page.
    "page",
]

DENSITIES: tuple[Density, ...] = ("all", "block", "section", "page")
LANGUAGES = ("auto", "en", "ru", "uk", "be", "zh-Hans", "zh-Hant")
NO_TRANSFORM = ("annotate", "leave")


@dataclass(frozen=True, slots=True)
class Option:
    """One setting. A list is written several times on a command line; ``choices`` is empty where any value will do."""

    name: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name under which mitmproxy knows it."""
        return f"glossator_{self.name}"

    @property
    def flag(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")


OPTIONS: tuple[Option, ...] = (
    Option("glossary", (), "A folder or file of your own entries, laid over the shipped glossary; may be given several times."),
    Option("language", "auto", "Language of the explanations; auto takes the browser's.", LANGUAGES),
    Option("density", "block", "Mark every occurrence, or the first in each block, section or page.", DENSITIES),
    Option("script", True, "Let pages that allow any inline script have the card, the panel and new text explained."),
    Option("sites", (), "Annotate only these sites (example.org covers its subdomains); empty: every site not excluded."),
    Option("not_sites", (), "Never intercept these sites, besides the shipped exclusion list."),
    Option("exclusions", True, "Never intercept banks, health, government, messaging and the like (the shipped list)."),
    Option("no_transform", "annotate", "Pages that ask proxies not to change them: annotate for you, or leave.", NO_TRANSFORM),
    Option("max_page", 64, "Megabytes of decoded page after which the rest goes on unannotated."),
    Option("budget", 2000, "Milliseconds of work on one page after which the rest goes on unannotated."),
    Option("service", True, "Run the local service beside the proxy."),
    Option("service_port", 8081, "Port of the local service on 127.0.0.1; 0 takes a free one."),
)

BY_NAME = {option.name: option for option in OPTIONS}
