# A fresh machine needs Python 3.13 or 3.12, make and a package index; the first target below makes everything else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-build-isolation -c constraints.txt
ARGS ?=

.PHONY: help run explore browser docs test check reliability evidence faults stamp picture format format-check lint types bench install dev clean

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: $(VENV)/runtime.stamp  ## the baseline, 200 runs: results/run/baseline_2021 (more with ARGS="scenario=article_plan runs=500")
	@$(BIN)/techduel run $(ARGS)

test: $(VENV)/dev.stamp  ## the whole default test suite
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: format-check lint types test  ## what CI runs: format, lint, types, tests

reliability: $(VENV)/dev.stamp  ## sweeps that are killed, starved and damaged: nothing lost, the same bytes (minutes)
	@$(BIN)/python -m pytest -n 2 -m reliability tests/reliability $(ARGS)

faults: $(VENV)/dev.stamp  ## plant known faults one by one in a copy: does a test find each? (half an hour; ARGS="market stocks" for some)
	@$(BIN)/python -u -m tests.faults.plant $(ARGS)

format: $(VENV)/dev.stamp  ## rewrite the sources in the house format
	@$(BIN)/ruff format sim experiments tests && $(BIN)/ruff check --fix sim experiments tests

format-check: $(VENV)/dev.stamp  ## is the format right?
	@$(BIN)/ruff format --check sim experiments tests

lint: $(VENV)/dev.stamp  ## ruff, with the limits on length and complexity
	@$(BIN)/ruff check sim experiments tests

types: $(VENV)/dev.stamp  ## mypy --strict
	@$(BIN)/python -m mypy

evidence: $(VENV)/dev.stamp  ## every published finding beside the model, tables of docs/ rewritten (a quarter of an hour; ARGS="draws=256" for more sets)
	@$(BIN)/techduel evidence write=docs $(ARGS)
	@$(BIN)/techduel evidence 'studies=[deciding]' draws=256 write=docs results=results/ten_numbers

stamp: $(VENV)/dev.stamp  ## mark the shipped posteriors as fitted under these equations, once the witness finds every number as it was
	@$(BIN)/python -m pytest -q tests/witness && $(BIN)/python -m techduel.scenario.posterior

picture: $(VENV)/runtime.stamp  ## README.md's first picture, tables and figures of docs/scenarios.md anew from the whole overview (minutes)
	@$(BIN)/techduel overview
	@cp results/overview/library/{overview.csv,sectors.csv,figures/overview.png} results/reference/
	@$(BIN)/python -m tests.library results/overview/library

bench: $(VENV)/dev.stamp  ## speed and memory, one JSON object a line
	@$(BIN)/techduel bench $(ARGS)

explore: $(VENV)/explore.stamp  ## two scenarios and their levers in a browser on this machine (ARGS="port=5007")
	@$(BIN)/techduel explore $(ARGS)

browser: $(VENV)/browser.stamp  ## tests of pages in a real headless Chromium, which is installed where the system can
	@$(BIN)/python -m pytest -m browser tests $(ARGS)

docs: $(VENV)/docs.stamp  ## the pages of docs/ as a site in build/docs, offline, warnings are errors
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs && echo "Written: build/docs/index.html"

install: $(VENV)/runtime.stamp  ## only the environment in .venv

dev: $(VENV)/dev.stamp  ## the environment with the developers' tools

clean:  ## remove the environment and caches, keep results
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache

# A name on PATH may be a version manager's shim that fails, so each candidate has to run; PYTHON=... chooses one by hand.
define FIND_PYTHON
works() { "$$1" -c "import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] not in '$$2'.split())" >/dev/null 2>&1; }; \
if [ -n "$(PYTHON)" ] && works "$(PYTHON)" "3.13 3.12"; then echo "$(PYTHON)"; exit 0; fi; \
for version in 3.13 3.12; do \
  for candidate in $$(type -ap python$$version python3 || true) {/usr,/usr/local,/opt/homebrew,/opt/local}/bin/python$$version \
      "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version*/bin/python "$$HOME"/.local/share/uv/python/cpython-$$version*/bin/python; do \
    if works "$$candidate" $$version; then echo "$$candidate"; exit 0; fi; \
  done; \
done; \
echo "Techduel needs Python 3.13 or 3.12 with its venv module (Debian: python3-venv); none was found. Choose one: make run PYTHON=/path/to/python3.13" >&2; \
exit 1
endef

$(BIN)/pip:
	@python=$$($(FIND_PYTHON)); echo "Creating $(VENV) with $$python"; "$$python" -m venv --clear $(VENV)

$(VENV)/runtime.stamp: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing pinned versions (once; about a minute)"
	@$(INSTALL) setuptools
	@$(INSTALL) -e .
	@echo "Compiling the model (once; about half a minute)"
	@$(BIN)/python -c "import techduel; techduel.simulate(techduel.load_scenario('baseline_2021', 'horizon=2021'), runs=1)"
	@touch $@

$(VENV)/dev.stamp: $(VENV)/runtime.stamp
	@$(INSTALL) -e ".[dev]"
	@touch $@

$(VENV)/explore.stamp: $(VENV)/runtime.stamp
	@$(INSTALL) -e ".[explore]"
	@touch $@

$(VENV)/docs.stamp: $(VENV)/runtime.stamp
	@$(INSTALL) -e ".[docs]"
	@touch $@

$(VENV)/browser.stamp: $(VENV)/dev.stamp
	@$(INSTALL) -e ".[browser]"
	@type -p chromium chromium-browser google-chrome >/dev/null || { apt-get -qq update && apt-get -qq install -y chromium; } \
	  || echo "No Chromium was found, and none could be installed: browser tests are skipped" >&2
	@touch $@
