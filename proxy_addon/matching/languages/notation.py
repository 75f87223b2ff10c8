"""How an editor writes a term, as words: braces, ``|``, ``=``, ``*head``, ``prefix*``.

It promises that ``phrases`` lists every alternative that the braces allow, in the order written, and that ``spell`` gives
every way of writing the joints of one inflected alternative. It does not know any language.

- ``{centre,center} for combating extremism``: alternatives; they nest.
- ``вайн{а,ы,е,у}``: a group *at the end of a begun word* lists that word's endings, so the word is not inflected any further;
  a space tells another word: ``охлаждение{, экономики}``.
- ``спец|операция``: joined, hyphenated or spaced.
- ``=word``: never inflected.  ``*word``: the head of the phrase.  ``word*``: everything that begins so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product

# Put behind a word whose endings the editor has listed. No term can hold it, and it is no space.
LISTED = "\x00"
SEPARATORS = ("", "-", " ")
# An apostrophe may belong to the word: it is not among them.
WRAPPERS = '"«»“”„()[],;:'


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase. ``joints`` are the places of ``|`` in ``text``, in code points; ``before`` and ``after`` hold
    quotation marks, commas and brackets around it."""

    text: str
    frozen: bool = False
    head: bool = False
    prefix: bool = False
    joints: tuple[int, ...] = ()
    before: str = ""
    after: str = ""


Phrase = tuple[Word, ...]


def phrases(text: str) -> Iterator[Phrase]:
    """Every alternative of the editor's ``text``; none for an empty text."""
    for alternative in alternatives(text):
        words = tuple(word(part) for part in alternative.split())
        if any(each.text for each in words):
            yield words


def alternatives(text: str) -> list[str]:
    """The product of all ``{a,b}`` groups. A brace without its partner is an ordinary character."""
    group = innermost(text)
    if group is None:
        return [text]
    start, end = group
    options = text[start + 1 : end].split(",")
    separate = any(option.startswith(" ") for option in options)
    listed = LISTED if lists_endings(text, start, end) and not separate else ""
    written = (text[:start] + option + listed + text[end + 1 :] for option in options)
    return [each for one in written for each in alternatives(one)]


def innermost(text: str) -> tuple[int, int] | None:
    end = text.find("}")
    while end >= 0:
        start = text.rfind("{", 0, end)
        if start >= 0:
            return start, end
        end = text.find("}", end + 1)
    return None


def lists_endings(text: str, start: int, end: int) -> bool:
    begun = start > 0 and text[start - 1].isalpha()
    finished = end + 1 == len(text) or text[end + 1].isspace() or text[end + 1] in LISTED + ",}"
    return begun and finished


def word(part: str) -> Word:
    """One word with its marks, e.g. ``*спец|операция``."""
    frozen = part.startswith("=") or LISTED in part
    bare = part.lstrip("=*").replace(LISTED, "")
    prefix = bare.endswith("*")
    before, core, after = unwrapped(bare.rstrip("*"))
    pieces = core.split("|")
    joints = tuple(sum(map(len, pieces[:count])) for count in range(1, len(pieces)))
    return Word("".join(pieces), frozen or prefix, part.startswith("*"), prefix, joints, before, after)


def unwrapped(part: str) -> tuple[str, str, str]:
    """``«люди»,`` as ``("«", "люди", "»,")``."""
    core = part.lstrip(WRAPPERS)
    before = part[: len(part) - len(core)]
    core = core.rstrip(WRAPPERS)
    return before, core, part[len(before) + len(core) :]


def spell(phrase: Phrase, forms: Iterable[str]) -> Iterator[str]:
    """Every spelling of the inflected ``forms``, one per word: joints written in each way, case as in the phrase."""
    for parts in product(*map(spell_word, phrase, forms)):
        yield " ".join(parts)


def spell_word(word: Word, form: str) -> list[str]:
    form = cased(form, word.text)
    ways = [separator.join(cut(form, word.joints)) for separator in SEPARATORS] if word.joints else [form]
    return [word.before + way + word.after + "*" * word.prefix for way in ways]


def cut(form: str, joints: tuple[int, ...]) -> list[str]:
    edges = (0, *joints, len(form))
    return [form[start:end] for start, end in pairwise(edges)]


def cased(form: str, model: str) -> str:
    """``form`` with the capitals of ``model``: «украины» like «Украина» is «Украины»; part by part around hyphens."""
    if model.islower() or form == model:
        return form
    forms, models = form.split("-"), model.split("-")
    if len(forms) != len(models):
        return cased_part(form, model)
    return "-".join(map(cased_part, forms, models))


def cased_part(form: str, model: str) -> str:
    if form.startswith(model):
        return form
    if len(model) > 1 and model.isupper():
        return form.upper()
    return form[:1].upper() + form[1:] if model[:1].isupper() else form
