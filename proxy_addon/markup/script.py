"""The script of a page, which is the same on every page, and its element.

What a page's own copy is to know (labels, settings, where to ask) stands as JSON in an attribute of the element, in ASCII
whatever the page's encoding. This module does not know what the script does (its sources are in ``extension/content``, from
which ``extension/bundle.py`` makes ``page.js``), nor whether a page's policy lets it run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from proxy_addon.markup.annotation import attribute

SCRIPT_START = '<script data-glossator="'
SCRIPT_END = "</script>"
SCRIPT = resources.files(__package__).joinpath("page.js").read_text(encoding="ascii")
# As a source of a policy (CSP3 section 8.3), for sites that want to admit it; no policy is ever widened by it.
SCRIPT_HASH = "'sha256-" + base64.b64encode(hashlib.sha256(SCRIPT.encode("ascii")).digest()).decode("ascii") + "'"


def script_element(told: Mapping[str, Any]) -> str:
    """The page's one script element, which is told these JSON values."""
    return f'{SCRIPT_START}{attribute(as_json(told))}">{SCRIPT}{SCRIPT_END}'


def as_json(value: Any) -> str:
    """JSON in ASCII, as short as it can be."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
