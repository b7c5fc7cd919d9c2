# Everything runs in a virtual environment in .venv; only git, make and Python 3.11+ are needed.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8000
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help

.PHONY: help
help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/run: pyproject.toml rdfgen/__init__.py
	$(PYTHON) -c 'import sys; sys.exit("LitLOD needs Python 3.11 or later; name one with: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run
	$(PIP) --editable '.[dev]'
	@touch $@

.PHONY: demo
demo: $(VENV)/run  ## Build a release of seeds/, ask it a question, and serve it
	@$(BIN)/litlod build seeds --data .demo
	@printf '\nA first query, for http://127.0.0.1:%s/sparql:\n\n' '$(PORT)'
	@cat docs/first-query.rq
	@printf '\nIts answer:\n\n'
	@$(BIN)/litlod query --data .demo @docs/first-query.rq
	@printf '\n'
	@exec $(BIN)/litlod serve --data .demo --port $(PORT)

.PHONY: test
test: $(VENV)/dev  ## Install what the tests need and run them
	$(BIN)/python -m pytest

.PHONY: quick
quick: $(VENV)/dev  ## The tests that start no servers
	$(BIN)/python -m pytest -m 'not slow'

.PHONY: lint
lint: $(VENV)/dev  ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(VENV)/dev  ## Rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: check
check: lint test  ## What CI runs

.PHONY: bench
bench: $(VENV)/dev  ## Measure conversion and reading against the libraries that do it
	$(PIP) --editable '.[bench]'
	$(BIN)/python benchmarks/convert.py
	$(BIN)/python benchmarks/readers.py

.PHONY: bench-serve
bench-serve: $(VENV)/dev  ## Measure the server against others, and small queries beside the worst
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python -m tests.load

.PHONY: fuzz
fuzz: $(VENV)/dev  ## Fuzz every reader for SECONDS (60) each, guided by coverage
	$(PIP) --editable '.[fuzz]'
	for name in $$($(BIN)/python -c 'from rdfgen.readers import READERS; print(*READERS)'); do \
	  $(BIN)/python -m tests.fuzzing $$name $(or $(SECONDS),60) || exit 1; done

.PHONY: clean
clean:  ## Remove the virtual environment and the demo's data
	rm -rf $(VENV) .demo
