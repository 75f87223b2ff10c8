"""House rules for entries and topics, one ``check_*`` each: what the format allows but a reader would be ill served by.

A check yields problems with their place and cure. Rules that hold are errors; hints that an editor may weigh and leave are
advice (``ADVICE``). This module does not know how complaints are shown, nor whether examples match (that needs the matcher).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain
from urllib.parse import urlsplit

from proxy_addon.glossary.model import Entry, Form, Glossary, Place, Topic, plain
from proxy_addon.glossary.problem import Problem
from proxy_addon.glossary.wording import BIASED, COMMON, FLEETING, MIRRORS, PASSING
from proxy_addon.matching.han import simplified
from proxy_addon.matching.languages import collisions, guessed, language, spellings
from proxy_addon.matching.languages.registry import LANGUAGES

EXAMPLES_WANTED = 2
SHORT = 3
# The language in which an explanation must be, besides English, for terms of a language.
READERS = {"be": ("be", "ru"), "be-latn": ("be", "ru"), "zh-Hans": ("zh-Hans", "zh-Hant"), "zh-Hant": ("zh-Hans", "zh-Hant")}


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem, the check that found it, the entry or topic it is in, and whether it is only advice."""

    problem: Problem
    check: str
    entry: str
    advice: bool

    def __str__(self) -> str:
        return f"{self.problem} [{self.check}]"


def lint(glossary: Glossary, today: date, *, advice: bool = True) -> list[Complaint]:
    """Every complaint about every entry, in the order of entries and checks; then those about topics.

    Without ``advice`` only what must hold is looked at, which takes a fraction of the time: no dictionary is read.
    """
    shared = _owners(glossary) if advice else {}
    checks = {name: check for name, check in CHECKS.items() if advice or name not in ADVICE}
    found = []
    for entry in glossary.entries.values():
        subject = Subject(entry, glossary, today, shared)
        for name, check in checks.items():
            found += [Complaint(problem, name, entry.id, name in ADVICE) for problem in check(subject)]
    for topic in glossary.topics.values():
        for name, of_topic in TOPIC_CHECKS.items():
            found += [Complaint(problem, name, topic.id, advice=False) for problem in of_topic(topic)]
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check looks at. ``owners``: the entries on which each spelling stands, as (language, spelling); for advice."""

    entry: Entry
    glossary: Glossary
    today: date
    owners: Mapping[tuple[str, str], tuple[str, ...]]

    def problem(self, what: str, cure: str, place: Place | None = None, key: str = "") -> Problem:
        """At ``place``, or where the entry's ``key`` is written, or where the entry begins."""
        return Problem(place or self.entry.at(key), f"`{self.entry.id}`: {what}", cure)


Check = Callable[[Subject], Iterator[Problem]]


def check_authority(subject: Subject) -> Iterator[Problem]:
    """Somebody bans or requires it, by a public act; or it is said who uses it."""
    entry = subject.entry
    if entry.kind in ("banned", "mandated") and not entry.rules:
        yield subject.problem(
            f"{entry.kind}, but no rule says so", "name the act in `rules`, or make it a euphemism or label", key="kind"
        )
    elif not entry.rules and not entry.who:
        yield subject.problem("nobody is said to use it", "write `who`, or name the act in `rules`")


def check_sources(subject: Subject) -> Iterator[Problem]:
    """Sources are public and permanent, and say what they support."""
    entry = subject.entry
    if not entry.sources:
        yield subject.problem("no source", "add `sources` with title, url, seen, for")
    for source in entry.sources:
        host = _host(source.url)
        if _below(host, FLEETING):
            yield subject.problem(
                f"{host} is no lasting public record", "cite the page itself, or an archived copy", source.place
            )
        if not source.supports:
            said = f"the source {source.url} does not say what it supports"
            yield subject.problem(said, "add `for: [use]` or the like", source.place)


def check_mirrors(subject: Subject) -> Iterator[Problem]:
    """A source is named by the address that its publisher gives it."""
    for source in subject.entry.sources:
        host = _host(source.url)
        if _below(host, MIRRORS) or host.partition(".")[0] in PASSING:
            yield subject.problem(
                f"{host} is a mirror or a draft of another site", "cite that site, and add an `archive`", source.place
            )


