# Two commands do everything on a fresh machine: `make run` and `make test`. The rest is for contributors.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
OLDEST := .venv-3.11
# Newest first; an interpreter without the modules that a virtual environment needs is passed over.
PYTHON ?= $(shell .github/find-python newest)
PYTHON_OLDEST ?= $(shell .github/find-python 3.11)
FULL ?=
# Two workers: the browsers and the proxies of the tests are processes of their own.
PYTEST_FLAGS := -n 2 --dist worksteal $(if $(FULL),--full,)

.PHONY: run test test-oldest bench lint scripts browsers screenshots wheel extension clean

run: $(VENV)/.installed
	$(BIN)/glossator proxy

test: $(VENV)/.installed-test browsers $(if $(FULL),test-oldest)
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

# The oldest supported pair, Python 3.11 with mitmproxy 11.0.2, where that interpreter exists and is not the main one.
test-oldest:
	@if [ -n "$(PYTHON_OLDEST)" ] && [ "$(PYTHON_OLDEST)" != "$(PYTHON)" ]; then \
	  $(MAKE) --no-print-directory $(OLDEST)/.installed-test VENV=$(OLDEST) PYTHON=$(PYTHON_OLDEST) && \
	  $(OLDEST)/bin/python -m pytest -n 2 -m "not browser"; \
	else echo "make: no separate Python 3.11 on this machine; the oldest pair is not tested here"; fi

bench: $(VENV)/.installed-test
	$(BIN)/python -m tests.bench

lint: $(VENV)/.installed-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# What npm has for scripts: the types of the extension's and the desk's, and the linter of the add-ons site.
scripts: $(VENV)/.installed-test
	$(BIN)/python -m pytest tests/test_extension.py --full

browsers:
	@.github/install-browsers

screenshots: $(VENV)/.installed-test browsers
	$(BIN)/python -m tests.browser.pictures screenshots

wheel: $(VENV)/.installed-test
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

extension:
	@.github/build-extension dist

clean:
	rm -rf .venv .venv-3.11 dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# One pip call for everything: a later one could move a version that mitmproxy pins.
$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no usable Python >= 3.11 found: install python3 and python3-venv (Debian: apt-get install python3-venv)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no usable Python >= 3.11 found: install python3 and python3-venv (Debian: apt-get install python3-venv)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed
