# make run | test | check: see README.md. Every target sets up what it needs and does it once.
VENV ?= .venv
PY := $(VENV)/bin/python
MAKEFLAGS += --no-print-directory

.PHONY: setup check lint types imports unit test
setup: $(VENV)/.parley-ready

# The stamp is newer than the pinned requirements: a second run installs nothing.
$(VENV)/.parley-ready: requirements.txt requirements-dev.txt
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

check: lint types imports unit

lint: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: setup
	@$(VENV)/bin/mypy

imports: setup
	@$(VENV)/bin/lint-imports --no-logo

unit: setup
	@$(PY) -m pytest tests/unit

test: check
	@$(PY) -m pytest tests/integration
