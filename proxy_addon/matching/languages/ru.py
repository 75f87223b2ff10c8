"""Russian word forms: the dictionary and the phrase grammar that Russian and Ukrainian share."""

from __future__ import annotations

from .slavic import inflector

INFLECTOR = inflector("ru")
