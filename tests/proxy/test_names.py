"""Which hosts are opened, in which language a reader is answered, and what a person may write as a setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy_addon.machine.avoided import Avoided
from proxy_addon.machine.edition import folders
from proxy_addon.machine.hosts import HostError, Interception, hosts, is_loopback, shipped
from proxy_addon.machine.settings import SettingsError, settings
from proxy_addon.message.language import preferred

from .conftest import write_pack


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("example.org", True),
        ("EXAMPLE.org.", True),
        ("news.example.org", True),
        ("badexample.org", False),
        ("example.org.evil.test", False),
        ("org", False),
        ("login.shop.test", True),
        ("eu.login.shop.test", True),
        ("login.test", False),
        ("mail.ru", False),
        ("xn--e1afmkfd.test", True),
        ("пример.test", True),
        ("", False),
    ],
)
def test_a_pattern_covers_a_host_and_all_below_it(host: str, covered: bool) -> None:
    assert (host in hosts(["example.org", "login.*", "пример.test"])) is covered


@pytest.mark.parametrize("pattern", ["https://example.org", "example.org/path", "*.example.org", "", "a b", "-x.org", "x..org"])
def test_what_is_no_host_is_refused_with_words(pattern: str) -> None:
    with pytest.raises(HostError, match=r"write example\.org"):
        hosts([pattern])


@pytest.mark.parametrize(
    ("host", "excluded"),
    [
        ("news.mail.ru", False),
        ("lenta.ru", False),
        ("kremlin.ru", False),
        ("www.gov.uk", False),
        ("www.bbc.co.uk", False),
        ("en.wikipedia.org", False),
        ("health.usnews.example", False),
        ("www.gosuslugi.ru", True),
        ("online.sberbank.ru", True),
        ("www.paypal.com", True),
        ("accounts.google.com", True),
        ("www.google.com", False),
        ("login.anything.example", True),
        ("bitwarden.com", True),
        ("update.googleapis.com", True),
        ("web.telegram.org", True),
        ("any.bank", True),
    ],
)
def test_the_shipped_list_excludes_where_a_reader_is_known_and_not_where_all_read(host: str, excluded: bool) -> None:
    assert (host in shipped()) is excluded


OPEN = Interception()
LISTED = Interception(only=hosts(["news.test"]), never=(hosts(["pay.news.test"]),))
NARROW = Interception(only=hosts(["news.test", "other.test"]), within=hosts(["news.test"]))


@pytest.mark.parametrize(
    ("rule", "host", "opened"),
    [
        (OPEN, "news.test", True),
        (OPEN, None, True),
        (LISTED, "news.test", True),
        (LISTED, "pay.news.test", False),
        (LISTED, "other.test", False),
        (LISTED, None, False),
        (NARROW, "other.test", False),
        (NARROW, "www.news.test", True),
    ],
)
def test_a_host_is_opened_where_every_list_lets_it(rule: Interception, host: str | None, opened: bool) -> None:
    assert rule.opens(host) is opened


@pytest.mark.parametrize(
    ("rule", "host", "asked_for", "opened"),
    [
        (LISTED, "news.test", "news.test", True),
        (LISTED, "news.test", "10.0.0.1", True),
        (LISTED, "news.test", None, True),
        (LISTED, "news.test", "pay.news.test", False),
        (Interception(never=(shipped(),)), "many.test", "online.sberbank.ru", False),
    ],
)
def test_what_was_asked_for_by_an_excluded_name_is_not_opened_under_another(
    rule: Interception, host: str, asked_for: str | None, opened: bool
) -> None:
    assert rule.opens(host, asked_for) is opened


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "0.0.0.0", "::ffff:127.0.0.1", "::ffff:7f00:1",
        "127.1", "127.0.1", "0x7f.1", "0X7F.0.0.1", "0177.0.0.1", "017700000001", "0x7f000001", "2130706433", "0", "0x0",
        "127.1.", "LOCALHOST.", "::", "[::]", "0:0:0:0:0:0:0:1", "１２７.0.0.1", "127。0。0。1",
    ],
)  # fmt: skip
def test_this_machine_has_many_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["example.org", "10.0.0.1", "localhost.example.org", "::2", "10.1", "0x8f.1", "127", "", "127.0.0.1.example.org", "a" * 300],
)
def test_other_machines_are_not_this_one(host: str) -> None:
    assert not is_loopback(host)


OFFERED = ("en", "ru", "uk", "be", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.5, uk;q=0.9", "uk"),
        ("de, be;q=0.1", "be"),
        ("ru;q=0, en", "en"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("RU", "ru"),
        ("*", "en"),
        (";;;,q=,ru;q=x", "en"),
    ],
)
def test_the_reader_is_answered_in_the_best_language_there_is(accepted: str, language: str) -> None:
    assert preferred(accepted, OFFERED) == language


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"language": "xx"}, "--language is 'xx'; it takes one of: auto, en"),
        ({"density": "most"}, "--density is 'most'; it takes one of: all, block"),
        ({"max_page": 0}, "--max-page is 0; it takes a number from 1 upwards"),
        ({"service_port": 70000}, "--service-port is 70000; it takes a number from 0 to 65535"),
        ({"not_sites": ["a/b"]}, "--not-sites: 'a/b' is not a host name"),
    ],
)
def test_a_wrong_value_is_told_with_what_may_stand_there(values: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(values)  # type: ignore[arg-type]
    assert str(raised.value).startswith(said)


def test_a_host_is_avoided_after_some_failures_and_for_some_time() -> None:
    now = [0.0]
    avoided = Avoided(limit=2, seconds=10, clock=lambda: now[0])
    seen = ["news.test" in avoided]
    for moment in (0.0, 1.0, 10.9, 11.1):
        now[0] = moment
        if moment <= 1.0:
            avoided.blame("news.test")
        seen.append("news.test" in avoided)
    assert seen == [False, False, True, True, False]


def test_a_readers_own_packs_are_read_once_there_are_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOSSATOR_CONFIG", str(tmp_path))
    own, given = tmp_path / "glossary", tmp_path / "given"
    found = [folders([given])]
    own.mkdir()
    found.append(folders([given]))
    write_pack(own)
    found.append(folders([given]))
    assert found == [[given], [given], [own, given]]
