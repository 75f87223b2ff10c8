"""What a language module offers: an ``INFLECTOR``, three functions on a phrase."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from proxy_addon.matching.languages.notation import Phrase

Forms = Iterable[tuple[str, ...]]


class Collision(NamedTuple):
    """``form`` of the term is also a form of the other ``lemma``, a ``pos`` (part of speech, in the dictionary's own tags)."""

    form: str
    lemma: str
    pos: str


def nothing_guessed(phrase: Phrase) -> tuple[str, ...]:
    return ()


def no_collisions(phrase: Phrase) -> tuple[Collision, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Inflector:
    """``inflect``: every inflected form of a phrase, one string per word of it. The others tell an editor what to check."""

    inflect: Callable[[Phrase], Forms]
    guessed: Callable[[Phrase], tuple[str, ...]] = nothing_guessed
    collisions: Callable[[Phrase], tuple[Collision, ...]] = no_collisions
