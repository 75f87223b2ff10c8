"""The reader's choices: what can't be one is refused, what is kept survives, and nothing is kept that was not chosen."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.preferences import MEMBERS, Preferences, PreferencesError, SiteChoice, Store, changed

PLAIN = st.none() | st.booleans() | st.text(max_size=5) | st.sampled_from(["page", "label", "example.org", "ru"])
ANY = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(PLAIN.filter(lambda key: isinstance(key, str)), PLAIN, max_size=2)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(list(MEMBERS)) | st.text(max_size=8), ANY))
def test_any_patch_is_kept_as_it_is_or_refused_with_words(patch: dict[str, Any]) -> None:
    try:
        chosen = changed(Preferences(), patch)
    except PreferencesError:
        return
    assert changed(Preferences(), chosen.as_dict()) == chosen


def test_what_holds_on_a_site_comes_from_the_nearest_choice_and_from_all() -> None:
    chosen = changed(
        Preferences(),
        {"hidden": ["a"], "density": "page", "sites": {"example.org": {"off": True}, "news.example.org": {"hidden": ["b"]}}},
    )
    assert chosen.at("www.EXAMPLE.org.").off
    assert chosen.at("x.news.example.org") == SiteChoice(hidden=frozenset("ab"), density="page")
    assert chosen.at("notexample.org") == SiteChoice(hidden=frozenset("a"), density="page")


def test_a_pause_turns_every_site_off() -> None:
    assert changed(Preferences(), {"paused": True}).at("example.org").off


def test_a_site_that_is_as_any_other_leaves_no_line(tmp_path: Path) -> None:
    store = Store(tmp_path / "p.json")
    store.change_site("example.org", {"off": True})
    store.change_site("example.org", {"off": False})
    assert "example" not in (tmp_path / "p.json").read_text()


def test_a_subdomain_of_a_site_that_is_off_can_be_on_until_nothing_is_off_above_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "p.json")
    store.change_site("example.org", {"off": True})
    store.change_site("news.example.org", {"off": False})
    for kept in (store.current, Store(tmp_path / "p.json").current):
        assert (kept.at("example.org").off, kept.at("www.news.example.org").off) == (True, False)
    assert store.change({"sites": {"example.org": None}}).sites == {}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        (" Пример.РФ. ", "www.xn--e1afmkfd.xn--p1ai"),
        ("例子。中国", "xn--fsqu00a.xn--fiqs8s"),
        ("xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("My_host.example", "my_host.example"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "[::1]"),
    ],
)
def test_a_site_holds_as_it_is_typed_and_as_browsers_send_it(typed: str, sent: str) -> None:
    chosen = changed(Preferences(), {"sites": {typed: {"off": True}}})
    assert (chosen.at(sent).off, chosen.at(typed).off, all(map(str.isascii, chosen.sites))) == (True, True, True)


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "example.org:8080", "a\x00b", "a\x7fb", "a\x85b", "*.example.org", "я" * 64, "::x", "a/b", "\ud800"]
)
def test_what_no_browser_sends_is_no_site(host: str) -> None:
    with pytest.raises(PreferencesError, match="the site must be a host name"):
        changed(Preferences(), {"sites": {host: {"off": True}}})


def test_a_kept_file_with_what_is_no_site_any_more_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"paused": true, "sites": {"a:80": {"off": true}, "пример.рф": {"off": true}}}')
    chosen = Store(tmp_path / "p.json").current
    assert (chosen.paused, list(chosen.sites)) == (True, ["xn--e1afmkfd.xn--p1ai"])


@pytest.mark.parametrize("name", MEMBERS)
def test_null_restores_the_default_of_every_setting(name: str) -> None:
    values = {
        "density": "page",
        "language": "ru",
        "kinds_off": ["label"],
        "sites": {"a.org": {"off": True}},
        "hidden": ["a"],
        "packs_off": ["a"],
    }
    chosen = changed(Preferences(), {name: values.get(name, True)})
    assert chosen != Preferences()
    assert changed(chosen, {name: None}) == Preferences()


def test_choices_last_and_are_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "p.json"
    Store(path).change({"density": "section", "counting": True})
    assert Store(path).current == Preferences(density="section", counting=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_change_by_another_process_shows(tmp_path: Path) -> None:
    now = [0.0]
    store, other = Store(tmp_path / "p.json", clock=lambda: now[0]), Store(tmp_path / "p.json")
    assert not store.current.paused
    other.change({"paused": True})
    now[0] += 1
    assert store.current.paused


def test_two_who_change_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "p.json"), Store(tmp_path / "p.json")
    one.change({"paused": True})
    two.change({"density": "page"})
    assert (one.change({"counting": True}).density, two.change({}).paused) == ("page", True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paused": "yes"}', '{"colour": 1}', "\udcff"])
def test_a_broken_file_is_kept_aside_and_the_defaults_hold(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    store = Store(path)
    assert store.current == Preferences()
    assert (tmp_path / "p.broken.json").read_bytes() == text.encode("utf-8", "surrogateescape")
    assert "the defaults hold" in caplog.text
    assert store.change({"paused": True}).paused


def test_what_can_not_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "p.json")
    with pytest.raises(OSError, match="file"):
        store.change({"paused": True})
    assert not store.current.paused
