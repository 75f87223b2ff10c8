"""Belarusian paradigms by the ending of the lemma, for want of a dictionary: nouns, adjectives, verbs.

Where an ending hangs on the stress, which spelling does not show (акцыяй, вайной), both are given: the wrong one is no word
at all. Where the *stem* hangs on it (вайна, войны), or a lemma's gender cannot be seen (слова), the word is listed. It does
not know phrases, nor the classical spelling.

Rules after the school grammar (Беларуская граматыка, 1985; the spelling law of 2008).
"""

# ruff: noqa: SIM905 - a list of words reads best as words
from __future__ import annotations

from dataclasses import dataclass

VOWELS = "аеёіоуыэюя"
DOUBLED = ("дз", "ц", "л", "н", "з", "с", "ч", "ж")
VELARS = "кгх"
HARDENED = "жчшцр"
MUTATED = {"т": "ц", "д": "дз", "к": "ц", "г": "з", "х": "с"}
# The accusative is left out where it is spelled like the nominative or the genitive.
Paradigm = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Noun:
    """``gender``: m, f, n, or p for a plural. Cases ``n g d a i l``; with ``+`` in front, the plural."""

    gender: str
    forms: Paradigm
    sure: bool = True


# Endings by case; 0 is the bare stem, % the locative with its consonant changed.
HARD_PLURAL = {"+n": "ы", "+g": "аў оў", "+d": "ам", "+i": "амі", "+l": "ах"}
PEOPLE = {"+n": "е", "+g": "0", "+d": "ам", "+i": "амі", "+l": "ах"}
SOFT_PLURAL = {"+n": "і", "+g": "яў ёў", "+d": "ям", "+i": "ямі", "+l": "ях"}
HARD_FEMININE = {"n": "а", "g": "ы", "d": "%", "a": "у", "i": "ай аю ой ою", "l": "%", **HARD_PLURAL, "+g": "0 аў оў"}
SOFT_FEMININE = {"n": "я", "g": "і", "d": "і", "a": "ю", "i": "яй яю ёй ёю", "l": "і", **SOFT_PLURAL, "+g": "0 яў ёў"}
THIRD_FEMININE = {"n": "0", "g": "і", "d": "і", "i": "&", "l": "і", **SOFT_PLURAL, "+g": "яў ей ёў"}
HARD_MASCULINE = {"n": "0", "g": "а у", "d": "у", "i": "ам ом", "l": "% у", **HARD_PLURAL}
# A masculine in к keeps it («адмоўніку»): «адмоўніцы» would be the feminine's.
MASCULINE_IN_K = {**HARD_MASCULINE, "l": "у"}
SOFT_MASCULINE = {"n": "0", "g": "я ю", "d": "ю", "i": "ем ём", "l": "і ю", **SOFT_PLURAL}
HARD_NEUTER = {"n": "а о", "g": "а", "d": "у", "i": "ам ом", "l": "% у", **HARD_PLURAL, "+g": "0 аў оў"}
SOFT_NEUTER = {"n": "е ё", "g": "я", "d": "ю", "i": "ем ём", "l": "і", **SOFT_PLURAL}

ADJECTIVE = {
    "m": {"n": "ы", "g": "ага ога", "d": "аму ому", "i": "ым", "l": "ым"},
    "f": {"n": "ая", "g": "ай ой ае ое", "d": "ай ой", "a": "ую", "i": "ай аю ой ою", "l": "ай ой"},
    "n": {"n": "ае ое", "g": "ага ога", "d": "аму ому", "i": "ым", "l": "ым"},
    "p": {"+n": "ыя", "+g": "ых", "+d": "ым", "+i": "ымі", "+l": "ых"},
}
SOFTENED = str.maketrans("ыауо", "іяюя")
STRESSED_ENDINGS = frozenset("малад залат дараг баяв".split())

