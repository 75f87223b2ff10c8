"""The few words that the tool itself says to a reader, in every language of its interface.

Each phrase is neutral and has a subject: *who* requires, forbids or uses. A new interface language is a new row; the tests
refuse a row that lacks a phrase.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proxy_addon.glossary.model import Kind


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is said of an entry. ``who`` introduces the authority or user of a word of each kind."""

    kinds: Mapping[Kind, str]
    who: Mapping[Kind, str]
    since: str
    until: str
    ended: str
    disputed: str
    quoted: str


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        kinds={
            "banned": "banned or penalised word",
            "mandated": "mandated wording",
            "euphemism": "euphemism",
            "label": "label",
        },
        who={
            "banned": "Forbidden or penalised by",
            "mandated": "Required by",
            "euphemism": "Used by",
            "label": "Assigned or used by",
        },
        since="since {}",
        until="until {}",
        ended="no longer in force",
        disputed="disputed",
        quoted="in quotation marks here",
    ),
    "ru": Phrases(
        kinds={
            "banned": "запрещаемое или наказуемое слово",
            "mandated": "предписанная формулировка",
            "euphemism": "эвфемизм",
            "label": "обозначение",
        },
        who={
            "banned": "Запрещает или наказывает:",
            "mandated": "Предписывает:",
            "euphemism": "Употребляет:",
            "label": "Присваивает или употребляет:",
        },
        since="с {}",
        until="до {}",
        ended="больше не действует",
        disputed="оспаривается",
        quoted="здесь в кавычках",
    ),
    "uk": Phrases(
        kinds={
            "banned": "слово, яке забороняють або за яке карають",
            "mandated": "приписане формулювання",
            "euphemism": "евфемізм",
            "label": "позначення",
        },
        who={"banned": "Забороняє або карає:", "mandated": "Приписує:", "euphemism": "Вживає:", "label": "Надає або вживає:"},
        since="з {}",
        until="до {}",
        ended="більше не діє",
        disputed="оспорюється",
        quoted="тут у лапках",
    ),
    "be": Phrases(
        kinds={
            "banned": "слова, якое забараняюць або за якое караюць",
            "mandated": "прадпісаная фармулёўка",
            "euphemism": "эўфемізм",
            "label": "абазначэнне",
        },
        who={
            "banned": "Забараняе або карае:",
            "mandated": "Прадпісвае:",
            "euphemism": "Ужывае:",
            "label": "Прысвойвае або ўжывае:",
        },
        since="з {}",
        until="да {}",
        ended="больш не дзейнічае",
        disputed="аспрэчваецца",
        quoted="тут у двукоссі",
    ),
    "zh-Hans": Phrases(
        kinds={"banned": "被禁止或会受处罚的用词", "mandated": "规定用语", "euphemism": "委婉语", "label": "标签"},
        who={"banned": "禁止或处罚者：", "mandated": "规定者：", "euphemism": "使用者：", "label": "认定或使用者："},
        since="自 {} 起",
        until="至 {}",
        ended="已失效",
        disputed="有争议",
        quoted="此处加引号",
    ),
    "zh-Hant": Phrases(
        kinds={"banned": "被禁止或會受處罰的用詞", "mandated": "規定用語", "euphemism": "委婉語", "label": "標籤"},
        who={"banned": "禁止或處罰者：", "mandated": "規定者：", "euphemism": "使用者：", "label": "認定或使用者："},
        since="自 {} 起",
        until="至 {}",
        ended="已失效",
        disputed="有爭議",
        quoted="此處加引號",
    ),
}


def phrases(language: str) -> Phrases:
    """The phrases of a language, of its base language (``ru-RU`` is ``ru``), or English."""
    return PHRASES.get(language) or PHRASES.get(language.split("-")[0]) or PHRASES["en"]
