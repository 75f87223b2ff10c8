"""Editing at the desk: nothing is written that can't be an entry, nor over somebody else's change, nor where it does not belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy_addon.glossary import loader
from proxy_addon.glossary.loader import load_glossary

from .conftest import OWN, SHIPPED, Desk, field, text


def opened(desk: Desk, entry: str) -> dict[str, str]:
    """The fields of the form in which an entry is edited."""
    answer = desk.own(f"/desk/own/edit?entry={entry}")
    assert answer.status == 200, answer.body
    return {name: field(answer, name) for name in ("entry", "place", "digest")}


@pytest.mark.parametrize(
    ("what", "change", "problem"),
    [
        ("not YAML", lambda own: own.replace("  kind: label", "  kind: [label"), "Line "),
        ("an unknown key", lambda own: own.replace("  kind:", "  knid:"), "knid"),
        ("another entry", lambda own: own.replace("test-vorpal:", "test-other:"), "test-other"),
        ("two entries", lambda own: own + own.replace("test-vorpal", "test-two"), "alone"),
        ("nothing", lambda own: "", "empty"),
        ("no kind", lambda own: own.replace("  kind: label\n", ""), "kind"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_and_the_file_stays(desk: Desk, what: str, change: object, problem: str) -> None:
    mine = desk.packs / "mine.yaml"
    assert callable(change)
    broken = change(OWN)
    answer = desk.post("/desk/own/save", {**opened(desk, "test-vorpal"), "text": broken})
    assert (what, answer.status, mine.read_text()) == (what, 422, OWN)
    assert problem in text(answer)
    assert problem in text(desk.post("/desk/own/check", {"entry": "test-vorpal", "text": broken}))


def test_a_file_that_changed_underneath_is_not_overwritten(desk: Desk) -> None:
    mine = desk.packs / "mine.yaml"
    held = opened(desk, "test-vorpal")
    theirs = OWN.replace("Another made-up", "Their made-up")
    mine.write_text(theirs)
    answer = desk.post("/desk/own/save", {**held, "text": OWN.replace("Another", "My")})
    assert (answer.status, mine.read_text()) == (409, theirs)
    assert "Their made-up" in text(answer)
    assert "nothing was written" in text(answer)


def test_an_entry_that_is_gone_is_said_to_be(desk: Desk) -> None:
    held = opened(desk, "test-vorpal")
    (desk.packs / "mine.yaml").write_text("# nothing here\n")
    assert desk.post("/desk/own/save", {**held, "text": OWN}).status == 409
    assert desk.own("/desk/own/edit?entry=test-vorpal").status == 409
    assert desk.own("/desk/own/edit?entry=test-unknown").status == 404


def test_an_own_entry_is_edited_in_place_with_its_comments(desk: Desk) -> None:
    held = opened(desk, "test-vorpal")
    assert held["place"] == str(desk.packs / "mine.yaml")
    answer = desk.post("/desk/own/save", {**held, "text": OWN.replace("Another made-up", "My own")})
    assert answer.status == 200, answer.body
    written = (desk.packs / "mine.yaml").read_text()
    assert written.startswith("# A comment of mine.\ntest-vorpal:\n")
    assert written == OWN.replace("Another made-up", "My own")
    desk.renew()
    assert "My own word of these tests." in text(desk.get("/desk/entries/test-vorpal"))


def test_a_second_save_goes_on_from_the_first(desk: Desk) -> None:
    held = opened(desk, "test-vorpal")
    first = desk.post("/desk/own/save", {**held, "text": OWN.replace("Another", "First")})
    digest = first.body.decode().split('data-digest="')[1].split('"')[0]
    assert desk.post("/desk/own/save", {**held, "text": OWN, "digest": held["digest"]}).status == 409
    assert desk.post("/desk/own/save", {**held, "text": OWN.replace("Another", "Second"), "digest": digest}).status == 200


def test_a_shipped_entry_is_laid_over_and_not_written(desk: Desk) -> None:
    answer = desk.own("/desk/own/edit?entry=test-zorb")
    assert "came with the program" in text(answer)
    held = opened(desk, "test-zorb")
    assert held["place"] == str(desk.packs / "own.yaml")
    saved = desk.post("/desk/own/save", {**held, "text": SHIPPED.replace("A made-up word", "My word")})
    assert saved.status == 200, saved.body
    assert (desk.shipped / "tests" / "tests.yaml").read_text() == SHIPPED
    desk.renew()
    assert "My word of these tests." in text(desk.get("/desk/entries/test-zorb"))
    again = opened(desk, "test-zorb")
    assert desk.post("/desk/own/save", {**again, "text": SHIPPED.replace("A made-up word", "My other word")}).status == 200
    assert (desk.packs / "own.yaml").read_text().count("test-zorb:") == 1


def test_an_overlay_that_is_not_read_yet_is_what_is_edited(desk: Desk) -> None:
    desk.post("/desk/own/save", {**opened(desk, "test-zorb"), "text": SHIPPED.replace("A made-up word", "My word")})
    body = desk.own("/desk/own/edit?entry=test-zorb").body.decode()
    assert "My word of these tests." in body


def test_in_a_checkout_a_shipped_entry_is_edited_in_place(desk: Desk) -> None:
    (desk.shipped.parent / ".git").mkdir()
    held = opened(desk, "test-zorb")
    assert held["place"] == str(desk.shipped / "tests" / "tests.yaml")
    assert desk.post("/desk/own/save", {**held, "text": SHIPPED.replace("A made-up word", "My word")}).status == 200
    assert "My word of these tests." in (desk.shipped / "tests" / "tests.yaml").read_text()
    assert not (desk.packs / "own.yaml").exists()


def test_a_text_is_checked_as_it_is_written(desk: Desk) -> None:
    said = text(desk.post("/desk/own/check", {"entry": "test-vorpal", "text": OWN}))
    assert "Nothing to mend" in said
    assert "Another made-up word of these tests." in said
    assert said.count("✓") == 4
    wrong = OWN.replace("match: vorpal sword\n", "match: sword\n").replace("vorpal swords.", "vorpal sabres.")
    said = text(desk.post("/desk/own/check", {"entry": "test-vorpal", "text": wrong}))
    assert "✗" in said
    assert "To mend" in said
    assert "«sword» does not match" in said


@pytest.mark.parametrize("named", ["rules: [test-unknown]", "see: [test-unknown]", "instead: [test-unknown]"])
def test_what_an_entry_names_must_be_there(desk: Desk, named: str) -> None:
    said = text(
        desk.post("/desk/own/check", {"entry": "test-vorpal", "text": OWN.replace("  kind: label", f"  kind: label\n  {named}")})
    )
    assert "names `test-unknown`, which there is not" in said


STUB = {
    "id": "test-new", "kind": "euphemism", "lang": "en", "term": "brillig", "means": "Four o'clock.", "who": "A poem",
    "source": "https://example.org/poem", "source_title": "The poem",
}  # fmt: skip


def test_a_new_entry_is_begun_written_and_used(desk: Desk) -> None:
    place = str(desk.packs / "own.yaml")
    begun = desk.post("/desk/own/new", {**STUB, "place": place})
    assert begun.status == 200, begun.body
    stub = begun.body.decode().split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].lstrip("\n").replace("&#39;", "'")
    held = {name: field(begun, name) for name in ("entry", "place", "digest")}
    assert desk.post("/desk/own/save", {**held, "text": stub}).status == 200
    desk.renew()
    assert "Four o'clock." in text(desk.get("/desk/entries/test-new"))
    assert load_glossary([desk.packs]).entries["test-new"].headword == "brillig"


@pytest.mark.parametrize("wrong", [{"id": "Bad Id"}, {"id": "test-zorb"}, {"source": "no address"}, {"kind": "odd"}])
def test_a_new_entry_that_cannot_be_is_told_why(desk: Desk, wrong: dict[str, str]) -> None:
    answer = desk.post("/desk/own/new", {**STUB, "place": str(desk.packs / "own.yaml"), **wrong})
    assert (answer.status, "To mend" in text(answer)) == (422, True)


def test_problems_name_place_and_cure(desk: Desk) -> None:
    assert "Nothing to mend" in text(desk.own("/desk/own/problems"))
    (desk.packs / "mine.yaml").write_text(OWN.replace("match: vorpal swords", "match: vorpal"))
    desk.renew()
    said = text(desk.own("/desk/own/problems"))
    assert f"{desk.packs / 'mine.yaml'}:" in said
    assert "→" in said
    assert "Entries looked at: 1" in said
    assert "Entries looked at: 2" in text(desk.own("/desk/own/problems?shipped=1"))


def test_a_broken_edit_is_among_the_problems(desk: Desk) -> None:
    desk.current.fault = "mine.yaml:1:1: one; mend it\nmine.yaml:9:1: two; mend it"
    said = text(desk.own("/desk/own/problems"))
    assert "mine.yaml:1:1: one; mend it" in said
    assert "mine.yaml:9:1: two; mend it" in said


CSV = {
    "name": "My List.csv",
    "text": "term,definition\nbrillig,Four o'clock\nzorbling,again\n",
    "format": "",
    "lang": "en",
    "kind": "euphemism",
    "source": "https://example.org/list",
}


def test_an_import_is_shown_before_anything_is_written(desk: Desk) -> None:
    shown = desk.post("/desk/own/importing", CSV)
    assert "Entries: 2." in text(shown)
    assert 'value="my-list"' in shown.body.decode()
    assert sorted(path.name for path in desk.packs.iterdir()) == ["mine.yaml"]
    draft = shown.body.decode().split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0].lstrip("\n").replace("&#39;", "'")
    assert desk.post("/desk/own/keep", {"name": "my-list", "text": draft}).status == 201
    desk.renew()
    assert not desk.current.matcher.glossary.entries["en-brillig"].on
    assert desk.post("/desk/own/keep", {"name": "my-list", "text": draft}).status == 409


def test_an_import_that_would_replace_entries_says_which(desk: Desk) -> None:
    taken = {**CSV, "text": "id,term,definition\ntest-zorb,zorbling,again\n"}
    assert "saving would replace: test-zorb" in text(desk.post("/desk/own/importing", taken))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"format": "exe"}, 422),
        ({"name": "list.exe"}, 422),
        ({"kind": "odd"}, 422),
        ({"lang": ""}, 422),
        ({"text": ""}, 200),
        ({"text": "a,b\n1,2\n"}, 200),
    ],
)
def test_an_import_without_sense_is_told_so(desk: Desk, wrong: dict[str, str], status: int) -> None:
    answer = desk.post("/desk/own/importing", {**CSV, **wrong})
    assert answer.status == status
    assert status == 422 or "To mend" in text(answer)


@pytest.mark.parametrize("broken", ["x: 1\n", "test-a:\n  kind: odd\n", "- 1\n"])
def test_a_draft_that_is_no_pack_is_not_kept(desk: Desk, broken: str) -> None:
    assert desk.post("/desk/own/keep", {"name": "list", "text": broken}).status == 422
    assert sorted(path.name for path in desk.packs.iterdir()) == ["mine.yaml"]


def test_the_shipped_folder_is_found_where_it_is_now() -> None:
    assert loader.SHIPPED.is_dir()


def test_what_cannot_be_written_is_said_and_nothing_is_lost(desk: Desk, tmp_path: Path) -> None:
    held = opened(desk, "test-zorb")
    desk.packs.rename(tmp_path / "elsewhere")
    desk.packs.write_text("a file in the place of the folder")
    answer = desk.post("/desk/own/save", {**held, "text": SHIPPED})
    assert (answer.status, "nothing was changed" in answer.json["detail"]) == (500, True)