# Lemmas whose gender or stem the spelling hides.
NEUTER_IN_A = frozenset("слова права войска месца мора неба масла свята золата дрэва цела лета рэха віно пісьма радыё".split())
STEADY = frozenset("рыбак казак бядак мастак чужак маяк паляк сваяк крок рок бок зрок змрок урок паток сок ток знак факт".split())
STEADY |= frozenset("народ завод закон тэлефон эшалон батальён раён мільён час лес полк".split())
# What is left of a masculine lemma, but for the plural's own stem below, when an ending follows.
OBLIQUE = {"дзень": "дн", "агонь": "агн", "вугаль": "вугл", "конь": "кан", "вязень": "вязн", "палітвязень": "палітвязн"}
OBLIQUE |= {"вецер": "ветр", "стол": "стал", "нож": "наж", "двор": "двар", "сон": "сн", "рот": "рт", "лоб": "лб"}
FEMININE_BARE = frozenset("рэч ноч мыш печ помач шыр кроў любоў моладзь сувязь стэп".split())
PLURAL_STEMS = {"вайна": "войн", "год": "гад", "вада": "вод", "старана": "старон", "галава": "галоў", "сястра": "сёстр"}
PLURAL_STEMS |= {"горад": "гарад", "голас": "галас", "лес": "ляс", "снег": "сняг", "вецер": "вятр"}
PLURAL_STEMS |= {"сцяна": "сцен", "зямля": "земл", "сяло": "сёл", "акно": "вокн"}
BARE_PLURALS = {"вайна": "войн войнаў", "год": "год", "слова": "слоў", "старана": "старон", "сястра": "сясцёр", "зямля": "зямель"}
BARE_PLURALS |= {"дзень": "дзён", "салдат": "салдат", "партызан": "партызан", "сяло": "сёл", "акно": "акон"}


def typed(gender: str, forms: str) -> Noun:
    """A paradigm written out: cases and forms in turn, a case before its forms."""
    found: Paradigm = {}
    for word in forms.split():
        if word.lstrip("+") in CASES:
            found[word] = ()
        else:
            case = list(found)[-1]
            found[case] += (word,)
    return Noun(gender, found)


CASES = tuple("ngdail")
PERSONS = "+n людзі +g людзей +d людзям +i людзьмі +l людзях"
CHILDREN = "+n дзеці +g дзяцей +d дзецям +i дзецьмі +l дзецях"
WHOLE = {
    "людзі": typed("p", PERSONS),
    "дзеці": typed("p", CHILDREN),
    "дні": typed("p", "+n дні +g дзён +d дням +i днямі +l днях"),
    "чалавек": typed("m", f"n чалавек g чалавека d чалавеку i чалавекам l чалавеку {PERSONS} чалавек"),
    "дзіця": typed("n", f"n дзіця g дзіцяці d дзіцяці i дзіцем дзіцём l дзіцяці {CHILDREN}"),
    "імя": typed(
        "n", "n імя g імя імені d імю імені i імем іменем l імі імені +n імёны +g імён імёнаў +d імёнам +i імёнамі +l імёнах"
    ),
    "вока": typed("n", "n вока g вока d воку i вокам l воку воцы +n вочы +g вачэй воч +d вачам +i вачамі вачыма +l вачах"),
    "вуха": typed("n", "n вуха g вуха d вуху i вухам l вуху вусе +n вушы +g вушэй +d вушам +i вушамі вушыма +l вушах"),
}


# ---- nouns ------------------------------------------------------------------------------------------------------------


def noun(lemma: str) -> Noun | None:
    """The paradigm of a lower-case lemma, or None for what does not look like a noun that declines."""
    if lemma in WHOLE:
        return WHOLE[lemma]
    if len(lemma) < 3 or not set(lemma) & set(VOWELS):
        return None
    if lemma[-1] in ENDS:
        return ENDS[lemma[-1]](lemma)
    return None if lemma[-1] in "уэюў" and lemma not in FEMININE_BARE else masculine(lemma)


def in_a(lemma: str) -> Noun:
    stem = lemma[:-1]
    if lemma in NEUTER_IN_A or lemma.endswith(("ства", "цтва")):
        return Noun("n", filled(stem, HARD_NEUTER, lemma))
    return Noun("f", filled(stem, HARD_FEMININE, lemma))


def in_ya(lemma: str) -> Noun:
    return Noun("f", filled(lemma[:-1], SOFT_FEMININE, lemma))


def in_o(lemma: str) -> Noun:
    return Noun("n", filled(lemma[:-1], HARD_NEUTER, lemma))


def in_e(lemma: str) -> Noun:
    return Noun("n", filled(lemma[:-1], SOFT_NEUTER, lemma))


def in_soft_sign(lemma: str) -> Noun:
    """«-сць» is feminine; of the others the spelling tells nothing, so both paradigms are given."""
    if lemma in OBLIQUE:
        return Noun("m", filled(OBLIQUE[lemma], SOFT_MASCULINE, lemma))
    feminine = filled(lemma[:-1], THIRD_FEMININE, lemma)
    if lemma.endswith(("сць", "сьць")) or lemma in FEMININE_BARE:
        return Noun("f", feminine)
    stems = [lemma[:-1]] + ([lemma[:-3] + "н"] if lemma.endswith("ень") else [])
    return Noun("m", merged(feminine, *(filled(stem, SOFT_MASCULINE, lemma) for stem in stems)), sure=False)