def check_dated(subject: Subject) -> Iterator[Problem]:
    """A source says when it was seen or published. Advice: a date that nobody noted must not be made up."""
    for source in subject.entry.sources:
        if not source.seen and not source.published:
            cure = "read it again and add `seen`, or add `published`"
            yield subject.problem(f"the source {source.url} has no date", cure, source.place)


def check_supported(subject: Subject) -> Iterator[Problem]:
    """What officials do with the word is borne out by a source of the entry or by the address of its rule."""
    entry = subject.entry
    borne_out = set(chain.from_iterable(source.supports for source in entry.sources))
    acts = [subject.glossary.rules[rule] for rule in entry.rules if rule in subject.glossary.rules]
    if entry.sources and not borne_out & {"rule", "use"} and not any(act.url for act in acts):
        cure = "mark the one that does with `for: [rule]` or `[use]`"
        yield subject.problem("no source supports its rule or use", cure, key="sources")


def check_examples(subject: Subject) -> Iterator[Problem]:
    """Both lists are there; what is to match is in its text; what is to be left alone says why."""
    entry = subject.entry
    for name, examples in (("annotate", entry.annotate), ("leave", entry.leave)):
        if entry.on and len(examples) < EXAMPLES_WANTED:
            yield subject.problem(f"{len(examples)} examples under `{name}`", f"write at least {EXAMPLES_WANTED}", key=name)
    for example in entry.annotate:
        for span in example.match:
            if span not in example.text:
                yield subject.problem(f"`{span}` is not in its text", "copy it from `text`, letter by letter", example.place)
    for example in entry.leave:
        if not example.because:
            yield subject.problem("an example under `leave` has no reason", "add `because`", example.place)


def check_means(subject: Subject) -> Iterator[Problem]:
    """The meaning is there in English and in a language of those who meet the word."""
    entry = subject.entry
    own = READERS.get(entry.lang, (entry.lang,))
    if "en" not in entry.means:
        yield subject.problem("no meaning in English", "add `en` under `means`", key="means")
    if not any(code in entry.means for code in own):
        yield subject.problem(f"no meaning in {' or '.join(own)}", f"add `{own[0]}` under `means`", key="means")


def check_circular_meaning(subject: Subject) -> Iterator[Problem]:
    """A meaning does not explain the word by itself."""
    entry = subject.entry
    for code, text in entry.means.items():
        words = f" {' '.join(_words(text))} "
        own = {" ".join(_words(plain(form.text))) for form in entry.forms if form.lang == code and not form.weak}
        for spelling in sorted(own):
            if spelling and words.startswith(f" {spelling} "):
                yield subject.problem(f"the meaning in {code} begins with the word itself", "say what it is", key="means")


def check_bias(subject: Subject) -> Iterator[Problem]:
    """The explanation takes no side; quoted words are somebody else's."""
    for key, texts in (("means", subject.entry.means), ("who", subject.entry.who)):
        for code, text in texts.items():
            biased = _biased(code)
            found = biased.finditer(_own_words(text)) if biased else ()
            for said in dict.fromkeys(BIASED[code][(each.lastindex or 1) - 1] for each in found):
                yield subject.problem(f"«{said}» ({code}) takes a side", "say what was done, by whom, and let it stand", key=key)


def check_status(subject: Subject) -> Iterator[Problem]:
    """What ended says when, and what has a past end is not current."""
    entry = subject.entry
    if entry.status == "ended" and not entry.until:
        yield subject.problem("ended, but not when", "add `until`", key="status")
    if entry.status == "current" and entry.until and _past(entry.until, subject.today):
        yield subject.problem(f"current, but until {entry.until}", "make it `status: ended`, or correct `until`", key="until")
    if entry.status == "disputed" and not entry.note:
        yield subject.problem("disputed, but nothing says how", "give both sides in `note`", key="status")
    if entry.since and entry.until and entry.until < entry.since[: len(entry.until)]:
        yield subject.problem(f"until {entry.until} is before since {entry.since}", "correct one of them", key="until")


