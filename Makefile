# The front door. `make report` needs Python 3.11 to 3.13, make and git; nothing else.

# What a Python says of itself: no other program prints True for it.
WILL_DO := import sys; print((3, 11) <= sys.version_info < (3, 14))
# The first that will do, by name: a path may have blanks. None is looked for if one is given, and
# none before it is needed.
ifneq ($(origin PYTHON),command line)
PYTHON = $(eval PYTHON := $(or $(shell for python in python3.12 python3.13 python3.11; do \
	[ "$$("$$python" -E -c '$(WILL_DO)' 2>/dev/null)" = True ] && echo "$$python" && break; \
	done),python3))$(PYTHON)
endif
NEEDS_PYTHON = [ "$$("$$CHOSEN" -E -c '$(WILL_DO)' 2>/dev/null)" = True ] || { \
	echo "PYTHON=$$CHOSEN is no Python 3.11, 3.12 or 3.13 that runs; install one, or say where" \
	"it is: make PYTHON=/path/to/python3.12 <target>" >&2; exit 2; }
BIN := .venv/bin
PORT ?= 8000
CHAPTER ?= index
# Economies whose editions are published beside the study's own, and what a proposal is about.
ECONOMIES ?= USA JPN KOR IND
ABOUT ?= refresh
# The shell reads them by name, so that none of their words becomes a part of a command.
export PORT CHAPTER ECONOMIES ABOUT TARGETS ONLY RUNS
env attempt proposal propose merge clean: export CHOSEN = $(PYTHON)

# They are of another Python, whose packages do not fit.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help report lint check test faults bench lab preview serve explain verify clean env lock
.PHONY: refresh news attempt changes keep gallery publish atlas archive pdf links
.PHONY: remember restore proposal propose merge

help: ## Show what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

env: ## Make the environment in .venv, or mend it
	@$(NEEDS_PYTHON)
	@"$$CHOSEN" tools/environment.py

# Where nothing has changed, neither has the environment.
ifeq ($(MAKECMDGOALS),report)
UNCHANGED := $(shell $(BIN)/python -I -S src/rebalancing/unchanged.py 2>/dev/null)
endif

report: $(if $(UNCHANGED),,env) ## Run the notebooks that need it, build the book, say where it is
	@$(BIN)/rebalancing report

lint: env ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

check: lint ## Check style and types and run the quick tests, before a commit
	@$(BIN)/python -m pytest -m "not slow and not faults"

# The tests of a file run in one process, because they share what takes long to make; the longest
# files are collected first (tests/conftest.py).
test: lint ## Check style and types and run all tests but the long campaign (make faults)
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

faults: env ## Run the long campaign: malformed inputs, sixty samples, simulations
	@$(BIN)/python -m pytest -n auto -m "faults or hypothesis" --hypothesis-profile=many

# It builds the report first, and takes about an hour where nothing else runs. ONLY names measures,
# with commas between them; RUNS is the number of turns.
bench: env ## Measure every target of speed into book/targets.csv (ONLY=help, RUNS=1)
	@$(BIN)/python benchmarks/bench.py $${ONLY:+--only "$$ONLY"} $${RUNS:+--runs "$$RUNS"}

# Containers run as root, which JupyterLab must be told to allow and browsers refuse.
lab: env ## Open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks --ip=127.0.0.1 \
		$$(test "$$(id -u)" -ne 0 || echo --allow-root --no-browser)

preview: env ## Show one page as it would look now: make preview CHAPTER=02, CHAPTER=index
	@$(BIN)/rebalancing preview "$$CHAPTER"

serve: env ## Show the built book at http://127.0.0.1:8000 (PORT=8001 for another)
	@$(BIN)/rebalancing serve --port "$$PORT"

explain: env ## Say why each task would run, without running it
	@$(BIN)/rebalancing explain

# PUBLISHER=imf-weo ACCEPT="a reason" come from the environment, read by the shell: their words are
# never part of a command.
refresh: env ## Fetch what publishers have released since, judge it, add it to data/raw
	@rm -f build/attempt.json build/refresh.json
	@$(BIN)/rebalancing data refresh --json build/refresh.json \
		$${PUBLISHER:+--publisher "$$PUBLISHER"} $${ACCEPT:+--accept "$$ACCEPT"}

news: ## Say whether data/raw has a release that is not committed (news=true, news=false)
	@test -e .git || { echo "This folder is no clone of the project, so nothing can be said of" \
		"what is committed; run this in a clone" >&2; exit 1; }
	@unset $$(git rev-parse --local-env-vars); \
		changed="$$(git -c safe.directory="$(CURDIR)" status --porcelain -- data/raw)" || exit 1; \
		if [ -n "$$changed" ]; then echo news=true; else echo news=false; fi

attempt: ## Run TARGETS one after another; should one fail, keep what it said for the proposal
	@$(NEEDS_PYTHON)
	@"$$CHOSEN" tools/attempt.py $$TARGETS

changes: env ## Say what changed since the edition that was kept, by rebuilding in steps
	@$(BIN)/rebalancing changes

keep: env ## Keep results and forecasts in editions/, for the next edition to be compared with
	@$(BIN)/rebalancing keep

gallery: env ## List the editions that have been built in build/index.html
	@$(BIN)/rebalancing gallery

publish: env ## Put the sites of the study and of ECONOMIES into build/public, built where need be
	@$(BIN)/rebalancing publish $$ECONOMIES

atlas: env ## Run the core chapters for every economy, and make a page of numbers for each
	@$(BIN)/rebalancing atlas

archive: env ## Pack the built book into one file, to be read from a folder without a server
	@$(BIN)/rebalancing archive

pdf: env ## Set the built book as one PDF, without the lists of data
	@$(BIN)/rebalancing pdf

links: env ## Ask whether the links that lead out of the built book lead somewhere
	@rm -f build/links.json
	@$(BIN)/rebalancing links

remember: env ## Put lock file and results aside, to be compared with those of another environment
	@$(BIN)/rebalancing proposal remember

restore: ## Put back the lock file that was put aside; the newer one goes to build/refused
	@cd build/before 2>/dev/null && \
		test -s requirements.lock -a -s requirements.json -a -s environment.yml || \
		{ echo "No lock file was put aside; run first: make remember" >&2; exit 2; }
	@mkdir -p build/refused
	@cp requirements.lock requirements.json build/refused/
	@cd build/before && cp requirements.lock requirements.json environment.yml ../..

proposal: env ## Write into build/proposal what to propose (ABOUT=refresh, environment or links)
	@$(BIN)/rebalancing proposal "$$ABOUT"
	@"$$CHOSEN" tools/github.py pack "$$ABOUT"

propose: ## Bring build/proposal to GitHub: one pull request, one issue (needs gh and a token)
	@$(NEEDS_PYTHON)
	@"$$CHOSEN" tools/github.py propose "$$ABOUT"

merge: ## Merge what was proposed if it may merge itself and its tests pass (needs gh and a token)
	@$(NEEDS_PYTHON)
	@"$$CHOSEN" tools/github.py merge "$$ABOUT"

verify: env ## Check the data files against their descriptors
	@$(BIN)/rebalancing data verify

lock: env ## Resolve dependencies, and say which are not at their newest (LOCK=--upgrade)
	@$(BIN)/python tools/lock.py $(LOCK)

clean: ## Remove everything that can be rebuilt (build/, data/processed/); data/raw stays
	@$(NEEDS_PYTHON)
	@"$$CHOSEN" tools/clean.py