def in_short_i(lemma: str) -> Noun:
    return Noun("m", filled(lemma[:-1], SOFT_MASCULINE, lemma))


def in_y(lemma: str) -> Noun:
    """A plural. Behind a velar or a hardened consonant, and always in -ы, the endings are hard."""
    stem = lemma[:-1]
    hard = lemma[-1] == "ы" or stem[-1] in VELARS
    plural = {"+g": "0 аў оў"} if hard else {"+g": "0 яў ёў ей"}
    return Noun("p", filled(stem, {**(HARD_PLURAL if hard else SOFT_PLURAL), **plural}, lemma))


def masculine(lemma: str) -> Noun:
    if lemma in FEMININE_BARE:
        return Noun("f", filled(lemma, THIRD_FEMININE, lemma))
    stem = oblique_stem(lemma)
    if lemma.endswith(("янін", "анін")):
        return Noun("m", {**filled(stem, HARD_MASCULINE, lemma), **filled(lemma[:-2], PEOPLE, lemma)})
    endings = MASCULINE_IN_K if stem.endswith("к") else HARD_MASCULINE
    return Noun("m", filled(stem, endings, lemma), sure=is_sure(lemma))


def is_sure(lemma: str) -> bool:
    """«-ак» may keep its vowel; «о», «е», «ё» before the last consonant fall out or change, if the stress goes on."""
    listed = lemma in STEADY or lemma in OBLIQUE or lemma in PLURAL_STEMS
    return listed or not (lemma.endswith("ак") or (lemma[-2] in "оеё" and not lemma.endswith("ец")))


ENDS = {
    "а": in_a,
    "я": in_ya,
    "о": in_o,
    "е": in_e,
    "ё": in_e,
    "ь": in_soft_sign,
    "й": in_short_i,
    "ы": in_y,
    "і": in_y,
}


def oblique_stem(lemma: str) -> str:
    """Without the vowel that the other cases drop: баец, байц-; тунеядзец, тунеядц-; рынак, рынк-."""
    body, end = lemma[:-2], lemma[-2:]
    if lemma in OBLIQUE:
        return OBLIQUE[lemma]
    if lemma in STEADY or not set(body) & set(VOWELS):
        return lemma
    if end == "ец":
        return (body + "й" if body[-1] in VOWELS else body.removesuffix("з") if body.endswith("дз") else softened(body)) + "ц"
    if end in ("ак", "ок") and body[-1] not in VOWELS + "й":
        return body + "к"
    return lemma


def softened(body: str) -> str:
    return body + "ь" if body.endswith("л") else body


def filled(stem: str, endings: dict[str, str], lemma: str) -> Paradigm:
    plural = PLURAL_STEMS.get(lemma, stem)
    found = {
        case: tuple(form for ending in each.split() for form in joined(plural if "+" in case else stem, ending, lemma))
        for case, each in endings.items()
    }
    if lemma in BARE_PLURALS:
        found["+g"] += tuple(BARE_PLURALS[lemma].split())
    return {**found, "n": (lemma,)} if "n" in found else found


def joined(stem: str, ending: str, lemma: str) -> tuple[str, ...]:
    if ending == "0":
        return bare(stem, lemma)
    if ending == "%":
        return locative(stem)
    if ending == "&":
        return (instrumental(stem),)
    if ending[0] == "ы" and stem[-1] in VELARS:
        return (stem + "і" + ending[1:],)
    return (stem + ending,)


def bare(stem: str, lemma: str) -> tuple[str, ...]:
    """The genitive plural without an ending: аперацый, нядзель, тунеядак, перагруповак."""
    if lemma[-1] in "яіе" and stem[-1] not in VELARS:
        return (stem + "й",) if stem[-1] in VOWELS else (stem + "ь", stem)
    if stem.endswith("к") and len(stem) > 2 and stem[-2] not in VOWELS + "й":
        body = stem[:-1].removesuffix("ь")
        return ((body[:-1] + "в" if body.endswith("ў") else body) + "ак",)
    return (stem[:-1] + "ў" if stem.endswith("в") else stem,)


def locative(stem: str) -> tuple[str, ...]:
    """уладзе, руцэ and палітыцы, меры."""
    last = stem[-1]
    changed = stem[:-1] + MUTATED.get(last, last)
    if last == "к":
        return changed + "ы", changed + "э"
    return (stem + "ы",) if last in HARDENED else (changed + "е",)


