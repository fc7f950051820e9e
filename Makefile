# `make demo` and `make test` are all a fresh clone needs; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
JOBS ?= 2
BIN := $(VENV)/bin

# Each stamp says which part of the environment is in place, and goes stale with pyproject.toml.
MADE := $(VENV)/.made
FOR_DEMO := $(VENV)/.for-demo
FOR_WORK := $(VENV)/.for-work
INSTALL := $(BIN)/python scripts/install.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check format docs bench bench-generation bench-training bench-evaluation clean

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 26

demo: $(FOR_DEMO) ## run the whole story on the sample handbook and say where the report is
	$(BIN)/lorewright demo

test: $(FOR_WORK) ## run every test; JOBS=4 uses four processes instead of two
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadgroup --no-loadscope-reorder

check: $(FOR_WORK) ## format, lint, types, import contracts, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html

format: $(FOR_WORK) ## rewrite the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(FOR_WORK) ## build the documentation and say where it is
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "the documentation is in docs/_build/html/index.html"

bench: $(FOR_WORK) ## measure, and write docs/benchmarks.md; ONLY=start runs one section
	$(BIN)/python bench/run.py $(ONLY)

bench-generation: $(FOR_WORK) ## measure the asking of language models, beside other tools
	$(BIN)/python bench/run.py generation_peers generation_scale generation_kills generation_workers

bench-training: $(FOR_WORK) ## measure the training of an adapter, beside another trainer
	$(BIN)/python bench/run.py training

bench-evaluation: $(FOR_WORK) ## what the statistics of a proof promise, beside other tools; QUICK=500 for a first look
	$(BIN)/python bench/run.py evaluation metrics significance_peers proof_scale

clean: ## remove the environment and everything that was built
	rm -rf $(VENV) build dist demo docs/_build bench/work bench/.venvs
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: Lorewright needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "hint: name another one, as in \`make PYTHON=python3.12 demo\`" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "error: $(PYTHON) cannot make a virtual environment" >&2; \
	  echo "hint: on Debian and Ubuntu, \`apt-get install python3-venv\`" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(FOR_DEMO): pyproject.toml scripts/install.py | $(MADE)
	$(INSTALL) --extras formats,train,prove
	@touch $@

$(FOR_WORK): pyproject.toml scripts/install.py | $(MADE)
	$(INSTALL) --extras all --groups test,check,docs
	@touch $@ $(FOR_DEMO)
