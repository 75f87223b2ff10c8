"""Look-alikes: forms of another lexeme that stemming or prefixes would take. None may be among a term's forms."""

from __future__ import annotations

import pytest

from proxy_addon.matching.languages import collisions, spellings

LOOKALIKES = {
    "ru": """
        жест: жесть жести жестью жёсткий жестокий | режим: режь реже режет режу резать | мир: мириться мирится миро мирской мировой
        удар: ударить ударит ударился ударник | плен: плёнка плену́ть пленный пленить пленум | пленный: плен плена пленённый
        воля: вол волы волов вольный | оборона: оборонить оборонит оборонный | война: воин воины воинов вой воет войти войной́
        хлопок: хлопать хлопнул хлопья хлопотать | фронт: франт фронтон | пост: пост-это постить постный | враг: вражда вражеский
        агент: агентство агентура | закон: законный закончить законник | рост: роса ростки растить | фейк: фейковый фейерверк
        союз: союзник союзный | пуля: пулять пульт | бой: бойня бояться боюсь бойкий | танк: танкер танцы | народ: народный народить
        террор: террорист территория | пожар: пожарный пожарить пожаловать | взрыв: взрывать взрывной | раб: рабочий работа
        орган: организация органный | цель: целый цельный целить целить | вор: ворох ворот | лагерь: лаг лагерный | дело: делить делать
        партия: партизан партийный | труд: трудный трудиться | правда: правдивый править | совет: советский советовать советник
        вера: верить верный | беженец: бежать беженка | банда: бандаж бандит | захват: захватить захватчик | казнь: казнить казна
        вождь: водить вожди́ | мина: минута минет миновать | страна: странный странник | крым: крыма́ть крыть | газ: газета газон
        """,
    "uk": """
        війна: війнути війне війнув воїн | мир: мириться мирний | удар: ударити ударний | частина: частий частити частинка
        полон: полоти полонина | режим: різати ріже | ворог: ворожий ворожити | рана: ранити | сила: силос силувати
        край: країна крайній | закон: законний закінчити | злочин: злочинець | обстріл: обстріляти | мова: мовити мовний
        воля: віл воли вольний | народ: народити народний | лист: листя листок | правда: правий правити
        """,
    "be": """
        вайна: воін вайсковы | мір: мірны мірыцца | удар: ударыць ударны | вораг: варожы варажыць | закон: законны
        народ: народны | рост: роставы расці | фронт: франт франты | рыбак: рыбка рыбкі | адмоўнік: адмоўніцы адмоўніца | Зяленскі: Зяленская | сіла: сілас | мова: мовіць
        """,
    "en": """
        war: warred warring wary ward | strike: struck striking | agent: agency | universe: university | invasion: invasive
        camp: camping camped | spy: spice | state: stated stating | labour: laboured | mine: mined mining | base: basis based
        """,
}


def pairs() -> list[tuple[str, str, list[str]]]:
    found = []
    for lang, block in LOOKALIKES.items():
        for item in block.replace("\n", "|").split("|"):
            term, colon, others = item.partition(":")
            found += [(lang, term.strip(), others.split())] if colon else []
    return found


@pytest.mark.parametrize(("lang", "term", "others"), pairs())
def test_a_term_has_no_forms_of_another_word(lang: str, term: str, others: list[str]) -> None:
    assert spellings(term, lang).isdisjoint(others)


def test_forty_terms_are_looked_at() -> None:
    assert len(pairs()) >= 60


def test_a_form_shared_with_another_lemma_is_told() -> None:
    assert ("війни", "війнути", "VERB") in collisions("війна", "uk")
    assert {each.lemma for each in collisions("мир", "ru")} == {"миро"}


def test_a_word_alone_in_its_spelling_has_no_collisions() -> None:
    assert collisions("вторжение", "ru") == ()
    assert collisions("жест доброй воли", "ru") == ()
    assert collisions("war", "en") == ()
