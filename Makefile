# The two commands: make demo, make test. Nothing needs to be installed before; the rest is for who changes the code.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
DATA ?= var
# One more than processors: a fifth of the time tests wait for starts, kills and time-outs.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 3 ? 4 : n + 1)))
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" $(UPGRADE)

.PHONY: help demo test lint format types contracts static unit controls proof matrix verifier bench lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo      start a portal filled with an invented firm; data in ./$(DATA)"
	@echo "make test      everything that must hold: style, types, import rules, built files, all tests"
	@echo "make controls  the table of what the last test run proved; build/controls.json"
	@echo "make proof     write that table into README.md, and links to its tests into docs/security.md"
	@echo "make matrix    which answer every address gives to every role; docs/matrix.md"
	@echo "make bench     measure against nginx and openssl on this machine; build/bench.json"
	@echo "make lint types contracts static unit   the parts of make test;   make format   mend the style"
	@echo "make verifier  build dist/muniment-verify.pyz, the command that checks receipts, as one file"
	@echo "make lock      lock the dependencies again (UPGRADE=--upgrade takes newer ones)"

demo: $(VENV)/run.done
	$(BIN)/muniment up --demo --data $(DATA)

test: $(VENV)/dev.done
	@rm -f build/controls-run.json
	@$(MAKE) --no-print-directory lint types contracts static unit

# --- The parts of make test ---

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src tools

format: $(VENV)/dev.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev.done
	$(BIN)/mypy

contracts: $(VENV)/dev.done
	$(BIN)/lint-imports --no-logo

static:
	@tools/check-static

unit: $(VENV)/dev.done
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

# --- Results ---

controls: $(VENV)/dev.done
	@$(BIN)/python -m tools.controls

proof: $(VENV)/dev.done
	@$(BIN)/python -m tools.controls --write

matrix: $(VENV)/dev.done
	@$(BIN)/python -m tools.matrix | tee docs/matrix.md

verifier: | $(BIN)/python
	@mkdir -p dist
	@PYTHONPATH=src $(BIN)/python -m muniment_verify.one_file > dist/muniment-verify.pyz
	@sha256sum dist/muniment-verify.pyz

bench: $(VENV)/dev.done
	$(BIN)/python -m bench

# --- Environments ---

lock: $(VENV)/dev.done
	$(LOCK) pyproject.toml --group build --output-file requirements/run.lock
	$(LOCK) pyproject.toml --group dev --constraint requirements/run.lock --output-file requirements/dev.lock

$(BIN)/python:
	@PYTHON=$(PYTHON) tools/fresh-machine run
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements/run.lock pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes --requirement requirements/run.lock
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@$(BIN)/python -m compileall -q src $(VENV)/lib || true # the unprivileged account cannot write what it compiles
	@touch $@

$(VENV)/dev.done: requirements/dev.lock tools/fresh-machine | $(VENV)/run.done
	@PYTHON=$(PYTHON) tools/fresh-machine test
	$(PIP) install --quiet --require-hashes --requirement requirements/dev.lock
	@if ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then \
		$(BIN)/python -m playwright install $$([ "$$(id -u)" = 0 ] && echo --with-deps) chromium; fi
	@touch $@

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