def check_older(subject: Subject) -> Iterator[Problem]:
    """Nobody bans or requires a word by an act that is yet to come; officials may use it before."""
    entry = subject.entry
    first = next((subject.glossary.rules[rule] for rule in entry.rules if rule in subject.glossary.rules), None)
    if entry.kind in ("banned", "mandated") and first and _before(entry.since, first.since):
        cure = (
            f"say which it dates: put an act that is as old first, or date the demand of `{first.id}` and tell the rest in `note`"
        )
        yield subject.problem(f"since {entry.since} is before its first rule's since {first.since}", cure, key="since")


def check_repealed_rules(subject: Subject) -> Iterator[Problem]:
    """An entry is not current by rules that have all ended."""
    entry = subject.entry
    acts = [subject.glossary.rules[rule] for rule in entry.rules if rule in subject.glossary.rules]
    if entry.status == "current" and acts and all(act.until and _past(act.until, subject.today) for act in acts):
        yield subject.problem(
            "current, but all its rules have ended", "name the rule in force, or make it `status: ended`", key="rules"
        )


def check_topics(subject: Subject) -> Iterator[Problem]:
    """A weak form has something that can make it count."""
    for form in subject.entry.forms:
        if form.weak and not form.about and not form.near:
            yield _of(form, subject, "is weak, but nothing can make it count", "name its topic in `about`, or words in `near`")


def check_reachable(subject: Subject) -> Iterator[Problem]:
    """No form lies wholly inside a phrase that the entry itself rules out, and none contradicts itself."""
    for form in subject.entry.forms:
        words = f" {plain(form.text).casefold()} "
        for phrase in form.not_in.get(form.lang, ()):
            if _inside(phrase, words, form.lang):
                yield _of(form, subject, f"can't match: `not_in` holds «{phrase}»", "take that phrase out, or the form")
        for word in set(form.near.get(form.lang, ())) & set(form.not_near.get(form.lang, ())):
            yield _of(form, subject, f"wants «{word}» near and not near", "remove it from one")


def check_sharing(subject: Subject) -> Iterator[Problem]:
    """A spelling stands on one entry, or on several that name each other in ``see``."""
    entry = subject.entry
    kin = {entry.id, *entry.see, *entry.instead, *entry.replaced_by}
    for form in entry.forms:
        for spelling in sorted(_spellings(form)):
            others = [other for other in subject.owners[form.lang, spelling] if other not in kin]
            undeclared = [other for other in others if entry.id not in subject.glossary.entries[other].see]
            if undeclared and entry.on and subject.owners[form.lang, spelling][0] != entry.id:
                yield _of(form, subject, f"is also on `{undeclared[0]}`", f"keep it on one, or add `see: [{undeclared[0]}]`")
                break


def check_short(subject: Subject) -> Iterator[Problem]:
    """A form under three letters is exact, weak or has words near it."""
    for form in subject.entry.forms:
        letters = sum(char.isalnum() for char in plain(form.text))
        lone = 0 < letters < SHORT if language(form.lang).edges == "word" else letters < 2
        if lone and not (form.weak or form.near or form.case == "exact"):
            yield _of(form, subject, f"has {letters} letters", "write it as `exact`, or make it `weak`")


def check_common_words(subject: Subject) -> Iterator[Problem]:
    """A form that is an everyday word of another language is annotated there when a page's language is mistaken."""
    for form in subject.entry.forms:
        word = plain(form.text).casefold()
        others = [code for code, words in COMMON.items() if code != form.lang and word in words]
        if others and not (form.weak or form.near or form.case == "exact"):
            yield _of(form, subject, f"is an everyday word in {', '.join(others)}", "make it `weak` or `case: initial`")


def check_never(subject: Subject) -> Iterator[Problem]:
    """A form holds something that a text can match."""
    for form in subject.entry.forms:
        signs = not _has_letter(form.text)
        if signs and (language(form.lang).edges == "word" or not any(map(str.strip, _spellings(form)))):
            yield _of(form, subject, "holds no letter, so it can never match", "write the word, or remove the form")


def check_self_see(subject: Subject) -> Iterator[Problem]:
    """An entry does not lead its reader to itself."""
    entry = subject.entry
    for key, named in (("see", entry.see), ("instead", entry.instead)):
        for ref in sorted({entry.id, *entry.aliases} & set(named)):
            yield subject.problem(f"`{key}` names the entry itself, as `{ref}`", "remove it, or name the other one", key=key)


