"""Where browsers keep the authorities they trust, and how this one gets in and out of there.

Chromium on Linux and Firefox everywhere keep them in NSS databases, which ``certutil`` of NSS reads and writes; other
systems have a store of their own, for which there are only words. Nothing here runs without being asked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from proxy_addon.machine.authority import NAME, Authority

# Folders with a browser's trusted authorities, below the home folder; each holds a cert9.db.
_STORES = (
    ".pki/nssdb",
    ".local/share/pki/nssdb",
    ".mozilla/firefox/*",
    ".config/mozilla/firefox/*",
    "snap/firefox/common/.mozilla/firefox/*",
    "snap/chromium/current/.pki/nssdb",
    ".var/app/org.mozilla.firefox/.mozilla/firefox/*",
    "Library/Application Support/Firefox/Profiles/*",
)


def certutil() -> str | None:
    """NSS's certutil; on Windows the program of that name is another one."""
    return None if sys.platform == "win32" else shutil.which("certutil")


def stores() -> Iterator[Path]:
    """The NSS databases of this user's browsers."""
    for pattern in _STORES:
        yield from sorted(folder.parent for folder in Path.home().glob(f"{pattern}/cert9.db"))


def names(store: Path) -> list[str]:
    """The names under which any authority made by this program stands in a database."""
    return [name for name, _ in _listed(store)]


def trusts(store: Path, authority: Authority) -> bool:
    """Whether this very authority stands in a database, with trust for sites."""
    return any("C" in flags.partition(",")[0] and _same(store, name, authority) for name, flags in _listed(store))


def add(store: Path, authority: Authority) -> bool:
    """Trust the authority for sites, in this database only; makes the database where there is none."""
    if not (store / "cert9.db").exists():
        _certutil("-N", "--empty-password", "-d", f"sql:{store}")
    added = _certutil("-A", "-d", f"sql:{store}", "-n", NAME, "-t", "C,,", "-i", str(authority.file))
    return added.returncode == 0


def remove(store: Path) -> list[str]:
    """Takes every authority made by this program out of a database; returns their names."""
    return [name for name in names(store) if _certutil("-D", "-d", f"sql:{store}", "-n", name).returncode == 0]


def advice(authority: Authority) -> str:
    """How a person trusts the authority, system by system."""
    file = authority.file
    return "\n".join(
        (
            "  Nothing needs to be trusted for: glossator browse",
            "  Firefox (any system): Settings > Privacy & Security > Certificates > View Certificates > Authorities >",
            f"    Import {file}, tick: this authority can identify websites",
            "  Chromium, Chrome (Linux):",
            f'    certutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n "{NAME}" -i "{file}"',
            "    (certutil is in libnss3-tools; make the database once with: certutil -d sql:$HOME/.pki/nssdb -N)",
            "  macOS (Safari, Chrome):",
            f'    security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "{file}"',
            "  Windows (Edge, Chrome):",
            f'    certutil -user -addstore Root "{file}"',
            "  Take it out again with: glossator uninstall",
        )
    )


def _listed(store: Path) -> list[tuple[str, str]]:
    """The name and the trust flags (for TLS, mail, code) of each authority made by this program."""
    rows = (line.strip().rpartition(" ") for line in _certutil("-L", "-d", f"sql:{store}").stdout.splitlines())
    return [(name.strip(), flags) for name, _, flags in rows if name.startswith(NAME)]


def _same(store: Path, name: str, authority: Authority) -> bool:
    text = _certutil("-L", "-d", f"sql:{store}", "-n", name, "-a").stdout
    return "".join(authority.file.read_text(encoding="ascii").split()) in "".join(text.split())


def _certutil(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = certutil()
    if program is None:
        return subprocess.CompletedProcess(arguments, 1, "", "")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
