# Everything a new machine needs is installed here, from pyproject.toml, into .venv.
PYTHON ?= python3
BIN := .venv/bin

# Of the caller's environment, what would change how Python starts or where pip installs.
unexport $(filter PYTHON%,$(.VARIABLES)) PIP_PREFIX PIP_TARGET PIP_USER

.PHONY: demo test generate pictures bench packages plugin clean

demo: .venv/installed
	@$(BIN)/tcimages demo

test: .venv/developing
	@$(BIN)/python -m tests.contract.node_client
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2

# schema.json, the SDK and the reference pages, from pulumi_tcimages/sources.
generate: .venv/installed
	$(BIN)/python -m generate

pictures: .venv/developing
	$(BIN)/python -m tests.pictures

bench: .venv/developing build/plugin/report.txt
	$(BIN)/python -m benchmarks

# The wheel and the sdist of a release, built with tools of fixed versions.
packages:
	rm -rf build/tools dist
	$(PYTHON) -m venv build/tools
	build/tools/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--only-binary :all: --require-hashes --requirement .github/build-tools.txt
	build/tools/bin/python -m hatchling build -d dist

# The plugin's archive for this system, as Pulumi's engine downloads it, frozen with all it needs.
FREEZER := build/plugin-tools/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python

ifeq (,$(wildcard dist/pulumi-resource-tcimages-*.tar.gz))
.PHONY: build/plugin/report.txt
endif

plugin: build/plugin/report.txt
	@cat $<

build/plugin/report.txt: build/plugin-tools/ready schema.json $(wildcard plugin_archive/* pulumi_tcimages/*.py \
		pulumi_tcimages/*/*.py pulumi_tcimages/*/*/*.py)
	@mkdir -p $(@D)
	$(FREEZER) -m plugin_archive > $@.draft
	@mv $@.draft $@

build/plugin-tools/ready: plugin_archive/requirements.txt
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(FREEZER) -m pip install --quiet --disable-pip-version-check --no-deps \
		--only-binary :all: --require-hashes --requirement $<
	@touch $@

clean:
	rm -rf .venv build dist

# `pip install .` in .venv replaces the editable package; then it is installed again.
ifeq (,$(wildcard .venv/lib/python*/site-packages/_pulumi_tcimages.pth))
.PHONY: .venv/installed
endif

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/developing: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