def check_languages(subject: Subject) -> Iterator[Problem]:
    """Forms in a language without rules here match as they are written, which may be a slip in the code."""
    for code in dict.fromkeys(form.lang for form in subject.entry.forms):
        if language(code).code not in LANGUAGES:
            cure = "write the endings in braces, or correct the code"
            yield subject.problem(
                f"terms in `{code}`, for which there are no rules here, match only as written", cure, key="terms"
            )


def check_scripts(subject: Subject) -> Iterator[Problem]:
    """What is called simplified Chinese holds no traditional characters."""
    entry = subject.entry
    for key, texts in (("means", entry.means), ("who", entry.who), ("note", entry.note)):
        text = texts.get("zh-Hans", "")
        found = next((char for char in text if simplified(char) != char), "")
        if found:
            yield subject.problem(
                f"`{key}` in zh-Hans holds the traditional {found}", "put it under `zh-Hant`, or convert it", key=key
            )


def check_guessed(subject: Subject) -> Iterator[Problem]:
    """Words that the dictionary lacks: their forms are guessed and want a look."""
    for form in subject.entry.forms:
        words = guessed(form.text, form.lang) if form.inflect and "{" not in form.text else ()
        if words:
            cure = f"look at `glossary forms --lang {form.lang} '{form.text}'`; write the endings in braces if they are wrong"
            yield _of(form, subject, f"has forms that are guessed ({', '.join(words)})", cure)


def check_homographs(subject: Subject) -> Iterator[Problem]:
    """One-word forms that always match and are also forms of another word."""
    for form in subject.entry.forms:
        if form.inflect and not (form.weak or form.near) and " " not in form.text:
            for found in collisions(form.text, form.lang)[:1]:
                said = f"«{found.form}» is also a form of «{found.lemma}» ({found.pos})"
                yield _of(form, subject, said, "make it `weak`, or add `leave` examples")


def check_straddling(subject: Subject) -> Iterator[Problem]:
    """A short form of a language without spaces also comes about where two other words meet (维稳 in 思维稳定)."""
    for form in subject.entry.forms:
        word = plain(form.text)
        lone = language(form.lang).edges == "none" and len(word) == 2 and form.lang.startswith("zh")
        if lone and not (form.weak or form.near or form.not_in):
            met = ", ".join(_meetings(word, _chinese_words(subject.glossary)))
            cure = f"add `not_in: [{met}]`" if met else "add `not_in`: the words whose end and beginning make it up"
            yield _of(form, subject, "has two characters, in which other words may meet", cure)


def check_to_do(subject: Subject) -> Iterator[Problem]:
    """What an import could not know waits for an editor."""
    entry = subject.entry
    texts = {"means": entry.means.values(), "who": entry.who.values(), "sources": [source.title for source in entry.sources]}
    for key, found in texts.items():
        if any(text.startswith(_TO_DO) for text in found):
            yield subject.problem(f"{_TO_DO} stands under `{key}`", "write it", key=key)


def check_empty_topic(topic: Topic) -> Iterator[Problem]:
    """A topic has signs enough to be shown: a strong one, or two weak ones of a language."""
    for kind, words in (("strong", topic.strong), ("weak", topic.weak)):
        for word in chain.from_iterable(words.values()):
            if not _has_letter(word):
                yield Problem(
                    topic.place, f"`{topic.id}`: the {kind} sign «{word}» holds no letter", "write a word, or remove it"
                )
    strong = any(_has_letter(word) for word in chain.from_iterable(topic.strong.values()))
    if not strong and not any(sum(map(_has_letter, words)) > 1 for words in topic.weak.values()):
        yield Problem(topic.place, f"`{topic.id}`: nothing can show this topic", "add a `strong` sign, or two `weak` ones")


