"""The extension as it is packed: what it may do, what it says, and that packing it twice makes the same bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.service.keys import EXTENSION_SCHEMES

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "extension"
LOCALES = sorted(path.name for path in (EXTENSION / "_locales").iterdir())
# The linter of the add-ons site; its newest version names a package that is not published yet.
LINTER = "addons-linter@10.13.0"
TYPES = ("typescript@5.9.3", "@types/chrome@0.3.7")
DESK = ROOT / "proxy_addon" / "service" / "desk" / "static"
# As in the extension's jsconfig.json; no such file is shipped with the desk.
DESK_OPTIONS = "--allowJs --checkJs --noEmit --strict --target ES2024 --module ES2022 --moduleResolution bundler --lib ES2024,DOM,DOM.Iterable"


def manifest() -> Any:
    return json.loads((EXTENSION / "manifest.json").read_text(encoding="utf-8"))


def words(locale: str) -> dict[str, str]:
    told = json.loads((EXTENSION / "_locales" / locale / "messages.json").read_text(encoding="utf-8"))
    return {name: row["message"] for name, row in told.items()}


def packed(folder: Path) -> list[Path]:
    ran = subprocess.run(
        [sys.executable, str(ROOT / ".github" / "build-extension"), str(folder)], capture_output=True, text=True, check=True
    )
    return [Path(line) for line in ran.stdout.splitlines()]


def test_it_asks_for_no_more_than_it_says() -> None:
    told = manifest()
    assert told["permissions"] == ["storage", "activeTab", "scripting", "contextMenus"]
    assert told["host_permissions"] == ["http://127.0.0.1/*"]
    assert "content_scripts" not in told
    page = (EXTENSION / "options.html").read_text(encoding="utf-8")
    explained = set(re.findall(r"<dt>(.*?)</dt>", page))
    assert explained == {"http://127.0.0.1", "storage", "activeTab, scripting", "contextMenus"}


def test_its_own_pages_load_and_reach_nothing_but_themselves_and_the_service() -> None:
    policy = manifest()["content_security_policy"]["extension_pages"]
    assert "default-src 'none'" in policy
    assert "connect-src http://127.0.0.1:*" in policy
    for page in EXTENSION.glob("*.html"):
        addresses = re.findall(r"""(?:src|href)=["']?([^"'\s>]+)""", page.read_text(encoding="utf-8"))
        assert [address for address in addresses if not (EXTENSION / address).is_file()] == []


def test_every_word_is_there_in_every_language_with_its_plurals() -> None:
    plurals = {"en": {"one", "other"}, "zh_CN": {"other"}, "zh_TW": {"other"}}
    for locale in LOCALES:
        categories = plurals.get(locale, {"one", "few", "many", "other"})
        expected = {name for name in words("en") if not name.startswith("terms_")} | {f"terms_{each}" for each in categories}
        assert set(words(locale)) == expected, locale
        assert [name for name, text in words(locale).items() if not text.strip()] == []
        assert len(words(locale)["description"]) <= 132, locale


def test_every_word_that_is_asked_for_exists_and_every_word_is_asked_for() -> None:
    scripts = [*EXTENSION.glob("*.[hj]*"), EXTENSION / "content" / "extension.js"]
    sources = "".join(path.read_text(encoding="utf-8") for path in scripts)
    asked = set(re.findall(r"""(?:data-said=|said\(|getMessage\(|__MSG_|: \[?|\? |&& said\()["']?([a-z][A-Za-z]+)""", sources))
    known = {name.partition("_")[0] for name in words("en")} - {"terms", "language"}
    assert known - asked == set()


def test_packing_twice_makes_the_same_bytes(tmp_path: Path) -> None:
    first, second = packed(tmp_path / "one"), packed(tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_readers_get_these_files_and_no_other(tmp_path: Path) -> None:
    scripts = {"background.js", "pages.js", "service.js", "words.js", "popup.js", "options.js"}
    content = {f"content/{name}.js" for name in ("text", "overlay", "terms", "card", "panel", "extension")}
    pages = {"manifest.json", "popup.html", "options.html", "pages.css"}
    icons = {f"icons/{size}.png" for size in (16, 32, 48, 128)}
    locales = {f"_locales/{locale}/messages.json" for locale in ("be", "en", "ru", "uk", "zh_CN", "zh_TW")}
    for archive in packed(tmp_path):
        assert set(zipfile.ZipFile(archive).namelist()) == scripts | content | pages | icons | locales
    put_in = re.search(r"SCRIPTS = \[(.*?)\]", (EXTENSION / "pages.js").read_text(encoding="utf-8"))
    assert put_in
    assert {f"content/{name}.js" for name in re.findall(r'"(\w+)"', put_in[1])} == content


def test_each_browser_gets_the_manifest_it_understands(tmp_path: Path) -> None:
    chromium, firefox = (json.loads(zipfile.ZipFile(path).read("manifest.json")) for path in packed(tmp_path))
    assert chromium["background"] == {"service_worker": "background.js", "type": "module"}
    assert firefox["background"] == {"scripts": ["background.js"], "type": "module"}
    assert ("browser_specific_settings" in chromium, "browser_specific_settings" in firefox) == (False, True)


def test_the_schemes_that_the_service_lets_pair_are_those_of_the_two_browsers() -> None:
    assert frozenset({"chrome-extension", "moz-extension"}) == EXTENSION_SCHEMES


def installed(folder: Path, *packages: str) -> Path:
    """The folder of these npm packages."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine (Debian: apt-get install npm)")
    ran = subprocess.run(
        [npm, "install", *packages, "--no-audit", "--no-fund", "--prefix", str(folder)], capture_output=True, text=True
    )
    if ran.returncode:
        pytest.skip(f"npm could not install {' '.join(packages)}: {' '.join(ran.stderr.split())[:300]}")
    return folder / "node_modules"


@pytest.mark.slow
def test_the_linter_of_the_add_ons_site_finds_nothing(tmp_path: Path) -> None:
    modules = installed(tmp_path / "linter", LINTER)
    firefox = packed(tmp_path)[1]
    ran = subprocess.run(
        [str(modules / ".bin" / "addons-linter"), "--output", "json", str(firefox)], capture_output=True, text=True
    )
    told = json.loads(ran.stdout)
    found = [(row["code"], row.get("file")) for level in ("errors", "warnings", "notices") for row in told[level]]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("extension", ["-p", str(EXTENSION / "jsconfig.json")]),
        ("desk", [*DESK_OPTIONS.split(), *(str(path) for path in sorted(DESK.glob("*.js")))]),
    ],
)
def test_every_script_has_the_types_that_it_states(tmp_path: Path, part: str, given: list[str]) -> None:
    modules = installed(tmp_path, *TYPES)
    command = [str(modules / ".bin" / "tsc"), *given, "--typeRoots", str(modules / "@types")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.stdout, ran.returncode) == ("", 0), part
