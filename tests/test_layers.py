"""The layout is a promise: imports point down, and each outside library has one place that knows it."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "proxy_addon"

# A module stands on the floor of the longest matching prefix. What stands lower may not import what stands higher.
FLOORS = {
    "glossary": 1,
    "glossary.model": 0,
    "paths": 0,
    "options": 0,
    "keeping": 0,
    "preferences": 1,
    "counts": 1,
    "matching": 0,
    "matching.matcher": 1,
    "markup": 1,
    "markup.encoding": 0,
    "markup.tokenizer": 0,
    "markup.foreign": 0,
    "markup.grammar": 0,
    "markup.passages": 0,
    "markup.labels": 1,
    "markup.phrases": 1,
    "markup.annotation": 2,
    "markup.bridge": 2,
    "markup.iso2022jp": 2,
    "markup.marks": 2,
    "markup.script": 2,
    "markup.page": 2,
    "markup.strip": 2,
    "markup.reader": 2,
    "markup.judging": 2,
    "markup.rewriter": 3,
    "message": 0,
    "message.transform": 4,
    "evaluation": 3,
    "addon": 4,
    "service": 4,
    "machine": 4,
    "headless": 4,
    "commands": 5,
    "script": 5,
    "pytest_plugin": 5,
    "cli": 6,
    "__main__": 7,
    "": 3,
}

# Libraries that several modules may know, and which.
SHARED_LIBRARIES = {
    "mitmproxy": ("addon", "script", "machine", "headless.flows"),
    "click": ("cli", "commands"),
    "starlette": ("service",),
    "ahocorasick_rs": ("matching", "markup.owned", "markup.reader"),
    "pymorphy3": ("matching.languages",),
    "jinja2": ("glossary.exchange.pages", "headless.report", "service.desk"),
    "bs4": ("glossary.exchange.webpage", "headless.head"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(path: Path) -> Iterator[str]:
    """Dotted names imported for use; what is imported only for type checking is not a dependency."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, f"{path}: write absolute imports; a script of mitmproxy is no package"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor(module: str) -> int:
    while module not in FLOORS:
        module = module.rpartition(".")[0]
    return FLOORS[module]


MODULES = list(modules())


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name or "proxy_addon" for name, _ in MODULES])
def test_imports_point_down(module: str, path: Path) -> None:
    known = {name for name, _ in MODULES}
    ours = {name.removeprefix("proxy_addon").lstrip(".") for name in imports(path) if name.startswith("proxy_addon")}
    above = {name for name in ours if name in known and name and floor(name) > floor(module)}
    assert above == set()


def test_each_outside_library_has_one_owner() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for module, path in MODULES:
        for name in imports(path):
            top = name.split(".")[0]
            if top != "proxy_addon" and top not in sys.stdlib_module_names:
                owners[top].add(module)
    several = {library: found for library, found in owners.items() if len(found) > 1 and library not in SHARED_LIBRARIES}
    assert several == {}
    for library, allowed in SHARED_LIBRARIES.items():
        strangers = {m for m in owners[library] if not any(m == a or m.startswith(a + ".") for a in allowed)}
        assert strangers == set(), library


def test_no_module_bears_the_name_of_a_standard_one() -> None:
    """With ``mitmdump -s`` the script's folder comes first on ``sys.path``."""
    top = {path.stem for path in PACKAGE.glob("*.py")} | {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert {name for name in top if name in sys.stdlib_module_names and name != "__main__"} == set()


def test_every_module_opens_with_its_contract() -> None:
    silent = [module for module, path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []
