"""The settings of one run as a frozen value, checked; made from any mapping of option names to values.

Every problem is one sentence that says what was found and what may be written instead. This module does not know where
the values came from (command line, ``--set glossator_…``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from proxy_addon.machine.hosts import HostError, Hosts, Interception, hosts, shipped
from proxy_addon.options import OPTIONS, Density, Option, Value

_LEAST = {"max_page": 1, "budget": 1, "service_port": 0}
_MOST = {"service_port": 65535}


class SettingsError(ValueError):
    """A value that can't be used; the message names the option and what it takes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``max_page`` is in bytes of decoded page, ``budget`` in milliseconds of work on one page."""

    glossary: tuple[Path, ...]
    language: str
    density: Density
    script: bool
    interception: Interception
    no_transform: Literal["annotate", "leave"]
    max_page: int
    budget: int
    service: bool
    service_port: int


def settings(values: Mapping[str, Value], *, within: Sequence[str] = ()) -> Settings:
    """``values`` by option name, defaults for what is missing; ``within`` are the sites the authority is limited to."""
    chosen = {option.name: _checked(option, values.get(option.name, option.default)) for option in OPTIONS}
    return Settings(
        glossary=tuple(Path(name).expanduser() for name in cast(Sequence[str], chosen["glossary"])),
        language=str(chosen["language"]),
        density=cast(Density, chosen["density"]),
        script=bool(chosen["script"]),
        interception=_interception(chosen, within),
        no_transform=cast(Literal["annotate", "leave"], chosen["no_transform"]),
        max_page=int(cast(int, chosen["max_page"])) * 1024 * 1024,
        budget=int(cast(int, chosen["budget"])),
        service=bool(chosen["service"]),
        service_port=int(cast(int, chosen["service_port"])),
    )


def _checked(option: Option, value: Value) -> Value:
    if option.choices and value not in option.choices:
        raise SettingsError(f"{option.flag} is {value!r}; it takes one of: {', '.join(option.choices)}")
    if isinstance(value, int) and not isinstance(value, bool):
        least, most = _LEAST.get(option.name, value), _MOST.get(option.name, value)
        if not least <= value <= most:
            raise SettingsError(f"{option.flag} is {value}; it takes a number from {least}" + _up_to(option.name))
    return value


def _up_to(name: str) -> str:
    return f" to {_MOST[name]}" if name in _MOST else " upwards"


def _interception(chosen: Mapping[str, Value], within: Sequence[str]) -> Interception:
    never = [_hosts("not_sites", chosen)]
    if chosen["exclusions"]:
        never.append(shipped())
    return Interception(only=_hosts("sites", chosen), never=tuple(never), within=hosts(within))


def _hosts(name: str, chosen: Mapping[str, Value]) -> Hosts:
    try:
        return hosts(cast(Sequence[str], chosen[name]))
    except HostError as error:
        raise SettingsError(f"--{name.replace('_', '-')}: {error}") from error
