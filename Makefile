# Everything a newcomer, a developer and the continuous integration run. `make` alone lists it.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
# Files in their order: those of a folder share what its fixtures found, which takes long to make again.
TESTS := $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url pyproject.toml
SCALE ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup run test check e2e test-postgres bench bench-load bench-storm bench-cluster bench-peers lock messages format

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Prepare the environment (nothing happens when nothing changed)
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "setup: Python 3.11 or newer is needed, and '$(PYTHON)' was not found." >&2; exit 1; }
	@$(PYTHON) tools/setup.py

run: setup ## Start OpsCharter with its demo company; Ctrl-C stops it
	@exec $(BIN)/opscharter serve

test: setup ## Run the tests on SQLite
	@$(BIN)/python tools/debian.py --if-root dovecot-imapd xmlsec1 slapd ldap-extra
	@$(PYTHON) tools/setup.py
	$(TESTS) -m "not e2e and not postgres"

test-postgres: setup ## Run the tests on PostgreSQL (DATABASE_URL_TEST, a local server, or a private one; ONLY=tests/kernel)
	$(BIN)/python tools/postgres.py $(TESTS) -m "not e2e" $(ONLY)

e2e: setup ## Run the journeys in a real browser
	@$(BIN)/python tools/debian.py chromium fonts-noto-cjk
	@[ "$$(id -u)" != 0 ] || $(BIN)/python tools/debian.py prometheus-alertmanager
	$(TESTS) -m e2e

check: setup ## Format, lint, types, templates, layers, migrations, messages
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/djlint --quiet --lint src
	$(BIN)/lint-imports
	$(BIN)/opscharter makemigrations --check --dry-run
	$(BIN)/python tools/messages.py check

format: setup ## Put the Python code into its one format
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

messages: setup ## Bring the message catalogues up to date with the code
	$(BIN)/python tools/messages.py update
	$(BIN)/python tools/messages.py compile

bench: setup ## Measure speed, memory and growth (SCALE=10m, BENCH=quick, ONLY=pages,create, KEEP=1, WRITE=file)
	$(BIN)/python -m bench --scale "$(SCALE)" $(if $(filter quick,$(BENCH)),--quick) $(if $(ONLY),--only $(ONLY)) \
		$(if $(KEEP),--keep) $(if $(STAGES),--stages $(STAGES)) $(if $(WRITE),--write $(WRITE))

bench-load: setup ## Load N tickets with their history and time it (N=100000)
	$(BIN)/python -m bench.load $(or $(N),100000)

bench-storm: setup ## Let a storm of alerts pass over real processes on PostgreSQL (SCALE=1: 10,000 in a minute)
	$(BIN)/python bench/storm/storm.py --scale $(SCALE)

bench-cluster: setup ## Kill a web node and a worker of a cluster under load: what is lost? (SECONDS=15 a phase)
	$(BIN)/python -m bench.cluster --seconds $(or $(SECONDS),15)

bench-peers: setup ## Ask other ticket systems the same, side by side (TICKETS=10000)
	$(BIN)/python -m bench.peers --tickets $(or $(TICKETS),10000)

lock: setup ## Compile the dependency lock files again
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -o requirements-dev.lock
	$(COMPILE) --extra ldap -c requirements-dev.lock -o .venv/with-ldap.lock
	grep -vxFf requirements.lock .venv/with-ldap.lock > requirements-ldap.lock
