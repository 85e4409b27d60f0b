# Needs make and Python 3.11 or newer, nothing else: PYTHON=python3.13 make test

PYTHON  ?= python3
WORKERS ?= 2

VENV   := .venv
BIN    := $(VENV)/bin
PYTEST := $(BIN)/pytest
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Some environments forbid Python to keep what it compiled: every process would compile anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help .venv run test check full nightly fmt fmt-check lint types layers docs docs-check \
        docs-site docs-serve web fingerprints fingerprints-check laws realism coverage bench \
        bench-floors bench-peers bench-table bench-stages soak dist dist-check sbom locks clean

help:  ## list what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- The environment -----------------------------------------------------------

$(LOCKED): .ci/locks/dev.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, and $(PYTHON) is " + sys.version.split()[0] + ": say PYTHON=... make ...")'
	$(PYTHON) -m venv --clear $(VENV)
	PYTHON=$(BIN)/python .ci/locks/install .ci/locks/dev.txt
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv: $(READY)

# --- What a user wants ------------------------------------------------------------

run: $(READY)  ## generate the quickstart scenario into output/
	$(BIN)/trailwright generate quickstart --force --tour

# --- What a change must pass ------------------------------------------------------

test: $(READY)  ## every test that is not slow
	$(PYTEST) -n $(WORKERS)

check: fmt-check lint types layers docs-check docs-site fingerprints-check  ## all but the tests, cheapest first

full: check  ## what a release must pass: check, every test, the slow ones too, and bench
	CI=true HYPOTHESIS_PROFILE=dev TRAILWRIGHT_BROWSER=required $(PYTEST) -n $(WORKERS) -m "slow or not slow"
	$(BIN)/python -m benchmarks

nightly: $(READY)  ## the laws, with thousands of examples each
	HYPOTHESIS_PROFILE=nightly $(PYTEST) -n $(WORKERS) -m laws

# --- One at a time ----------------------------------------------------------------

fmt: $(READY)  ## format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

fmt-check: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)  ## ruff, and hadolint for the Containerfile
	$(BIN)/ruff check .
	$(BIN)/hadolint Containerfile

types: $(READY)  ## mypy
	$(BIN)/mypy

layers: $(READY)  ## import-linter
	$(BIN)/lint-imports --no-logo --no-cache

# The generator of the reference pages; empty until there is one.
REFERENCE := $(if $(wildcard simulator/cli/reference.py),$(BIN)/python -m simulator.cli.reference)

docs: $(READY)  ## rewrite the generated pages
	$(if $(REFERENCE),$(REFERENCE),@echo 'docs: nothing generates pages yet')

docs-check: $(READY)
	$(if $(REFERENCE),$(REFERENCE) --check,@echo 'docs: nothing generates pages yet')

# Strict: a link or anchor that leads nowhere, a page that is not in the navigation, or anything
# that would be fetched from elsewhere ends it (with --quiet it would not). What the variable
# silences is an announcement.
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs

docs-site: $(READY)  ## build the documentation site into site/, to be read without a network
	$(MKDOCS) build --strict

docs-serve: $(READY)  ## show the documentation site at http://127.0.0.1:8000 while it is written
	$(MKDOCS) serve

# The page that `trailwright serve` serves. What is built is committed: nobody needs node to use it.
WEB := simulator/playground/web

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund

web: $(WEB)/node_modules/.package-lock.json  ## build the page of the playground; needs node 18 or newer
	cd $(WEB) && node build.mjs

fingerprints: $(READY)  ## rewrite the fingerprints; the commit says why they moved
	$(PYTEST) tests/fingerprints --rewrite-fingerprints

fingerprints-check: $(READY)
	$(PYTEST) tests/fingerprints -q

laws: $(READY)  ## the properties that cross modules
	$(PYTEST) -n $(WORKERS) -m "laws and not slow"

realism: $(READY)  ## the statistical checks
	$(PYTEST) -n $(WORKERS) -m realism

coverage: $(READY)  ## which lines and branches no test reaches
	$(PYTEST) -n $(WORKERS) --cov --cov-report= --cov-fail-under=0
	$(BIN)/coverage report --fail-under=100 \
	  --include='simulator/primitives/*,simulator/records/*,simulator/flows/*,simulator/engines/*'
	$(BIN)/coverage report

bench: $(READY)  ## measure everything against others, in half an hour
	$(BIN)/python -m benchmarks

bench-floors: $(READY)  ## measure what must not get slower, and fail if it did
	$(BIN)/python -m benchmarks --profile quick --enforce

bench-peers: $(READY)  ## install other people's generators, for bench to measure
	$(BIN)/python -m benchmarks.peers

bench-table: $(READY)  ## keep the last bench and write its tables into the documents
	$(BIN)/python -m benchmarks.table --keep

bench-stages: $(READY)  ## time our own stages, for whoever works on them
	$(BIN)/python -m benchmarks.stages

# How long, how fast and to which receiver; benchmarks/README.md says what it takes.
FOR  ?= 10m
RATE ?= 1000/s
TO   ?= hec

soak: $(READY)  ## stream to a receiver that fails, FOR=1h: nothing is lost in silence, nothing grows
	$(BIN)/python -m benchmarks.soak --for $(FOR) --rate $(RATE) --to $(TO)

# --- A release ----------------------------------------------------------------------

dist: $(READY)  ## build sdist, wheel, bills of materials and their sums into dist/
	$(BIN)/python -m release.dist

dist-check: $(READY)  ## build sdist and wheel twice, elsewhere, and compare every byte
	$(BIN)/python -m release.dist --check

sbom: $(READY)  ## write the bills of materials alone into dist/
	$(BIN)/python -m release.sbom

locks:  ## resolve every dependency anew
	PYTHON=$(PYTHON) .ci/locks/refresh

clean:  ## remove what make made; output/ stays
	rm -rf $(VENV) build dist htmlcov site .coverage .coverage.* .benchmarks .hypothesis \
	  .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find simulator tests benchmarks release -type d -name __pycache__ -prune -exec rm -rf {} +
