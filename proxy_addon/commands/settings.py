"""The settings of ``options.py`` as command line options, for the commands that take all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from proxy_addon.options import OPTIONS, Option, Value

Command = Callable[..., Any]


class Whole(click.IntRange):
    """A whole number in a range, under a name that a message can bear."""

    name = "number"


class Number(click.FloatRange):
    """Any number in a range."""

    name = "number"


def setting_options(function: Command) -> Command:
    """Every setting as an option of a command; the function receives them all in ``**values``."""
    for option in reversed(OPTIONS):
        function = click.option(_declared(option), option.name, **_attributes(option))(function)
    return function


def given(values: Mapping[str, Any]) -> dict[str, Value]:
    """The settings as mitmproxy takes them: a list for what may be written several times."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def unless_said(ctx: click.Context, name: str, otherwise: Any) -> Any:
    """What was written for this parameter, on the command line or in the environment; ``otherwise`` where nothing was."""
    said = ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    return ctx.params[name] if said else otherwise


def _declared(option: Option) -> str:
    return f"{option.flag}/--no-{option.flag[2:]}" if isinstance(option.default, bool) else option.flag


def _attributes(option: Option) -> dict[str, Any]:
    common: dict[str, Any] = {"default": option.default, "help": option.help, "show_default": True}
    if option.choices:
        return {**common, "type": click.Choice(option.choices)}
    if isinstance(option.default, tuple):
        return {**common, "multiple": True, "type": str, "metavar": "PATH" if option.name == "glossary" else "HOST"}
    if isinstance(option.default, bool):
        return common
    return {**common, "type": type(option.default)}
