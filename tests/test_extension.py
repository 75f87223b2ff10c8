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
    sources = "".join(path.read_text(encoding="utf-8") for path in EXTENSION.glob("*.[hj]*"))
    asked = set(re.findall(r"""(?:data-said=|said\(|getMessage\(|__MSG_|: \[?|&& said\()["']?([a-z][A-Za-z]+)""", sources))
    known = {name.partition("_")[0] for name in words("en")} - {"terms", "language"}
    assert known - asked == set()


def test_packing_twice_makes_the_same_bytes_without_what_is_not_for_readers(tmp_path: Path) -> None:
    first, second = packed(tmp_path / "one"), packed(tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for archive in first:
        names = zipfile.ZipFile(archive).namelist()
        assert "content/proxy.js" not in names
        assert {"manifest.json", "background.js", "content/extension.js", "_locales/be/messages.json"} <= set(names)
        scripts = re.search(r"SCRIPTS = \[(.*?)\]", (EXTENSION / "background.js").read_text(encoding="utf-8"))
        assert scripts
        assert {f"content/{name}.js" for name in re.findall(r'"(\w+)"', scripts[1])} == {
            name for name in names if name.startswith("content/")
        }


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
        pytest.skip("no npm on this machine")
    ran = subprocess.run(
        [npm, "install", *packages, "--no-audit", "--no-fund", "--prefix", str(folder)], capture_output=True, text=True
    )
    if ran.returncode:
        pytest.skip(f"{' '.join(packages)} could not be installed: {ran.stderr.strip().splitlines()[:1]}")
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
def test_every_script_has_the_types_that_it_states(tmp_path: Path) -> None:
    modules = installed(tmp_path, "typescript@5", "@types/chrome")
    command = [str(modules / ".bin" / "tsc"), "-p", str(EXTENSION / "jsconfig.json"), "--typeRoots", str(modules / "@types")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.stdout, ran.returncode) == ("", 0)
