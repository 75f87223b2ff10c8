"""Russian word forms: the dictionary and the phrase grammar that Russian and Ukrainian share."""

from __future__ import annotations

from proxy_addon.matching.languages.slavic import inflector

INFLECTOR = inflector("ru")
