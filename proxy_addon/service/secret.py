"""The token of this installation: made once, readable by its user alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def installation_token(folder: Path) -> str:
    """The token kept in ``folder``, made on first use (mode 0600). Two processes that start together agree on one."""
    path = folder / "token"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or _replace(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


def _replace(path: Path) -> str:
    """A token file that a crash left empty is made anew."""
    path.unlink()
    return installation_token(path.parent)
