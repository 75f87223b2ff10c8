"""Real frameworks, installed with npm at their current versions and built here: what they render on a server, and the client's code.

Built once into the temp folder, by a key of the sources and versions asked for. Nothing that was installed or built is part
of the project.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# By fixture: the folder of its sources, and the builds that there are.
FIXTURES = {
    "react18": ("react", ("development", "production")),
    "react19": ("react", ("development", "production")),
    "streaming18": ("streaming", ("development", "production")),
    "streaming19": ("streaming", ("development", "production")),
    "vue": ("vue", ("development", "production")),
    "svelte": ("svelte", ("development", "production")),
    "next": ("next", ("production",)),
    "nuxt": ("nuxt", ("production",)),
}
WHOLE_SITES = {"next": (("npx", "next", "build"), "out"), "nuxt": (("npx", "nuxi", "generate"), ".output/public")}
# Nuxt 4.4 cannot prerender with the unstorage 1.x that npm takes for it: 'Invalid key: "/"'.
OVERRIDES = {"nuxt": {"unstorage": "1.17.1"}}
# In seconds, for installing and for building.
PATIENCE = 300


class CannotBuild(Exception):
    """npm or the network is not there, or a package does not build; the message says which."""


@dataclass(frozen=True)
class Built:
    """One build of a fixture: its page, and the files that the page loads, by path. Of a page that streams, the parts stand
    apart by form feeds."""

    page: str
    files: dict[str, bytes]


def built(name: str, mode: str) -> Built:
    """The fixture of this name. Raises CannotBuild."""
    if shutil.which("npm") is None:
        raise CannotBuild("no npm on this machine (Debian: apt-get install npm)")
    folder = _folder(name)
    if not (folder / "done").exists():
        _build(name, folder)
        (folder / "done").touch()
    return _site(folder / WHOLE_SITES[name][1]) if name in WHOLE_SITES else _page(folder / "out" / mode)


def _folder(name: str) -> Path:
    source = HERE / FIXTURES[name][0]
    files = [HERE / "build.mjs", HERE / "packages.json", *sorted(path for path in source.rglob("*") if path.is_file())]
    key = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"glossator-live-{os.getuid()}" / f"{name}-{key}"


def _build(name: str, folder: Path) -> None:
    source = HERE / FIXTURES[name][0]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    packages = json.loads((HERE / "packages.json").read_text())[name]
    if name in WHOLE_SITES:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    wanted = {"private": True, "type": "module", "dependencies": packages, "overrides": OVERRIDES.get(name, {})}
    (folder / "package.json").write_text(json.dumps(wanted))
    _run(folder, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
    if name in WHOLE_SITES:
        _run(folder, *WHOLE_SITES[name][0])
    else:
        _run(folder, "node", str(HERE / "build.mjs"), str(source), str(folder / "out"))


def _run(folder: Path, *command: str) -> None:
    quiet = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1", "NUXT_TELEMETRY_DISABLED": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise CannotBuild(f"{' '.join(command)}: not done after {PATIENCE} s") from error
    if done.returncode:
        raise CannotBuild(f"{' '.join(command)}: {(done.stderr or done.stdout)[-400:]}")


def _page(folder: Path) -> Built:
    body = (folder / "body.html").read_text(encoding="utf-8")
    head = '<!doctype html><html lang="en"><head><title>News of towns</title></head><body>'
    script = "" if "/client.js" in body else '<script defer src="/client.js"></script>'
    page = f"{head}{body}{script}</body></html>"
    return Built(page, {"/client.js": (folder / "client.js").read_bytes()})


def _site(folder: Path) -> Built:
    files = {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in _files(folder)}
    return Built((folder / "index.html").read_text(encoding="utf-8"), files)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".js", ".json", ".css", ".txt"))
