"""What the card and the panel of a page say, in every language of the interface.

One flat table for each language: a wording, or one for each plural category of the language (CLDR; the script picks one with
``Intl.PluralRules``). ``{}`` stands for a date, a number, or what is named before. What the tooltip says, too, is taken from
``phrases``. A new language is a new row; the tests refuse one that lacks a label or a category.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from proxy_addon.markup.phrases import PHRASES

Labels = Mapping[str, str | Mapping[str, str]]

LABELS: Mapping[str, Labels] = {
    "en": {
        "penalty": "Penalty",
        "instead": "Counterpart",
        "see": "See also",
        "sources": "Sources",
        "archive": "archived copy",
        "own": "Explained by your own glossary, not by this site.",
        "hide": "Hide this term",
        "hide_here": "Hide this term on this site",
        "site_off": "Turn off on this site",
        "unsaved": "Your choices can’t be saved here: they hold until you leave the page.",
        "close": "Close",
        "all": {"one": "{} term on this page", "other": "All {} terms on this page"},
        "panel": "Terms on this page",
        "none": "No terms are shown on this page.",
        "crowded": "Marks stop there: too many terms stand close together.",
        "still": "This browser can’t show terms in text that the page adds later.",
        "times": {"one": "{} time", "other": "{} times"},
        "kinds": "Kinds shown",
        "density": "Show a term",
        "density_all": "every time",
        "density_block": "once in a paragraph",
        "density_section": "once in a section",
        "density_page": "once on a page",
        "unhide": "Show hidden terms again",
    },
    "ru": {
        "penalty": "Наказание",
        "instead": "Соответствие",
        "see": "См. также",
        "sources": "Источники",
        "archive": "архивная копия",
        "own": "Пояснение из вашего собственного глоссария, а не от этого сайта.",
        "hide": "Скрыть этот термин",
        "hide_here": "Скрыть этот термин на этом сайте",
        "site_off": "Выключить на этом сайте",
        "unsaved": "Сохранить ваш выбор здесь нельзя: он действует, пока вы не покинете страницу.",
        "close": "Закрыть",
        "all": {
            "one": "{} термин на этой странице",
            "few": "Все {} термина на этой странице",
            "many": "Все {} терминов на этой странице",
            "other": "Все {} термина на этой странице",
        },
        "panel": "Термины на этой странице",
        "none": "На этой странице термины не показаны.",
        "crowded": "Дальше пометок нет: термины стоят слишком тесно.",
        "still": "Этот браузер не может показать термины в тексте, который страница добавит позже.",
        "times": {"one": "{} раз", "few": "{} раза", "many": "{} раз", "other": "{} раза"},
        "kinds": "Какие виды показывать",
        "density": "Показывать термин",
        "density_all": "каждый раз",
        "density_block": "один раз в абзаце",
        "density_section": "один раз в разделе",
        "density_page": "один раз на странице",
        "unhide": "Снова показать скрытые термины",
    },
    "uk": {
        "penalty": "Покарання",
        "instead": "Відповідник",
        "see": "Див. також",
        "sources": "Джерела",
        "archive": "архівна копія",
        "own": "Пояснення з вашого власного глосарія, а не від цього сайту.",
        "hide": "Сховати цей термін",
        "hide_here": "Сховати цей термін на цьому сайті",
        "site_off": "Вимкнути на цьому сайті",
        "unsaved": "Зберегти ваш вибір тут неможливо: він діє, доки ви не залишите сторінку.",
        "close": "Закрити",
        "all": {
            "one": "{} термін на цій сторінці",
            "few": "Усі {} терміни на цій сторінці",
            "many": "Усі {} термінів на цій сторінці",
            "other": "Усі {} терміна на цій сторінці",
        },
        "panel": "Терміни на цій сторінці",
        "none": "На цій сторінці терміни не показано.",
        "crowded": "Далі позначок немає: терміни стоять надто тісно.",
        "still": "Цей браузер не може показати терміни в тексті, який сторінка додасть пізніше.",
        "times": {"one": "{} раз", "few": "{} рази", "many": "{} разів", "other": "{} раза"},
        "kinds": "Які види показувати",
        "density": "Показувати термін",
        "density_all": "щоразу",
        "density_block": "один раз в абзаці",
        "density_section": "один раз у розділі",
        "density_page": "один раз на сторінці",
        "unhide": "Знову показати сховані терміни",
    },
    "be": {
        "penalty": "Пакаранне",
        "instead": "Адпаведнік",
        "see": "Гл. таксама",
        "sources": "Крыніцы",
        "archive": "архіўная копія",
        "own": "Тлумачэнне з вашага ўласнага гласарыя, а не ад гэтага сайта.",
        "hide": "Схаваць гэты тэрмін",
        "hide_here": "Схаваць гэты тэрмін на гэтым сайце",
        "site_off": "Выключыць на гэтым сайце",
        "unsaved": "Захаваць ваш выбар тут нельга: ён дзейнічае, пакуль вы не пакінеце старонку.",
        "close": "Закрыць",
        "all": {
            "one": "{} тэрмін на гэтай старонцы",
            "few": "Усе {} тэрміны на гэтай старонцы",
            "many": "Усе {} тэрмінаў на гэтай старонцы",
            "other": "Усе {} тэрміна на гэтай старонцы",
        },
        "panel": "Тэрміны на гэтай старонцы",
        "none": "На гэтай старонцы тэрміны не паказаны.",
        "crowded": "Далей пазнак няма: тэрміны стаяць занадта цесна.",
        "still": "Гэты браўзер не можа паказаць тэрміны ў тэксце, які старонка дадасць пазней.",
        "times": {"one": "{} раз", "few": "{} разы", "many": "{} разоў", "other": "{} раза"},
        "kinds": "Якія віды паказваць",
        "density": "Паказваць тэрмін",
        "density_all": "кожны раз",
        "density_block": "адзін раз у абзацы",
        "density_section": "адзін раз у раздзеле",
        "density_page": "адзін раз на старонцы",
        "unhide": "Зноў паказаць схаваныя тэрміны",
    },
    "zh-Hans": {
        "penalty": "处罚",
        "instead": "对应词",
        "see": "另见",
        "sources": "来源",
        "archive": "存档副本",
        "own": "由您自己的词汇表解释，与本网站无关。",
        "hide": "隐藏此词语",
        "hide_here": "在本网站隐藏此词语",
        "site_off": "在本网站停用",
        "unsaved": "此处无法保存您的选择：离开本页后即失效。",
        "close": "关闭",
        "all": {"other": "本页全部 {} 处词语"},
        "panel": "本页词语",
        "none": "本页没有显示的词语。",
        "crowded": "标注到此为止：词语过于密集。",
        "still": "此浏览器无法标注页面稍后加载的文字。",
        "times": {"other": "{} 次"},
        "kinds": "显示的类别",
        "density": "每个词语显示",
        "density_all": "每次出现",
        "density_block": "每段一次",
        "density_section": "每节一次",
        "density_page": "每页一次",
        "unhide": "重新显示已隐藏的词语",
    },
    "zh-Hant": {
        "penalty": "處罰",
        "instead": "對應詞",
        "see": "另見",
        "sources": "來源",
        "archive": "存檔副本",
        "own": "由您自己的詞彙表解釋，與本網站無關。",
        "hide": "隱藏此詞語",
        "hide_here": "在本網站隱藏此詞語",
        "site_off": "在本網站停用",
        "unsaved": "此處無法儲存您的選擇：離開本頁後即失效。",
        "close": "關閉",
        "all": {"other": "本頁全部 {} 處詞語"},
        "panel": "本頁詞語",
        "none": "本頁沒有顯示的詞語。",
        "crowded": "標註到此為止：詞語過於密集。",
        "still": "此瀏覽器無法標註頁面稍後載入的文字。",
        "times": {"other": "{} 次"},
        "kinds": "顯示的類別",
        "density": "每個詞語顯示",
        "density_all": "每次出現",
        "density_block": "每段一次",
        "density_section": "每節一次",
        "density_page": "每頁一次",
        "unhide": "重新顯示已隱藏的詞語",
    },
}


@cache
def labels(language: str) -> Labels:
    """The labels of a language, of its base language, or of English, as JSON values; ``lang`` says which language it is.

    Kinds are labels by their own names (``banned``); who requires, forbids or uses a word of a kind is ``by_banned``.
    """
    found = next((tag for tag in (language, language.split("-")[0]) if tag in LABELS), "en")
    said = PHRASES[found]
    who = {f"by_{kind}": said.who[kind] for kind in said.who}
    state = {"since": said.since, "until": said.until, "ended": said.ended, "disputed": said.disputed, "quoted": said.quoted}
    kinds: dict[str, str] = {kind: said.kinds[kind] for kind in said.kinds}
    return {"lang": found, **kinds, **who, **state, **LABELS[found]}
