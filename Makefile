# Everything starts here. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run seed docs demo test lint fix bench lock clean

help: ## List what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Aula needs Python 3.11 or newer; set PYTHON=... to one. $(PYTHON) is older."; exit 1; }
	@echo "Setting up $(VENV) (once; about 500 MB with the servers) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

run: $(READY) ## Start everything; Ctrl-C stops it
	@exec $(BIN)/python -m deploy.stack

seed: $(READY) ## Load a sample school into what `make run` runs
	@$(BIN)/python -m deploy.school

docs: $(READY) ## Write the reference of the API anew: gateway/reference
	@$(BIN)/python -m deploy.reference

demo: $(READY) ## Walk through the whole product on what `make run` runs
	@$(BIN)/python -m deploy.demo

# Three at a time, each with servers of its own: tests wait more than they work.
test: $(READY) ## Run all tests against a real mongod and nats-server
	@$(BIN)/python -m pytest -n 3 --dist loadfile

lint: $(READY) ## Check format, style, types and the dependency rules
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: run make fix."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

fix: $(READY) ## Format, and mend what can be mended by itself
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

bench: $(READY) ## Measure: the gateway beside Envoy, a code's way into a mailbox, lists of people, placement tests
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	@$(BIN)/python -m tests.benchmarks.gateway
	@$(BIN)/python -m tests.benchmarks.mail
	@$(BIN)/python -m tests.benchmarks.people
	@$(BIN)/python -m tests.benchmarks.placement

lock: $(READY) ## Resolve the dependencies in pyproject.toml anew
	@deploy/lock.sh $(BIN)

clean: ## Remove the environment and the development data
	rm -rf $(VENV) .data
