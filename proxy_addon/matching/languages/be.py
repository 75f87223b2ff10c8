"""Belarusian word forms, in both spellings: the official one and the classical one (тарашкевіца).

The paradigms are those of ``be_paradigms``. In a phrase the adjectives before the head agree with it, and «X і Y» with both
in the nominative decline together; what follows the head stays. Without a noun the last adjective leads («палітычны зняволены»).
Each form is also given as the classical spelling has it
(soft signs of assimilation: бясьпекі; some loans: спэцыяльная) and with «ў» for a word's first «у».
"""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

from proxy_addon.matching.languages.be_paradigms import Noun, adjective, adjective_shaped, noun, verb
from proxy_addon.matching.languages.inflection import Inflector
from proxy_addon.matching.languages.notation import Phrase, Word

PREPOSITIONS = frozenset(
    "у ў на з са зь па да ад аб пра за пад над пры для без праз супраць супроць між паміж перад каля сярод дзеля праціў".split()
)
CONJUNCTIONS = frozenset(("і", "й", "або", "ды", "ці"))
INFINITIVE = ("аць", "яць", "іць", "ыць", "ацца", "яцца", "іцца", "ыцца")
LONE_ADJECTIVE = ("скі", "цкі", "аны", "ены", "эны", "яны", "льны", "чны", "ўны", "уючы", "юючы")
# Adjectives that stand for persons or things, with endings that plurals of nouns have too.
NOUN_LIKE = frozenset(
    "рабочы вядучы дзіцячы дарагі ваенны вайсковы палонны ваеннапалонны вучоны хворы дзяжурны вартавы хатні".split()
)
# Feminine nouns that end like infinitives.
NOT_VERBS = frozenset("памяць печаць маці чэрвень".split())
# A soft consonant assimilates the sibilant or н before it; velars do not.
ASSIMILATED = re.compile("(?<=[сзцн])(?=(?:дз|[бвмнпфлцсз])[еёіюяь])|(?<=дз)(?=[вмн][еёіюяь])")
LOANS = (
    *(("аперац", "апэрац"), ("спецаперац", "спэцапэрац"), ("спецы", "спэцы")),
    *(("сістэм", "сыстэм"), ("сітуац", "сытуац"), ("пенсі", "пэнсі"), ("сімвол", "сымбал")),
    *(("план", "плян"), ("калон", "калён"), ("прэзідэнт", "прэзыдэнт"), ("рэзідэнт", "рэзыдэнт"), ("еўрап", "эўрап")),
    *(("метад", "мэтад"), ("медыя", "мэдыя"), ("парламент", "парлямэнт"), ("дакумент", "дакумэнт"), ("клас", "кляс")),
)


def inflect(phrase: Phrase) -> Iterator[tuple[str, ...]]:
    words = tuple(word.text.lower() for word in phrase)
    frozen = tuple(fixed(word) for word in phrase)
    for row in rows(words, frozen, marked(phrase), named=phrase[0].text[:1].isupper()):
        yield from product(*map(spelled, row, frozen))


def guessed(phrase: Phrase) -> tuple[str, ...]:
    """Nouns whose spelling leaves the paradigm open: «-ь» but «-сць», «-ак», «о» or «е» before the last consonant."""
    found = ((word.text, noun(tail(word.text.lower())[1])) for word in phrase if not fixed(word))
    return tuple(text for text, paradigm in found if paradigm and not paradigm.sure)


def fixed(word: Word) -> bool:
    letters = word.text.replace("-", "").replace("'", "").replace("’", "").replace("ʼ", "")
    return word.frozen or not letters.isalpha() or letters.isascii() or (len(letters) > 1 and letters.isupper())


def marked(phrase: Phrase) -> int | None:
    return next((at for at, word in enumerate(phrase) if word.head), None)


# ---- phrases ----------------------------------------------------------------------------------------------------------


def rows(words: tuple[str, ...], frozen: tuple[bool, ...], chosen: int | None, *, named: bool) -> Iterator[tuple[str, ...]]:
    yield words
    head = head_of(words, frozen) if chosen is None else chosen
    if head is None or frozen[head]:
        return
    if words[head].endswith(INFINITIVE) and words[head] not in NOT_VERBS:
        yield from ((*words[:head], form, *words[head + 1 :]) for form in verb(words[head]))
    elif alone(words, head):
        yield from lone_adjective(words, head, named=named)
    else:
        yield from declined(words, frozen, head)


def head_of(words: tuple[str, ...], frozen: tuple[bool, ...]) -> int | None:
    """The first noun that an adjective before it agrees with; without one, the first word that can inflect."""
    free = next((at for at, word in enumerate(words) if word in PREPOSITIONS), len(words))
    for at in range(1, free):
        if not frozen[at] and not frozen[at - 1] and agrees(words[at - 1], words[at]) and modifiers(words, at):
            return at
    if free > 1 and not any(frozen[:free]) and stands_for_a_noun(words[:free]):
        return free - 1
    return next((at for at in range(free) if not frozen[at]), None)


