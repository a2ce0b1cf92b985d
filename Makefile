# Everything a new machine needs is installed here, from pyproject.toml, into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test schema pictures bench clean

demo: .venv/installed
	@$(BIN)/tcimages demo

test: .venv/developing tests/contract/node_modules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2

schema: .venv/installed
	$(BIN)/python -m pulumi_tcimages.plugin.schema > schema.json

pictures: .venv/developing
	$(BIN)/python -m tests.pictures

bench: .venv/developing
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist

# The vendor's Node client, a judge of the emulator; without npm its tests say that they were skipped.
tests/contract/node_modules: tests/contract/package.json
	@if command -v npm >/dev/null; then npm install --prefix tests/contract --silent \
		--no-package-lock --no-audit --no-fund --ignore-scripts && touch $@; fi

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/developing: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
