# make run | stop | reset | demo | test | check: see README.md. Every target sets up what it needs and does it once.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
MAKEFLAGS += --no-print-directory
export PARLEY_PORT_BASE PARLEY_LOCAL_DIR

.PHONY: pictures portal-report bench faults setup run stop reset demo demo-booking test check lint types imports unit template portal portal-api integration e2e browser process-then-browser stack-then-faults deploy
setup: $(VENV)/.parley-ready

# The stamp is newer than the pinned requirements: a second run installs nothing.
$(VENV)/.parley-ready: requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "parley: Python 3.11 or later is needed; name it with make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) infra/environment.py $(VENV)

run: setup
	@$(PY) -m infra.local run $(if $(DETACH),--detach)

stop reset: setup
	@$(PY) -m infra.local $@

demo demo-booking: setup
	@$(PY) -m infra.local $@

check: lint types imports unit template

lint: setup
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: setup
	@$(VENV)/bin/mypy

imports: setup
	@$(VENV)/bin/lint-imports --no-logo

unit: setup
	@$(PY) -m pytest tests/unit

# cfn-lint over the merged template of every stage; skipped while nothing it depends on has changed.
template: setup
	@$(PY) -m infra.lint

integration: setup
	@$(PY) -m pytest tests/integration

# Crashes at every call to the outside, and storms of faults, in process and repeatable.
faults: setup
	@$(PY) -m pytest tests/faults

e2e: setup
	@$(PY) -m pytest tests/e2e

# The portal's own checks: its description of the API is this tree's API, types, lint, unit tests.
portal: setup
	@$(PY) -m infra.openapi --check
	@$(PY) -m infra.portal check

# After a change of a route: what the portal's types are made from.
portal-api: setup
	@$(PY) -m infra.openapi

# The built portal in Chromium, on a local stack of its own.
browser: setup
	@$(PY) -m pytest tests/browser

# Draws the pictures of the portal's pages afresh where they differ from those kept: look at them, and commit them by themselves.
pictures: setup
	@PARLEY_PICTURES=draw $(PY) -m pytest tests/browser/test_pictures.py

# What the portal costs a browser, and what axe finds on its pages, on the stack that runs.
portal-report: setup
	@$(PY) -m tests.bench.portal_report

# Figures that count: ratios with both sides in one run, and counts. BENCH="webhook pacing" runs some.
bench: setup
	@$(PY) -m tests.bench $(BENCH)

each = red=0; for part in $(1); do $(MAKE) $$part || red=1; done; exit $$red

# In two lanes beside each other, which take about the same time. A red test in one does not hide those in the other.
test: check portal
	@$(MAKE) -k -j2 process-then-browser stack-then-faults

process-then-browser: setup
	+@$(call each,integration browser)

stack-then-faults: setup
	+@$(call each,e2e faults)

# make deploy STAGE=dev: to your AWS account. docs/operations.md says what comes before and after.
deploy: setup
	@test -n "$(STAGE)" || { echo "parley: say where: make deploy STAGE=dev"; exit 1; }
	@$(PY) -m infra.deploy --stage $(STAGE)