CHECKS: Mapping[str, Check] = {
    "authority": check_authority,
    "sources": check_sources,
    "mirrors": check_mirrors,
    "dated": check_dated,
    "supported": check_supported,
    "examples": check_examples,
    "means": check_means,
    "circular-meaning": check_circular_meaning,
    "bias": check_bias,
    "status": check_status,
    "older": check_older,
    "repealed-rules": check_repealed_rules,
    "topics": check_topics,
    "reachable": check_reachable,
    "sharing": check_sharing,
    "short": check_short,
    "common-words": check_common_words,
    "never": check_never,
    "self-see": check_self_see,
    "languages": check_languages,
    "scripts": check_scripts,
    "guessed": check_guessed,
    "homographs": check_homographs,
    "straddling": check_straddling,
    "to-do": check_to_do,
}
TOPIC_CHECKS: Mapping[str, Callable[[Topic], Iterator[Problem]]] = {"empty-topic": check_empty_topic}
ADVICE = frozenset({"dated", "common-words", "guessed", "homographs", "languages", "mirrors", "straddling", "sharing"})


_TO_DO = "TODO"
# So many phrases are proposed for one form.
PROPOSED = 3


def _chinese_words(glossary: Glossary) -> list[str]:
    """Every Chinese word that the glossary itself holds: forms, signs of topics, and phrases in which forms do not count."""
    forms = [form for entry in glossary.entries.values() for form in entry.forms if form.lang.startswith("zh")]
    phrases = [words for form in forms for code, words in form.not_in.items() if code.startswith("zh")]
    signs = [
        words
        for topic in glossary.topics.values()
        for kind in (topic.strong, topic.weak, topic.against)
        for code, words in kind.items()
        if code.startswith("zh")
    ]
    return sorted({plain(word) for word in chain((form.text for form in forms), *phrases, *signs)})


def _meetings(form: str, words: list[str]) -> list[str]:
    """Phrases in which ``form`` comes about where one of ``words`` ends and another begins, short ones first."""
    before = [word for word in words if len(word) > 1 and word.endswith(form[0])]
    after = [word for word in words if len(word) > 1 and word.startswith(form[1:])]
    return sorted((first + second for first in before for second in after), key=len)[:PROPOSED]


def _of(form: Form, subject: Subject, what: str, cure: str) -> Problem:
    return subject.problem(f"the form «{form.text}» {what}", cure, form.place)


def _owners(glossary: Glossary) -> Mapping[tuple[str, str], tuple[str, ...]]:
    owners: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for entry in glossary.entries.values():
        for form in entry.forms:
            for spelling in _spellings(form):
                owners[form.lang, spelling][entry.id] = None
    return {key: tuple(ids) for key, ids in owners.items()}


@cache
def _spellings_of(text: str, lang: str) -> frozenset[str]:
    return frozenset(spelling.casefold() for spelling in spellings(text, lang, inflect=False))


def _spellings(form: Form) -> frozenset[str]:
    return _spellings_of(form.text, form.lang)


def _inside(phrase: str, words: str, lang: str) -> bool:
    bare = plain(phrase).casefold()
    return bare in words if language(lang).edges == "none" else f" {bare} " in words


def _own_words(text: str) -> str:
    """What is not quoted, each sentence begun with a small letter: the capitals that are left are those of names."""
    return _BEGINNING.sub(lambda found: found[0].lower(), _QUOTED.sub(" ", text))


def _has_letter(text: str) -> bool:
    return any(map(str.isalnum, text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _past(until: str, today: date) -> bool:
    return until < today.isoformat()[: len(until)]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _below(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == above or host.endswith("." + above) for above in hosts)


def _before(first: str, second: str) -> bool:
    """Whether a date is before another, as far as both are known."""
    known = min(len(first), len(second))
    return first[:known] < second[:known]


@cache
def _biased(lang: str) -> re.Pattern[str] | None:
    """The biased words of a language, each as a group of its own."""
    between = "" if language(lang).edges == "none" else r"(?!\w)"
    groups = (f"({re.escape(words.rstrip('*'))}{'' if words.endswith('*') else between})" for words in BIASED.get(lang, ()))
    start = between.replace("?!", "?<!")
    return re.compile(f"{start}(?:{'|'.join(groups)})") if lang in BIASED else None


_BEGINNING = re.compile(r"(?:^|[.!?:]\s)\s*\w")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|「[^」]*」|『[^』]*』|\"[^\"]*\"|'(?<!\w')[^']*'(?!\w)")