def stands_for_a_noun(words: tuple[str, ...]) -> bool:
    """Whether they are adjectives of one gender, the last of a sort that leads: «палітычны зняволены»."""
    genders = {found[0] if adjective_shaped(word) and (found := adjective(word)) else "" for word in words}
    return len(genders) == 1 and "" not in genders and leads(words[-1])


def leads(word: str) -> bool:
    return word in NOUN_LIKE or word.endswith(LONE_ADJECTIVE) or not word.endswith(("ы", "і"))


def modifiers(words: tuple[str, ...], head: int) -> bool:
    """Only adjectives and adverbs stand before the head."""
    return all(adjective_shaped(word) or word.endswith(("а", "о", "ы")) or word in CONJUNCTIONS for word in words[:head])


def agrees(describing: str, described: str) -> bool:
    several = describing.endswith(("ыя", "ія")) and described.endswith(("ы", "і"))
    if not adjective_shaped(describing) or (adjective_shaped(described) and not several):
        return False
    found, thing = adjective(describing), noun(tail(described)[1])
    return bool(found and thing and found[0] == thing.gender and not described.endswith("ў"))


def alone(words: tuple[str, ...], head: int) -> bool:
    """An adjective that no noun follows: «беглыя», «затрыманы за пратэст»."""
    word = words[head]
    if word.endswith(("ы", "і")):
        return leads(word) and (len(words) == 1 or (head > 0 and stands_for_a_noun(words[: head + 1])))
    return adjective_shaped(word)


def lone_adjective(words: tuple[str, ...], at: int, *, named: bool) -> Iterator[tuple[str, ...]]:
    """All genders, save of a plural and of a name: «Зяленскі» is not «Зяленская»."""
    found = adjective(words[at])
    if found is None:
        return
    own, _, every = found
    for gender in [own] if own == "p" or named else every:
        for case, forms in every[gender].items():
            before = [agreeing(word, gender, case) for word in words[:at]]
            yield from product(*before, forms, *([word] for word in words[at + 1 :]))


def agreeing(word: str, gender: str, case: str) -> tuple[str, ...]:
    found = adjective(word) if adjective_shaped(word) else None
    return found[2][gender][case] if found else (word,)


def declined(words: tuple[str, ...], frozen: tuple[bool, ...], head: int) -> Iterator[tuple[str, ...]]:
    before, body = tail(words[head])
    thing = noun(body)
    if thing is None:
        return
    seconds = {at: second for at in range(head + 2, len(words)) if (second := second_head(words, frozen, head, at))}
    for case, forms in thing.forms.items():
        columns: list[Iterable[str]] = [
            [before + form for form in forms]
            if at == head
            else beside(word, case, thing, seconds.get(at), not frozen[at] and may_agree(word, head, at))
            for at, word in enumerate(words)
        ]
        yield from product(*columns)


def may_agree(word: str, head: int, at: int) -> bool:
    """Behind the head only the next word agrees, and not in -ы: that is rather a genitive («пачатак вайны»)."""
    return adjective_shaped(word) and (at < head or (at == head + 1 and not word.endswith(("ы", "і"))))


def second_head(words: tuple[str, ...], frozen: tuple[bool, ...], head: int, at: int) -> Noun | None:
    if at != head + 2 or words[at - 1] not in CONJUNCTIONS or frozen[at] or words[at].endswith("ў"):
        return None
    return noun(words[at])


def beside(word: str, case: str, thing: Noun, second: Noun | None, agreeing: bool) -> Iterable[str]:
    """The forms of another word of the phrase in the head's case."""
    if second is not None:
        return second.forms.get(case) or second.forms.get(accusative_of(case), (word,))
    found = adjective(tail(word)[1]) if agreeing else None
    if found is None or found[0] != thing.gender:
        return (word,)
    paradigm = found[2]["p" if "+" in case else thing.gender]
    return [tail(word)[0] + form for form in paradigm[case]]


def accusative_of(case: str) -> str:
    return "n" if case == "a" else case


def tail(word: str) -> tuple[str, str]:
    """«бел-чырвона-» and «белы»: only what follows the last hyphen inflects."""
    before, hyphen, last = word.rpartition("-")
    return before + hyphen, last


# ---- spellings --------------------------------------------------------------------------------------------------------


def spelled(form: str, frozen: bool) -> tuple[str, ...]:
    if frozen:
        return (form,)
    both = dict.fromkeys((form, classical(form)))
    return tuple(dict.fromkeys(each for own in both for each in (own, short_u(own))))


def classical(form: str) -> str:
    form = next((loan + form.removeprefix(official) for official, loan in LOANS if form.startswith(official)), form)
    previous = ""
    while previous != form:
        previous, form = form, ASSIMILATED.sub("ь", form)
    return form


def short_u(form: str) -> str:
    return "ў" + form[1:] if form[0] == "у" and len(form) > 1 else form


INFLECTOR = Inflector(inflect, guessed)
