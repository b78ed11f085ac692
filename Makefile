# One word for each thing that people do here. `make` alone lists them.
#
# Needs Python 3.11+ and a package registry; uv and Node are fetched when the machine has none. Set-up is done once:
# each step leaves a stamp and is repeated only when what it was made from has changed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test tour bench format words lock screenshots browser ready ready-to-test clean

PLAN ?= plans/hai-phong
PORT ?= 8000
MADE := .venv/made
CUABIEN := .venv/bin/cuabien
EXPLORER := src/cuabien/service/static/explorer/.vite/manifest.json
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
CATALOGUES := $(wildcard src/cuabien/locale/*/LC_MESSAGES/*.po)

# Node from the lock file stands in .venv/bin, so that it is found first when the machine's is missing or too old.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help:  ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: ready  ## check and model Hải Phòng, and serve it on http://localhost:8000 (PORT=..., PLAN=...)
	@$(CUABIEN) up $(PLAN) --port $(PORT)

test: ready-to-test browser  ## run every check, with the time that each takes
	@.venv/bin/python scripts/check_all.py

tour: ready  ## five minutes on the command line: tinytown, then Hải Phòng
	@.venv/bin/python scripts/tour.py

bench: ready-to-test  ## measure: a run, the checker, pages and payloads, traffic assignment, larger cities, many comments
	@.venv/bin/python benchmarks/bench.py
	@.venv/bin/python benchmarks/assignment.py
	@.venv/bin/python benchmarks/scale.py
	@.venv/bin/python benchmarks/consultation.py

format: $(MADE)/dev  ## put the code into the one form
	@.venv/bin/ruff format src tests scripts benchmarks
	@.venv/bin/ruff check --fix src tests scripts benchmarks

words: $(MADE)/dev  ## gather the sentences that users see into the catalogues, and compile them
	@.venv/bin/python scripts/words.py gather
	@.venv/bin/python scripts/words.py compile

screenshots: ready-to-test browser  ## make the pictures of the documentation
	@.venv/bin/python scripts/screenshots.py

lock:  ## renew the lock files (UPGRADE=--upgrade for newer versions)
	@scripts/lock.sh $(UPGRADE)

clean:  ## remove what was made here; runs in var/ stay
	rm -rf .venv .tools web/node_modules src/cuabien/service/static/explorer
	find src -name '*.mo' -delete

# ---- what the words above need -----------------------------------------------------------------------------

ready: $(MADE)/run $(MADE)/words $(EXPLORER)

ready-to-test: $(MADE)/run $(MADE)/dev $(MADE)/words $(EXPLORER)

browser:
	@scripts/find_browser.sh

$(MADE)/run: locks/run.txt locks/build.txt pyproject.toml
	@scripts/make_venv.sh build run
	@mkdir -p $(MADE) && touch $@

$(MADE)/dev: locks/dev.txt | $(MADE)/run
	@scripts/make_venv.sh dev
	@touch $@

$(MADE)/words: $(CATALOGUES) scripts/words.py | $(MADE)/run
	@.venv/bin/python scripts/words.py compile
	@touch $@

$(MADE)/node: locks/node.txt | $(MADE)/run
	@scripts/find_node.sh
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json | $(MADE)/node
	@echo "installing the front end's packages"
	@cd web && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(EXPLORER): $(WEB_SOURCES) web/node_modules/.package-lock.json
	@echo "building the front end"
	@cd web && npm run --silent build -- --logLevel warn
	@touch $@
