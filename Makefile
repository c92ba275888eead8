# InnoQA: `make chat` and `make test` are all that a fresh machine needs.

PYTHON ?= python3
INDEX ?= .innoqa/index
PORT ?= 8501
TABLES ?=
KILLS ?= 200
BENCH ?=
ARGS ?=
SIZES ?= 1000 10000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PROJECT := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install chat test check eval bench bench-ingest drafts kills screenshots reader calibrate clean chromium

help:  ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed  ## Make the environment in .venv; nothing is started

chat: install  ## Ingest the corpus and open the chat page on 127.0.0.1:8501
	$(BIN)/innoqa ingest corpus --index $(INDEX)
	$(BIN)/innoqa chat --index $(INDEX) --port $(PORT)

test: $(VENV)/.test chromium  ## Install what tests need, a browser included, and run them all
	$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/.test  ## Check format, lint, types, the layers and the doctests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest src

eval: install  ## Ask the fixed questions and report how good the answers are
	$(BIN)/innoqa ingest corpus --index $(INDEX)
	$(BIN)/innoqa eval --index $(INDEX)

bench: $(VENV)/.bench $(VENV)/.test chromium  ## Measure ranking, speed, the page and answers from tables (TABLES="folder ...")
	$(BIN)/innoqa ingest corpus --index $(INDEX)
	$(BIN)/python eval/bench.py --index $(INDEX)
	$(BIN)/python eval/page_bench.py --index $(INDEX)
	$(BIN)/python eval/tables_bench.py $(foreach set,$(TABLES),--set $(set))
	$(if $(BENCH),$(BIN)/python eval/follow_ups_bench.py $(BENCH))

drafts: install  ## Measure which faults of a chat model's drafts the proof catches (ARGS=-v lists misses)
	$(BIN)/python eval/drafts_bench.py $(ARGS)

kills: $(VENV)/.test  ## Kill and starve ingests and compare what the next one makes (KILLS=200)
	$(BIN)/python -m tests.disturbed_ingests $(KILLS) 50

bench-ingest: install  ## Measure ingest as an index grows (SIZES="1000 10000", passages)
	$(BIN)/python eval/ingest_bench.py run --sizes "$(SIZES)"

screenshots: $(VENV)/.test chromium  ## Take the pictures of the page that the README shows
	$(BIN)/innoqa ingest corpus --index $(INDEX)
	$(BIN)/python eval/screenshots.py --index $(INDEX)

reader: install  ## Train the reader again from public question sets (BENCH=folder)
	@test -d "$(BENCH)" || { echo "Name the folder of the sets: make reader BENCH=DIR"; exit 1; }
	$(BIN)/python eval/reader_train.py $(BENCH)

calibrate: install  ## Fit the confidence of answers again (BENCH=folder)
	@test -d "$(BENCH)" || { echo "Name the folder of the sets: make calibrate BENCH=DIR"; exit 1; }
	$(BIN)/innoqa ingest corpus --index $(INDEX)
	$(BIN)/python eval/calibrate.py $(BENCH) --index $(INDEX)

clean:  ## Remove the environment, the index and all caches
	rm -rf $(VENV) .innoqa results build src/*.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

chromium:
	@command -v chromium >/dev/null || { \
	  echo "Installing Chromium for the page's tests"; \
	  root=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$root apt-get update -qq && $$root apt-get install -y -qq chromium >/dev/null || { \
	    echo "Chromium could not be installed: install it so that 'chromium' is on the PATH."; \
	    exit 1; }; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "InnoQA needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python $(PROJECT)
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	$(PIP) --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.installed
	$(PIP) --editable '.[bench]'
	@touch $@
