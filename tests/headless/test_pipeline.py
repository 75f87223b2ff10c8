"""The example in the documents is run as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PAGE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "proxy_addon" / "headless" / "README.md").read_text(encoding="utf-8")


def test_the_whole_way_takes_twenty_lines(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    [code] = re.findall(r"## From Python\n```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 24, "twenty lines and a few of imports"
    for site in ("a.example", "b.example"):
        (tmp_path / "pages" / site).mkdir(parents=True)
        (tmp_path / "pages" / site / "index.html").write_text(PAGE)
    (tmp_path / "pages" / "bad.html").write_bytes(b"")
    (tmp_path / "pipeline.py").write_text(code)
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    ran = subprocess.run(
        [sys.executable, "pipeline.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("pages/bad.html: empty")
    assert next(line.split()[2:] for line in lines if "index.html" in line) == ["special", "military", "operation", "ru-svo"]
    assert lines[-2] == "[(('a.example', 'ru-svo'), 1)]"
    assert (tmp_path / lines[-1]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
