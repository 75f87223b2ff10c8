"""Which language a block is in, as far as a form's right to match depends on it.

Many languages share the Latin letters ("war" is a German verb), a few the Cyrillic, Arabic and Chinese ones. A form of a
language counts where the text says it is in that language, or looks like it; where nothing is known it counts. Words of the
same spelling in sister languages that readers mix (Russian, Ukrainian, Belarusian) are never kept apart.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from proxy_addon.matching.alphabet import spelled
from proxy_addon.matching.languages import language
from proxy_addon.matching.scanner import Reading

_COMMON = {
    "en": "the of and to in is that for was with on as by are from be has have it at this an were not said will",
    "de": "der die und das nicht ist ein eine von mit den im zu des dem sich auf für auch werden aus hat sie bei",
    "fr": "le la les l d de des et est une dans que qu pour du au en qui sur par plus pas sont avec ce un ont aux",
    "nl": "het een van de en dat niet op zijn voor met te aan bij ook wordt door naar maar uit",
    "tr": "ve bir bu için ile de da olarak çok daha olan sonra gibi kadar var ne ise en mi",
    "es": "el la de en los las del que y en una por con para se su al es lo como más pero sus",
    "it": "il di che e la per un una del con non sono della le si da gli nel alla più",
    "pl": "i w na z do się nie że to jest po od przez jak za o dla są był ale",
    "pt": "o os de do da que e em um uma para com não por mais as dos no na se",
    "sv": "och att det som en på är av för med den till inte om ett han de var jag",
    "be-latn": "i u na z da nie što jak heta za ab dla svaje ale pra jaho ad kali",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _code, _words in _COMMON.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_code)
# The same in the alphabet, which a text need not be folded for.
_CODED = {data: codes for word, codes in _LANGUAGES_OF.items() if (data := spelled(word)) is not None}
_WORDS = re.compile(r"[^\W\d_]+")
# A guess against what the page says needs this many common words, and twice as many as the language that it says.
SURE = 4
# Fewer common words than this say nothing.
UNSURE = 3
SAMPLE = 2000

# Languages that share letters with ours and are never mistaken for them by their readers.
_SISTERS = {
    "ru": "bg mk sr mn",
    "uk": "bg mk sr mn",
    "be": "bg mk sr mn",
    "zh": "ja ko",
    "ja": "zh",
    "fa": "ar ur ckb",
    "ar": "fa ur ckb",
    "my": "shn mnw",
}


class Gate:
    """The language of one block: ``declared`` by the nearest ``lang``, or guessed from the text when asked."""

    def __init__(self, reading: Reading, declared: str | None) -> None:
        self._reading = reading
        self._declared = _base(declared) if declared else ""
        self._counts: Counter[str] | None = None
        self._known: dict[str, bool] = {}

    def admits(self, lang: str) -> bool:
        """Whether a form of this language may match here."""
        if lang not in self._known:
            known = language(lang)
            self._known[lang] = self._latin(_base(lang)) if known.latin else self._other(_base(lang))
        return self._known[lang]

    def _other(self, lang: str) -> bool:
        return self._declared not in _SISTERS.get(lang, "").split() or not self._declared

    def _latin(self, lang: str) -> bool:
        counts = self._counted()
        likely, count = max(counts.items(), key=lambda pair: (pair[1], pair[0] == lang), default=("", 0))
        if likely not in ("", lang) and count >= SURE and count > 2 * counts[lang]:
            return False
        if self._declared and language(self._declared).latin and self._declared != lang:
            # A quotation in another language, or a page that says the wrong thing of itself.
            return count >= SURE and likely == lang and count > 2 * counts[self._declared]
        if self._declared == lang or not likely:
            return True
        return count < UNSURE or counts[lang] * 2 >= count

    def _counted(self) -> Counter[str]:
        if self._counts is None:
            read = self._reading
            if read.wide:
                known = filter(None, map(_LANGUAGES_OF.get, _WORDS.findall(read.folded.text[:SAMPLE])))
            else:
                known = filter(None, map(_CODED.get, read.data[:SAMPLE].split()))
            self._counts = Counter(chain.from_iterable(known))
        return self._counts


def _base(code: str) -> str:
    known = language(code).code.lower()
    return known if known == "be-latn" else known.split("-")[0].split("_")[0]
