# The front door. `make report` needs Python 3.11 to 3.13, make and git; nothing else.

PYTHON := $(firstword $(foreach python,python3.12 python3.13 python3.11 python3,\
	$(shell $(python) -c 'import sys; print(sys.executable if (3, 11) <= sys.version_info < (3, 14) else "")' 2>/dev/null)) python3)
BIN := .venv/bin
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help report test lab serve explain refresh changes keep gallery verify lock clean env

help: ## Show what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

env:
	@"$(PYTHON)" tools/environment.py

report: env ## Run the notebooks that need it, build the book, say where it is
	@$(BIN)/rebalancing report

test: env ## Run the whole test suite
	@$(BIN)/python -m pytest -n auto

lab: env ## Open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks

serve: env ## Show the built book at http://127.0.0.1:8000 (PORT=8001 for another)
	@$(BIN)/rebalancing serve --port $(PORT)

explain: env ## Say why each task would run, without running it
	@$(BIN)/rebalancing explain

refresh: env ## Fetch what publishers have released since, judge it, add it to data/raw
	@$(BIN)/rebalancing data refresh

changes: env ## Say what changed since the edition that was kept, by rebuilding in steps
	@$(BIN)/rebalancing changes

keep: env ## Keep results and forecasts in editions/, for the next edition to be compared with
	@$(BIN)/rebalancing keep

gallery: env ## List the editions that have been built in build/index.html
	@$(BIN)/rebalancing gallery

verify: env ## Check the data files against their descriptors
	@$(BIN)/rebalancing data verify

lock: env ## Resolve every dependency anew into requirements.lock and environment.yml
	@$(BIN)/python tools/lock.py

clean: ## Remove everything that can be rebuilt (build/, data/processed/); data/raw stays
	@rm -rf build data/processed/*.parquet .pytest_cache .mypy_cache .ruff_cache
	@find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
