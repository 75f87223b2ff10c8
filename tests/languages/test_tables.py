"""Languages with declared endings: Belarusian in three spellings, German, French, Dutch, Turkish, Persian, Arabic."""

from __future__ import annotations

import pytest

from proxy_addon.matching.languages import guessed, spellings


@pytest.mark.parametrize(
    ("text", "lang", "forms"),
    [
        ("бяспека", "be", "бяспекі бясьпекі бясьпецы"),
        ("уварванне", "be", "уварвання ўварвання ўварваньня"),
        ("спецыяльны", "be", "спецыяльны спэцыяльны спэцыяльнага"),
        ("vajna", "be-latn", "vajny vajnu vajnoj vojn vojnaŭ"),
        ("biaśpieka", "be-latn", "biaśpieki biaśpieku"),
        ("denacyfikacyja", "be-latn", "denacyfikacyi denacyfikacyjaj"),
        ("Endlösung", "de", "Endlösung Endlösungen"),
        ("Umsiedlung", "de", "Umsiedlungen"),
        ("Verräter", "de", "Verräters Verrätern"),
        ("événement", "fr", "événements"),
        ("journal", "fr", "journaux"),
        ("actie", "nl", "acties"),
        ("oorlog", "nl", "oorlogen"),
        ("şehit", "tr", "şehidi şehide şehitte şehitten şehidin şehitle şehitler şehitleri şehitlerin şehitlere şehitlerimiz"),
        ("savaş", "tr", "savaşı savaşa savaşta savaştan savaşın savaşla savaşlar savaşları savaşında savaştaki savaştır"),
        ("devrim", "tr", "devrimi devrime devrimde devrimden devrimin devrimle devrimler devrimi devrimini"),
        ("öykü", "tr", "öyküyü öyküye öyküde öyküden öykünün öyküyle öyküler öyküsü öyküsünü"),
        ("Türkiye", "tr", "Türkiye'de Türkiye'nin Türkiye'ye Türkiye'den Türkiye'yi"),
        ("İstanbul", "tr", "İstanbul'da İstanbul'un İstanbul'a"),
        ("FETÖ", "tr", "FETÖ'nün FETÖ'ye FETÖ'yü"),
        ("حرب", "ar", "الحرب والحرب بالحرب للحرب حربه وحرب لحرب"),
        ("عملية", "ar", "العملية عمليته العمليات عمليات"),
        ("اغتشاشگر", "fa", "اغتشاشگرها اغتشاشگر\u200cها اغتشاشگرهای"),
        ("فتنه", "fa", "فتنه\u200cها فتنهٔ فتنه\u200cای"),
    ],
)
def test_the_forms_that_texts_use_are_there(text: str, lang: str, forms: str) -> None:
    assert set(forms.split()) - spellings(text, lang) == set()


@pytest.mark.parametrize(
    ("text", "lang", "form"),
    [
        ("Ermeni soykırımı", "tr", "Ermeni soykırımını"),
        ("Ermeni soykırımı", "tr", "Ermeni soykırımının"),
        ("Barış Pınarı Harekâtı", "tr", "Barış Pınarı Harekâtı'nda"),
        ("Endlösung der Judenfrage", "de", "Endlösung der Judenfrage"),
        ("völkische Bewegung", "de", "völkischen Bewegung"),
        ("opération de maintien de l’ordre", "fr", "opérations de maintien de l’ordre"),
        ("politionele actie", "nl", "politionele acties"),
        ("گشت ارشاد", "fa", "گشت\u200cهای ارشاد"),
        ("عملية خاصة", "ar", "العملية الخاصة"),
        ("śpiecyjalnaja vajennaja apieracyja", "be-latn", "śpiecyjalnaj vajennaj apieracyi"),
    ],
)
def test_a_phrase_inflects_where_its_grammar_says(text: str, lang: str, form: str) -> None:
    assert form in spellings(text, lang)


@pytest.mark.parametrize(
    ("text", "lang", "form"),
    [
        # Other words: a verb, an adjective, an adjective.
        ("savaş", "tr", "savaşmak"),
        ("حرب", "ar", "حربي"),
        ("جنگ", "fa", "جنگی"),
        ("Krieg", "de", "kriegen"),
        ("Endlösung der Judenfrage", "de", "Endlösung der Judenfragen"),
        ("événements d'Algérie", "fr", "événements d'Algéries"),
    ],
)
def test_another_word_is_not_taken(text: str, lang: str, form: str) -> None:
    assert form not in spellings(text, lang)


@pytest.mark.parametrize(
    ("text", "told"),
    [("горад", ()), ("народ", ()), ("агонь", ()), ("тунеядзец", ()), ("посах", ()), ("паром", ("паром",)), ("вадень", ("вадень",))],
)
def test_a_belarusian_stem_that_the_spelling_hides_is_told(text: str, told: tuple[str, ...]) -> None:
    assert guessed(text, "be") == told
