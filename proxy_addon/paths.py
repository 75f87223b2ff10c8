"""Where the program keeps its files on this machine: settings, packs, certificates, cache.

Every place can be moved with an environment variable, so that tests and temporary sessions leave nothing behind.
Nothing here creates or reads a file, and no file named here holds what a reader visits.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_NAME = "glossator"


def _place(variable: str, default: Path) -> Path:
    chosen = os.environ.get(variable)
    return Path(chosen).expanduser() if chosen else default


def config_dir() -> Path:
    """The reader's settings and own packs (``GLOSSATOR_CONFIG``)."""
    return _place("GLOSSATOR_CONFIG", platformdirs.user_config_path(_NAME))


def cache_dir() -> Path:
    """Compiled glossaries; safe to delete (``GLOSSATOR_CACHE``)."""
    return _place("GLOSSATOR_CACHE", platformdirs.user_cache_path(_NAME))


def data_dir() -> Path:
    """The certificate authority and the service's token; private to the user (``GLOSSATOR_DATA``)."""
    return _place("GLOSSATOR_DATA", platformdirs.user_data_path(_NAME))


def packs_dir() -> Path:
    """The reader's own packs, laid over the shipped glossary."""
    return config_dir() / "glossary"


def authority_dir() -> Path:
    """The certificate authority that signs intercepted sites."""
    return data_dir() / "authority"