def instrumental(stem: str) -> str:
    """дзейнасцю, but doubled after a vowel: сталлю, моладдзю."""
    for soft in DOUBLED:
        body = stem.removesuffix(soft)
        if body != stem and body[-1:] in tuple(VOWELS):
            return body + soft[0] + soft + ("у" if soft in "чж" else "ю")
    return stem + ("у" if stem[-1] in HARDENED.replace("ц", "") else "ю")


def merged(*paradigms: Paradigm) -> Paradigm:
    cases = dict.fromkeys(case for each in paradigms for case in each)
    return {case: tuple(dict.fromkeys(form for each in paradigms for form in each.get(case, ()))) for case in cases}


# ---- adjectives -------------------------------------------------------------------------------------------------------

# The nominative's ending, its gender, whether the stem is soft.
NOMINATIVES = (
    ("яя", "f", True),
    ("ая", "f", False),
    ("яе", "n", True),
    ("ае", "n", False),
    ("ое", "n", False),
    ("ыя", "p", False),
    ("ія", "p", True),
    ("ы", "m", False),
    ("і", "m", True),
)


def adjective(word: str) -> tuple[str, Paradigm, dict[str, Paradigm]] | None:
    """``(gender, its paradigm, all paradigms by gender)`` of an adjective in the nominative; None for any other shape."""
    for ending, gender, soft in NOMINATIVES:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            paradigms = {each: adjective_forms(stem, each, soft and stem[-1] not in VELARS) for each in ADJECTIVE}
            return gender, paradigms[gender], paradigms
    return None


def adjective_forms(stem: str, gender: str, soft: bool) -> Paradigm:
    """Endings in о bear the stress, which only short stems leave to them."""
    short = sum(letter in VOWELS for letter in stem) < 2 or stem in STRESSED_ENDINGS
    return {
        case: tuple(adjective_form(stem, each, soft) for each in endings.split() if short or each[0] != "о")
        for case, endings in ADJECTIVE[gender].items()
    }


def adjective_form(stem: str, ending: str, soft: bool) -> str:
    if soft:
        ending = ending[0].translate(SOFTENED) + ending[1:].replace("у", "ю", 1 if ending == "ую" else 0)
    elif stem[-1] in VELARS and ending[0] == "ы":
        ending = "і" + ending[1:]
    return stem + ending


# A plural adjective looks like a noun in -ыя, -ія: these endings are the adjective's.
PLURAL_ADJECTIVE = ("ныя", "выя", "лыя", "мыя", "шыя", "жыя", "чыя", "кія", "шнія", "ннія", "жнія", "пыя", "тыя")
NOUNS_IN_TYA = ("партыя", "амністыя", "дынастыя", "гарантыя")
MASCULINE_ADJECTIVE = ("ны", "скі", "цкі", "вы", "лы", "мы", "шы", "чы", "жы", "ты", "кі", "ні", "ры", "гі")


def adjective_shaped(word: str) -> bool:
    if word.endswith(("ыя", "ія")):
        return word.endswith(PLURAL_ADJECTIVE) and not word.endswith(NOUNS_IN_TYA)
    return word.endswith(("ая", "яя", "ае", "яе", "ое", *MASCULINE_ADJECTIVE)) and len(word) > 3


# ---- verbs ------------------------------------------------------------------------------------------------------------

PRESENT = "ю еш е ем еце юць й йце ючы"
PAST = "ў ла ло лі ўшы"


def verb(infinitive: str) -> tuple[str, ...]:
    """The regular classes: -аваць, -аць, -іць. Of the last, the first person is left out: its consonant changes."""
    reflexive = infinitive.endswith("цца")
    lemma = infinitive[:-3] + "ць" if reflexive else infinitive
    stem = lemma[:-2]
    forms = [stem + ending for ending in PAST.split()] + [present + each for present, each in present_of(stem)]
    return tuple(reflexive_of(form) for form in forms) if reflexive else tuple(forms)


def present_of(stem: str) -> list[tuple[str, str]]:
    if stem.endswith(("ава", "ява")):
        short = stem[:-3] + ("у" if stem.endswith("ава") else "ю")
        return [(short, each) for each in PRESENT.split()]
    if stem.endswith(("а", "я")):
        return [(stem, each) for each in PRESENT.split()]
    if stem.endswith("і"):
        return [(stem, each) for each in ("", "ш", "ць", "м", "це")] + [(stem[:-1], each) for each in ("яць", "ячы")]
    return [(stem, each) for each in ("", "ш", "ць", "м", "це")] + [(stem[:-1], each) for each in ("аць", "ачы")]


def reflexive_of(form: str) -> str:
    return form[:-2] + "цца" if form.endswith("ць") else form + "ся"
