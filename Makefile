# The front door: `make help`. Nothing here needs more than git, make and Python >= 3.11 (venv).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/pip --disable-pip-version-check install --quiet -c constraints.lock
# uv installs in seconds what takes pip minutes. It knows nothing of pip's settings: where pip has been
# told of another index, or uv cannot be had soon or fails, pip installs.
UV := ! $(BIN)/pip config list 2>/dev/null | grep -E '\.(index-url|no-index)=' >/dev/null \
	&& { [ -x $(BIN)/uv ] || $(PIP) --retries 1 --timeout 15 uv 2>/dev/null; } \
	&& UV_HTTP_TIMEOUT=15 UV_HTTP_RETRIES=1 $(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.lock
export UV_COMPILE_BYTECODE ?= 1
# Two at once. On a crowded machine they may not be up in time (exit 2): then one does it alone.
TYPES := { $(BIN)/mypy -n 2 || { [ $$? = 2 ] && $(BIN)/mypy; }; }
# One worker more than processors: they wait for a browser or the database two fifths of their time.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -lt 5 ] || n=5; echo $$((n + 1)))
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

.PHONY: help bundle setup setup-dev setup-browser setup-database demo start serve stop help-pictures test drill bench bench-excel bench-intake bench-join bench-map bench-matching bench-pages bench-routes bench-scale bench-survey bench-supervision lint format lock clean audit bench-load bench-restore

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: .setup/runtime .setup/vendor ## install what the product needs to run
setup-dev: setup .setup/dev .setup/dev-vendor ## install what its tests need as well

demo: setup ## an invented ULP, from files to routes and reports, served in the background
	@$(BIN)/rbmgeo demo
start: setup ## the empty product: asks for an administrator, the unit and its first files
	@$(BIN)/rbmgeo start
serve: setup ## serve in the foreground
	@$(BIN)/rbmgeo serve
stop: ## stop what demo or start left running, and the databases
	@if [ -x $(BIN)/rbmgeo ]; then $(BIN)/rbmgeo stop; RBMGEO_HOME=.rbmgeo-test $(BIN)/rbmgeo db down >/dev/null; fi

test: setup-dev ## every test, on a PostGIS of its own
	@$(BIN)/pytest -q -m "not drill" --durations=10 -n $(WORKERS) --dist loadfile --no-loadscope-reorder
drill: setup-dev ## the long fault runs, and every property on many examples drawn at random
	@RBMGEO_DRILL=1 $(BIN)/pytest -q -m "drill or hypothesis"
bench: setup-dev ## figures on 20,000 customers
	@$(BIN)/python -m bench.spine
bench-excel: setup-dev ## 100,000 rows as Excel, CSV and PDF: seconds and memory, beside other writers; PAGES=1 a whole table of the application
	@$(BIN)/python -W ignore -m bench.excel $(if $(SIZE),--rows $(SIZE)) $(if $(PAGES),--pages)
bench-intake: setup-dev ## a million rows taken in, beside a bare COPY of the same bytes
	@$(BIN)/python -m bench.intake
bench-join: setup-dev ## both lists joined and candidates named, beside the database doing it all; SIZE=1000000
	@$(BIN)/python -m bench.join $(if $(SIZE),--customers $(SIZE))
bench-map: setup-dev ## the map of a million customers, in a browser and tile by tile, beside tipg where it is installed; SIZE=50000
	@$(BIN)/python -W ignore -m bench.map $(if $(SIZE),--customers $(SIZE))
bench-load: setup-dev ## a million customers under 50 connections of wrk, beside tipg, and five minutes of memory; SIZE=50000, UNITS=20 side by side, HOME_DIR=folder kept, SOAK=60
	@$(BIN)/python -W ignore -m bench.load_large $(if $(SIZE),--customers $(SIZE)) $(if $(UNITS),--units $(UNITS)) $(if $(HOME_DIR),--home $(HOME_DIR)) $(if $(SOAK),--soak $(SOAK))
bench-matching: setup-dev ## how many of the houses visited are truly wrong; FULL=1 the grid, goes on where it stopped; LARGE=100000 time and memory
	@$(BIN)/python -W ignore -m bench.matching$(if $(LARGE),_large)
bench-pages: setup-dev ## every page of the application on a unit of 150,000 customers, slowest first; SIZE=20000, ONLY=stands,reading
	@$(BIN)/python -W ignore -m bench.pages $(if $(SIZE),--customers $(SIZE)) $(if $(ONLY),--only $(ONLY))
bench-restore: setup-dev ## backup, verify, restore into a fresh cluster of a million customers: hashes equal, minutes; SIZE=50000, HOME_DIR=folder kept
	@$(BIN)/python -W ignore -m bench.restore_large $(if $(SIZE),--customers $(SIZE)) $(if $(HOME_DIR),--home $(HOME_DIR))
bench-routes: setup-dev ## distances, order and design of routes, beside other solvers where they are installed
	@$(BIN)/python -W ignore -m bench.routes_distances && $(BIN)/python -W ignore -m bench.routes_order && $(BIN)/python -W ignore -m bench.routes_design
bench-survey: setup-dev ## corrections a survey plan brings per kilometre and visit, beside the most certain houses
	@$(BIN)/python -W ignore -m bench.survey_plan
bench-scale: setup-dev ## a million customers in twenty units by every engine, one unit growing, ninety million reckoned; UNITS=4 SIZE=5000
	@UNITS=$(or $(UNITS),20) SIZE=$(or $(SIZE),50000) $(BIN)/python -W ignore -m bench.scale
bench-supervision: setup-dev ## planted faults of reading: found at which rate, who is asked without cause, seconds
	@$(BIN)/python -W ignore -m bench.supervision
lint: setup-dev ## style, types, direction of imports, licences of what the product is made of
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(TYPES) && $(BIN)/lint-imports --no-cache && $(BIN)/python scripts/licences.py
audit: setup-dev ## weaknesses known of the pinned packages; NOT AUDITED, and a failure, where no source of advisories answers
	@$(BIN)/python scripts/audit.py
format: setup-dev ## let the formatter have its way
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bundle: setup ## one file that installs the product on a machine without a network, in dist/
	@$(BIN)/python scripts/bundle.py

help-pictures: setup-dev ## take the pictures of the help pages anew, on an invented unit of their own
	@export RBMGEO_HOME="$(CURDIR)/.rbmgeo-help"; leave() { $(BIN)/rbmgeo stop >/dev/null; rm -rf "$$RBMGEO_HOME"; }; \
	  leave; trap leave EXIT; \
	  told="$$($(BIN)/rbmgeo demo --customers 2000 --visits 60 --json)"; \
	  $(BIN)/python scripts/help_pictures.py "$$($(BIN)/python -c 'import json, sys; print(json.loads(sys.argv[1])["address"])' "$$told")"

setup-browser: ## install the distribution's Chromium for the browser tests
	@command -v chromium-headless-shell chromium chromium-browser >/dev/null 2>&1 || { \
	  run=""; [ "$$(id -u)" = 0 ] || run="sudo"; \
	  $$run apt-get -q update >&2 || true; \
	  browser=chromium-headless-shell; apt-cache show $$browser >/dev/null 2>&1 || browser=chromium; \
	  $$run env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$browser fonts-dejavu-core >&2; }

setup-database: setup-dev ## start the tests' own PostGIS, installed if need be; a test does so too
	@$(BIN)/python -c 'from pathlib import Path; from rbmgeo.db.server import ensure_cluster; \
	  ensure_cluster(Path(".rbmgeo-test"), durable=False)'

lock: setup-dev ## pin anew what is installed now
	@$(PIP) -e '.[dev,notebooks,bench,node]'
	@{ head -1 constraints.lock; $(BIN)/pip freeze --exclude-editable; } > .setup/lock && mv .setup/lock constraints.lock
clean: stop ## remove what set-up made; the database and its data stay in .rbmgeo
	@rm -rf $(VENV) .setup web/static/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis

.setup/venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@mkdir -p .setup
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@touch $@
.setup/runtime: .setup/venv pyproject.toml constraints.lock
	@echo "  Memasang kebutuhan / installing needs (pyproject.toml) ..." >&2
	@{ $(UV) -e .; } || $(PIP) -e .
	@touch $@
.setup/dev: .setup/runtime
	@echo "  Memasang kebutuhan pengembang / installing the tests' needs ..." >&2
	@{ $(UV) -e '.[dev]'; } || $(PIP) -e '.[dev]'
	@touch $@
.setup/vendor: .setup/runtime web/vendor.toml package-lock.json
	@command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 || $(PIP) -e '.[node]'
	@$(BIN)/python scripts/vendor.py
	@touch $@
.setup/dev-vendor: .setup/vendor tests/browser/vendor.toml package-lock.json
	@$(BIN)/python scripts/vendor.py --tests
	@touch $@
