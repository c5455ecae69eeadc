# Everything happens in .venv; nothing but Python >= 3.11 and make is needed.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PORT ?= 8501

.PHONY: app test setup check demo

app: demo ## build the demo corpus when it is not there, and start the app
	$(BIN)/corpuscope serve data/demo --port $(PORT)

demo: setup
	@test -f data/demo/corpus.json || $(BIN)/corpuscope build data/demo --source demo --part-size 7000 --embedder static

test: .venv/.test ## install what the tests need and run them
	$(BIN)/python -m pytest

check: .venv/.test ## lint, format and types
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: .venv/.setup ## install alone

.venv/.setup: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python %d.%d is too old: 3.11 or newer is needed; name one with make PYTHON=..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(PIP) --editable .
	@touch $@

.venv/.test: .venv/.setup
	$(PIP) --editable '.[test]'
	@touch $@
