"""``glossator addon-path``: where the file for ``mitmdump -s`` lies."""

from __future__ import annotations

from pathlib import Path

import click

import proxy_addon


@click.command("addon-path")
def addon_path() -> None:
    """Print the path for: mitmdump -s PATH."""
    assert proxy_addon.__file__
    click.echo(Path(proxy_addon.__file__).with_name("script.py"))
