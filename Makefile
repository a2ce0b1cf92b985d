# Everything a new machine needs is installed here, from pyproject.toml, into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check schema bench clean

demo: .venv/installed
	@$(BIN)/tcimages demo

test: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2

schema: .venv/installed
	$(BIN)/python -m pulumi_tcimages.plugin.schema > schema.json

bench: .venv/developing
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv build dist

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/developing: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
