"""The command ``glossator``: its subcommands, and what every one of them has in common.

A mistake of the person at the keyboard is one line on standard error and exit code 2, never a traceback. Subcommands are
modules of ``proxy_addon.commands``, imported only when they are called. This module does not know how anything works.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Any

import click

# Subcommand -> the module of ``proxy_addon.commands`` that holds it under the module's own name, and what it does.
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "proxy": ("proxy", "Annotate what you read in a browser of your choice."),
    "browse": ("browse", "Open a browser that is ready to read with, and leave nothing behind."),
    "ca": ("ca", "Show, make or renew the certificate authority of this machine."),
    "doctor": ("doctor", "Say what is wrong and how to mend it."),
    "uninstall": ("uninstall", "Remove the authority and every file that was made."),
    "addon-path": ("addon_path", "Print the path for: mitmdump -s PATH."),
    "glossary": ("glossary", "Check, search and explain the entries."),
    "annotate": ("annotate", "Annotate files, or list what is in them."),
    "scan": ("scan", "Read a collection of pages into a table."),
    "report": ("report", "Write a report on a table, with charts."),
    "evaluate": ("evaluate", "Score the matcher on labelled passages."),
    "serve": ("serve", "Run the local service alone."),
    "desk": ("desk", "Open the pages of the local service in your browser."),
}

_USED_WRONGLY = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


class _Subcommands(dict[str, click.Command]):
    """The commands by name, each imported when it is first looked at; ``present`` are the names."""

    def __init__(self) -> None:
        super().__init__()
        self.present = [name for name, (module, _) in _COMMANDS.items() if find_spec(f"proxy_addon.commands.{module}")]

    def __missing__(self, name: str) -> click.Command:
        if name not in self.present:
            raise KeyError(name)
        module = _COMMANDS[name][0]
        found = getattr(import_module(f"proxy_addon.commands.{module}"), module)
        assert isinstance(found, click.Command)
        self[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.present)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self.present else default


class _Glossator(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in self.commands])

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **extra: Any) -> Any:  # type: ignore[override]
        """Runs one command line and exits: 0 done, 1 something is wrong, 2 used wrongly, 130 interrupted."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **extra)
        with contextlib.suppress(BrokenPipeError):
            sys.exit(_run(self, args, extra))
        # Nobody reads any more: what is still to be written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _run(group: click.Group, args: Sequence[str] | None, extra: Mapping[str, Any]) -> int:
    try:
        result = group.main(args, **{"prog_name": "glossator", **extra, "standalone_mode": False})
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return _USED_WRONGLY
    except click.ClickException as error:
        print(f"glossator: {_one_line(error)}", file=sys.stderr)
        return _USED_WRONGLY
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    return result if isinstance(result, int) else 0


def _one_line(error: click.ClickException) -> str:
    """click shows the usage as well, which hides the reason; how to see it is enough."""
    hint = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    return f"{error.format_message()}{f' (see: {hint} --help)' if hint else ''}"


def _version(ctx: click.Context, option: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    try:
        click.echo(f"glossator {metadata.version('glossator')}")
    except metadata.PackageNotFoundError:
        click.echo("glossator, from a checkout that is not installed")
    ctx.exit()


@click.command(cls=_Glossator, commands=_Subcommands(), context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def main() -> None:
    """Explains officially banned, mandated and euphemistic words on the pages you read."""


if __name__ == "__main__":
    main()
