"""Lists that the house rules go by: wording that takes a side, common words that a foreign term may equal, fleeting hosts.

The lists are short on purpose: a word is here because it was met in a draft or in a false alarm. This module does not know
who reads them.
"""

from __future__ import annotations

from collections.abc import Mapping


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Found anywhere in a text, which has no spaces; simplified, then traditional.
_CHINESE_BIAS = (
    _listed("所谓的 臭名昭著 无耻 谎言 走狗 傀儡 洗脑 邪恶 荒谬 荒唐 可笑 血腥 野蛮 显而易见 毋庸置疑"),
    _listed("所謂的 臭名昭著 無恥 謊言 走狗 傀儡 洗腦 邪惡 荒謬 荒唐 可笑 血腥 野蠻 顯而易見 毋庸置疑"),
)
# Whole words and phrases, lower case, that a neutral explanation does without: a name keeps its capital (Bloody Sunday).
# A trailing * stands for any ending. Words that are as often without a side (islands lie in a sea) stand in a phrase.
BIASED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "so-called",
        "regime",
        "puppet*",
        "propagandist*",
        "a lie",
        "the lie",
        "lies about",
        "lies of",
        "lying about",
        "cynical*",
        "shameless*",
        "infamous*",
        "notorious*",
        "bloody",
        "barbaric",
        "evil",
        "heroic*",
        "brainwash*",
        "orwellian",
        "absurd*",
        "ridiculous*",
        "obviously",
        "of course",
    ),
    "ru": (
        "так называем*",
        "марионеточн*",
        "пропагандист*",
        "ложь",
        "лжив*",
        "лгут",
        "циничн*",
        "бесстыдн*",
        "пресловут*",
        "кровав*",
        "варварск*",
        "героическ*",
        "абсурдн*",
        "нелеп*",
        "разумеется",
        "конечно",
    ),
    "uk": (
        "так зван*",
        "маріонетков*",
        "пропагандист*",
        "брехня",
        "брехлив*",
        "брешуть",
        "цинічн*",
        "безсоромн*",
        "горезвісн*",
        "сумнозвісн*",
        "кривав*",
        "варварськ*",
        "героїчн*",
        "абсурдн*",
        "безглузд*",
        "звісно",
        "звичайно",
    ),
    "be": (
        "так зван*",
        "марыянеткав*",
        "прапагандыст*",
        "хлусня",
        "хлуслів*",
        "хлусяць",
        "цынічн*",
        "бессаромн*",
        "сумнавядом*",
        "крывав*",
        "варварск*",
        "гераічн*",
        "абсурдн*",
        "недарэчн*",
        "безумоўна",
        "канешне",
    ),
    "zh-Hans": _CHINESE_BIAS[0],
    "zh-Hant": _CHINESE_BIAS[1],
}


def _words(text: str) -> frozenset[str]:
    return frozenset(_listed(text))


# Everyday words by language; a form of another language that equals one is found on pages where it means that.
COMMON: Mapping[str, frozenset[str]] = {
    "en": _words(
        """
        a about after all also an and are art as at be been but by can come die do fast fat for from gift go good
        had has have he her his how if in into is it its just kind like list make man many me more most must no not
        now of old on one only or other our out over rat rock said see she so some son still such take than that
        the their them then there they this time to two up us use war was way we well were what when which who will
        with would year you your
        """
    ),
    "de": _words(
        """
        als also am an auch auf aus bei bin bis da dann das dass dem den der des die dir doch du durch ein eine er
        es euch fast für gibt gut habe haben hat hier ich ihr im in ist ja kann kein man mehr mein mich mir mit
        nach nicht noch nur oder schon sehr sein sich sie sind so und uns von vor war waren was weil wenn wer wie
        will wir wird wo zu zum
        """
    ),
    "fr": _words(
        """
        a ai au aux avec avoir ce ces cette comme dans de des du elle en est et fait grand il ils je la le les leur
        lui ma mais me mes moi mon même ne nos notre nous on ont ou où par pas plus pour qu que qui sa sans se ses
        si son sont sur ta te tes toi ton tout tu un une vos votre vous
        """
    ),
    "nl": _words(
        """
        aan al als bij dan dat de den der deze die dit doch door een en er ge geen had heb heeft het hij hoe hun
        iets ik in is ja je kan maar me meer men met mij mijn na naar niet nog nu of om omdat ons ook op over te
        tegen toch toen tot u uit uw van veel voor want was wat we wel werd wie wij wil wordt ze zei zich zij zijn
        zo zou
        """
    ),
    "tr": _words(
        """
        ama ben bir biz bu bunu da daha de değil diye en gibi hem her ile ise için kadar ki kim mi mu ne neden o
        olan olarak on onu sen siz son var ve veya ya yok çok şey şu
        """
    ),
}

# Hosts, with those below them, that are neither permanent nor public records: searches, social posts, short addresses.
FLEETING = (
    "google.com",
    "bing.com",
    "duckduckgo.com",
    "yandex.ru",
    "ya.ru",
    "baidu.com",
    "facebook.com",
    "x.com",
    "twitter.com",
    "instagram.com",
    "vk.com",
    "tiktok.com",
    "weibo.com",
    "reddit.com",
    "bit.ly",
    "t.co",
)
# Hosts, with those below them, under which a mirror of some other site stands for a while.
MIRRORS = ("dweb.link", "fastly.net", "cloudfront.net", "herokuapp.com")
# First labels of hosts that show a page before or beside its lasting place.
PASSING = ("stage", "staging", "promo", "preview")
