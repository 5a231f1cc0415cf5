# `make demo` and `make test` need Python 3.11 or newer and make, and set up all the rest in .venv.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test lint check bench ci learn requirements clean

demo: $(READY)  ## the main job, with no account and no token
	$(BIN)/toughcustomer find "he wants to talk to my boss right now"
	@echo
	$(BIN)/toughcustomer find "we sent them the wrong pallets, they are waiting on the phone"
	@echo
	$(BIN)/toughcustomer find "what's for lunch"

test: $(READY)
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: $(READY)  ## settings and playbooks
	$(BIN)/toughcustomer check

bench: $(READY)  ## the bot against an empty Bolt listener, and the search: a few minutes
	$(BIN)/python -m tests.bench.search
	$(BIN)/python -m tests.bench.commands

ci: lint check test

learn: $(READY)  ## after a change of the shipped playbooks: renew what the search has learnt of them
	$(BIN)/python -m bot.tactics.learnt

requirements: $(READY)  ## after a change of pyproject.toml: pin and hash anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra semantic --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet -o requirements-dev.txt

clean:
	rm -rf .venv .coverage* .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "toughcustomer needs Python 3.11 or newer; try make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
