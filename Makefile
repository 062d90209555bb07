# Gatehouse: every command of the house. `make` alone lists them.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

# The address `make run` answers at. PUBLIC_URL is what browsers are told; by default they are the same place.
HOST       ?= 127.0.0.1
PORT       ?= 8000
PUBLIC_URL ?= http://localhost:$(PORT)
run stack: export HOST := $(HOST)
run stack: export PORT := $(PORT)
run stack: export PUBLIC_URL := $(PUBLIC_URL)

# Extra words for pytest: make test ARGS="-k story -x"; with ARGS="-n 0 --pdb" one process does it all.
ARGS ?=
# Processes that share the tests, each with servers of its own: one per core, four at most.
SIDE_BY_SIDE := -n logical --maxprocesses 4
CLIENTS := tests/conformance/clients

##@ Try it
.PHONY: run
run: $(VENV)/.runtime ## The whole suite in one process with demo data, no server needed (PORT, HOST, PUBLIC_URL)
	@exec $(BIN)/python -m deploy.run

.PHONY: reset
reset: ## Forget everything `make run` remembers (var/)
	rm -rf var

##@ Change it
.PHONY: test
test: provision $(VENV)/.dev $(CLIENTS)/node_modules/.ready ## Provision what is missing, then every test (ARGS="-k word")
	$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

.PHONY: check
check: $(VENV)/.dev ## Formatter, linter, types, import contracts, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m deploy.docs --check
	$(BIN)/pytest -q tests/architecture

.PHONY: format
format: $(VENV)/.dev ## Let the formatter and the linter's safe fixes do their work
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: docs
docs: $(VENV)/.dev ## Write the generated pages (settings, commands, APIs, events, errors)
	$(BIN)/python -m deploy.docs

.PHONY: lock
lock: $(VENV)/.dev ## Pin requirements/*.in again, with hashes and without addresses
	cd requirements && for name in runtime dev; do ../$(BIN)/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  $$name.in --output-file $$name.txt; done

##@ Production shape
.PHONY: stack
stack: provision $(VENV)/.dev ## PostgreSQL, Redis, RabbitMQ, gateway, gunicorn and a worker per service, as local processes
	@exec $(BIN)/python -m deploy.stack

.PHONY: up
up: ## The same with docker compose (makes its secrets first)
	deploy/make-secrets
	docker compose up --build --detach --wait

##@ Measure it
.PHONY: bench
bench: provision $(VENV)/.dev ## The benchmarks, with a table of ratios
	@$(BIN)/python -m tests.performance $(ARGS)

.PHONY: soak
soak: provision $(VENV)/.dev ## The long runs: every test marked `soak` (ARGS="-k word")
	$(BIN)/pytest -m soak --timeout 3600 $(ARGS)

##@ Behind the scenes
.PHONY: help
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z][a-z.-]*:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST); echo

.PHONY: provision
provision: ## Install the servers, the browser and Node that the tests use, when they are missing
	@deploy/provision.sh

.PHONY: clean
clean: ## Remove everything that can be made again
	rm -rf $(VENV) var $(CLIENTS)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Gatehouse needs Python 3.11 or newer, found " + sys.version)'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { echo "This Python has no venv module. On Debian: apt-get install python3-venv"; exit 1; }

# One environment, two stamps: `make run` stops after the first, so a first look needs no test tools.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the suite needs to run (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@echo "Installing what the checks and tests need (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(CLIENTS)/node_modules/.ready: $(CLIENTS)/package-lock.json
	@echo "Installing the independent OpenID clients, a second provider and axe (once)"
	@cd $(CLIENTS) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
