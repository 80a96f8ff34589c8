# Every command that the README names. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
INPUT ?= data/samples/reports
WORKERS ?= 2
PORT ?= 3000
# The tests of one file share what they have made: a run, a warehouse.
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist loadfile

# uv's cache goes beside the project where there is no home to keep it in.
export UV_CACHE_DIR ?= $(shell test -w "$${HOME:-/nonexistent}" && echo "$$HOME/.cache/uv" || echo "$(CURDIR)/.uv-cache")
# The machine's certificates, as pip and curl use them; uv's own where the machine has none.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

comma := ,

# Call as `missing="package ..."; why="..."; $(install_packages)`: says what it installs, or who must.
define install_packages
if [ -n "$$missing" ]; then \
  if ! command -v apt-get >/dev/null; then \
    echo "missing: $$missing ($$why); this is no Debian, install them by hand" >&2; exit 1; fi; \
  if [ "$$(id -u)" = 0 ]; then as_root="env"; \
  elif command -v sudo >/dev/null; then as_root="sudo env"; \
  else echo "missing Debian packages: $$missing ($$why); as root: apt-get install $$missing" >&2; exit 1; fi; \
  echo "Installing Debian packages: $$missing ($$why)"; \
  $$as_root apt-get update -qq; \
  $$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing; \
fi
endef

# Call as `$(call packages,why,name ...)`: those of these Debian packages that are missing are installed.
packages = missing=""; why="$(1)"; \
  for name in $(2); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
  $(install_packages)

.PHONY: help run test check test-full dev samples bench-read bench-fidelity bench-names bench-crawl bench-warehouse crawl-demo shows lock clean packages-for-reading packages-for-tests

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

run: packages-for-reading $(STAMP) ## set up, then take the samples (or INPUT=folder) all the way to a release
	@$(BIN)/ogi run --input "$(INPUT)"

test: packages-for-tests check ## set up, then run everything that `make check` runs

check: $(STAMP) ## ruff, mypy --strict, import-linter, pytest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -m "not full"

test-full: packages-for-tests $(STAMP) ## the tests of `make test` and those of full size
	$(PYTEST)

dev: $(STAMP) ## Dagster on http://127.0.0.1:3000 (PORT=3001 for another), with the nightly schedule and the inbox sensor
	@home="$$($(BIN)/python -m assets.instance)"; \
	DAGSTER_HOME="$$home" DAGSTER_DISABLE_TELEMETRY=1 $(BIN)/dagster dev -h 127.0.0.1 -p $(PORT)

bench-read: packages-for-tests $(STAMP) ## how fast each format is read, beside the peers and the floors
	$(BIN)/python -m tests.bench.read

bench-fidelity: packages-for-tests $(STAMP) ## how many cells are read right, flagged, missing or wrong, by format
	$(BIN)/python -m tests.bench.fidelity

bench-names: $(STAMP) ## how surely names of agencies are resolved, and how fast
	$(BIN)/python -m tests.bench.names

bench-crawl: $(STAMP) ## the crawl beside Scrapy itself, and the second night beside the first
	$(BIN)/python -m tests.bench.crawl

bench-warehouse: $(STAMP) ## lake to release at 10,000 and 100,000 reports, or SIZE=1e6: seconds, memory, growth
	$(BIN)/python -m tests.bench.warehouse $(SIZE)

crawl-demo: packages-for-tests $(STAMP) ## websites of our own, crawled on two nights, to a warehouse
	@$(BIN)/python -m tests.bench.crawl_demo

shows: packages-for-tests $(STAMP) ## two real reports printed as PDF, and what ogi check says of them
	$(BIN)/python -m tests.bench.shows

samples: packages-for-tests $(STAMP) ## write data/samples anew, byte for byte
	$(BIN)/python -m tests.simulate data/samples

lock: $(STAMP) ## requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --custom-compile-command 'make lock' -o requirements.lock

clean: ## take away the environment and the tools' caches; data/ stays
	rm -rf $(VENV) .uv-cache build ./*.egg-info .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache

# A run goes on without: then DOC, WPS and RTF are refused, with the reason.
packages-for-reading:
	@($(call packages,DOC$(comma) WPS and RTF are read through LibreOffice,libreoffice-writer-nogui)) \
	  || echo "Going on without: DOC, WPS and RTF will be refused" >&2

packages-for-tests:
	@$(call packages,characters of the PDF samples,fonts-droid-fallback)
	@$(call packages,old office formats are made and read,libreoffice-writer-nogui libreoffice-calc-nogui)
	@$(call packages,pages are looked at and printed,chromium)

$(BIN)/uv:
	@if ! command -v python3 >/dev/null && ! command -v python3.11 >/dev/null; then \
	  missing="python3 python3-venv"; why="Python 3.11"; $(install_packages); fi
	@python=""; \
	for candidate in python3 python3.11; do \
	  if command -v $$candidate >/dev/null \
	    && $$candidate -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then \
	    python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 is needed; python3 here is $$(python3 --version 2>&1) and there is no python3.11" >&2; \
	  exit 1; fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	  missing="python3-venv"; why="virtual environments"; $(install_packages); fi; \
	echo "Making $(VENV)"; \
	$$python -m venv --clear $(VENV)
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --require-hashes -r $(VENV)/uv.txt

$(STAMP): $(BIN)/uv requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names (the first time takes some minutes)"
	@UV_COMPILE_BYTECODE=1 $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
