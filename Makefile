# Two commands do all the set-up: `make replay` runs the main job, `make test` runs every check.
# A fresh machine needs Python >= 3.11, make and the package index.

PYTHON ?= python3
VENV   ?= .venv
PYTEST_ARGS ?= --numprocesses logical --maxprocesses 4 --dist worksteal --max-worker-restart 0
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: replay test check unit lint types imports bench mutants lock clean

replay: $(VENV)/.run
	$(BIN)/slotproof replay all

test: $(VENV)/.test lint types imports unit

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test
	$(BIN)/mypy

imports: $(VENV)/.test
	$(BIN)/lint-imports

unit: $(VENV)/.test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench

mutants: $(VENV)/.test
	$(BIN)/python -m scenarios.mutants

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "slotproof needs Python >= 3.11, this is " + sys.version.split()[0] + ": run make with PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --editable .
	touch $@

$(VENV)/.test: requirements-test.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-test.txt
	touch $@

# The locks are made with uv from pyproject.toml; both pip and uv install from them.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet
lock:
	$(LOCK) --extra test --extra postgres --extra mariadb --extra cluster --output-file requirements-test.txt
	$(LOCK) --constraint requirements-test.txt --output-file requirements.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
