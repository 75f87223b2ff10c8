"""What leaves the glossary can be read by others, whole."""

from __future__ import annotations

import csv
import io
import json

from bs4 import BeautifulSoup

from proxy_addon.glossary.exchange import COLUMNS, to_csv, to_html, to_json
from proxy_addon.glossary.model import Entry, Form, Glossary, Pack, Source

TERM = Entry(
    id="ru-x",
    kind="label",
    lang="ru",
    pack="p",
    forms=(Form("спец|операция", "ru"), Form('"quoted", <b>', "en")),
    means={"en": 'A "status", & <more>', "ru": "Статус"},
    who={"en": "An office"},
    sources=(Source("A & B", "https://example.org/?a=1&b=2"),),
)
GLOSSARY = Glossary({"ru-x": TERM}, packs={"p": Pack("p", {"en": "A pack"})}, version="v")


def test_json_holds_the_model() -> None:
    found = json.loads(to_json(GLOSSARY))
    assert found["entries"]["ru-x"]["means"] == dict(TERM.means)
    assert [form["text"] for form in found["entries"]["ru-x"]["forms"]] == ["спец|операция", '"quoted", <b>']
    assert "place" not in found["entries"]["ru-x"]


def test_csv_has_a_row_for_each_entry() -> None:
    header, row = csv.reader(io.StringIO(to_csv(GLOSSARY)))
    assert tuple(header) == COLUMNS
    assert dict(zip(header, row, strict=True)) | {"means_en": 'A "status", & <more>', "term": "спецоперация"} == dict(
        zip(header, row, strict=True)
    )


def test_the_page_shows_text_not_markup() -> None:
    article = BeautifulSoup(to_html(GLOSSARY), "html.parser").find(id="ru-x")
    assert article is not None
    assert [part.get_text() for part in article.find_all("p", lang="en")] == ['A "status", & <more>', "An office"]
    assert [link["href"] for link in article.find_all("a")] == ["https://example.org/?a=1&b=2"]
    assert article.find("b") is None
