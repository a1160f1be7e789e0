# Clientela. `make help` lists everything. Nothing but Python 3.11+, make and a C compiler has to be there.

PORT ?=
DEMO ?= 1
STAGE ?= prod
PROFILE ?=
HOME_DIR ?= .local
ROWS ?= 10000
PEOPLE ?= 2000

# Python 3.11 if there is one, because the functions run on it in AWS; else any newer one; unless PYTHON says otherwise.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
VENV := .venv/bin
LOCAL := $(PYTHON) -m infra.local

.DEFAULT_GOAL := help
.PHONY: help setup run stop reset logs status redrive unit format lint types test bench tour day mailing package deploy lock clean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Options: PORT=8090 DETACH=1 DEMO=0 (run) · YES=1 (reset) · QUEUE=name [STAGE= PROFILE=] (redrive) · STAGE= PROFILE= (deploy)"

run: ## the whole of Clientela on this machine; DETACH=1 leaves it in the background
	@$(LOCAL) run --home $(HOME_DIR) $(if $(PORT),--port $(PORT)) $(if $(filter-out 0,$(DETACH)),--detach) $(if $(filter 0,$(DEMO)),--empty)

stop: ## save and stop what runs here
	@$(LOCAL) stop --home $(HOME_DIR)

reset: ## delete all local data (asks; YES=1 does not)
	@$(LOCAL) reset --home $(HOME_DIR) $(if $(filter-out 0,$(YES)),--yes)

logs: ## follow the logs of the local stack
	@$(LOCAL) logs --home $(HOME_DIR)

status: ## the addresses of what runs here
	@$(LOCAL) status --home $(HOME_DIR)

setup: ## the Python environment in .venv, as the lock says
	@$(LOCAL) setup

redrive: setup ## bring a queue's failed messages back: QUEUE=campaign-send
	@$(VENV)/python -m infra.redrive $(QUEUE) $(if $(filter command%,$(origin STAGE) $(origin PROFILE)),--stage $(STAGE) $(if $(PROFILE),--profile $(PROFILE)),--home $(HOME_DIR))

unit: setup ## the quick tests
	@$(VENV)/pytest -n auto tests/unit tests/api

format: setup ## put the sources in order
	@$(VENV)/ruff format . && $(VENV)/ruff check --fix --quiet .

lint: setup ## ruff and the import contracts
	@$(VENV)/ruff format --check . && $(VENV)/ruff check . && $(VENV)/lint-imports

types: setup ## mypy, strict
	@$(VENV)/mypy

test: ## everything from a bare clone; what CI runs
	@$(LOCAL) setup --all
	@$(VENV)/python -m infra.local.check

bench: setup ## speed and capacity units
	@$(VENV)/python -m benchmarks

tour: setup ## walk one lead the whole way on the running stack
	@$(VENV)/python examples/tour.py

mailing: setup ## a campaign's day on the running stack: nested segment, kills, pause, one-click leave; PEOPLE=2000
	@$(VENV)/python examples/campaign_day.py .local/stack.json $(PEOPLE)

day: setup ## a day of sales on the running stack: import, captures, board, merge, erase; ROWS=10000
	@$(VENV)/python examples/sales_day.py .local/stack.json $(ROWS)

package: setup ## build/template.json and the zips: what both clouds get
	@$(VENV)/python -m infra.build

deploy: setup ## to AWS: STAGE=prod PROFILE=company
	@$(LOCAL) spa
	@$(VENV)/python -m infra.deploy --stage $(STAGE) $(if $(PROFILE),--profile $(PROFILE)) $(if $(REGION),--region $(REGION)) $(if $(filter-out 0,$(YES)),--yes)

lock: setup ## compile requirements*.in anew
	@$(VENV)/python -m infra.local.lock

clean: ## delete what can be made again (not the data)
	@rm -rf build web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
