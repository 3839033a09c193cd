# Everything happens in .venv and var/; nothing is needed but Python 3.11 or newer with venv and pip.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: help setup run stop test lint types messages compile lock format bench bench-city soak clean

help:  ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

setup: .venv/.done  ## Make .venv and install what requirements.txt locks

.venv/.done: requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv/.done

compile: setup  ## Compile the translations
	@if [ -f tools/messages.py ]; then $(BIN)/python tools/messages.py compile; fi

messages: setup  ## Collect the texts of the interface into the catalogues
	@$(BIN)/python tools/messages.py

run: compile  ## Start the demo city: database, pages, worker
	@MIANZHENG_DEMO=1 $(BIN)/mianzheng run --port $(PORT)

stop:  ## Stop what `make run` started
	@if [ -x $(BIN)/mianzheng ]; then $(BIN)/mianzheng stop; else echo "Nothing to stop: .venv is not there."; fi

format: setup  ## Put the code in form
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@if [ -f tools/messages.py ]; then $(BIN)/python tools/messages.py check; fi

types: setup
	@$(BIN)/python tools/typing_check.py

test: compile lint types  ## All tests that fit in ten minutes
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

soak: setup  ## Kills and long runs
	@$(BIN)/python -m pytest -m soak

bench: setup  ## What we measure in a quarter of an hour, one table
	@$(BIN)/python bench/plan.py
	@$(BIN)/python bench/intake.py
	@$(BIN)/python bench/sources.py
	@$(BIN)/python bench/log.py
	@$(BIN)/python bench/curiosity.py
	@$(BIN)/python bench/reform.py
	@$(BIN)/python bench/seals.py
	@$(BIN)/python bench/city.py --people 200000 --organisations 34500 --records 11300000 --home var/bench-small-city \
		--name small-city
	@$(BIN)/python bench/gateway.py

bench-city: setup  ## A city of 2.2 million people and 300 million records: 40 GB, a quarter of an hour
	@$(BIN)/python bench/city.py
	@$(BIN)/python bench/gateway.py --home var/bench-city --name gateway-city

lock: setup  ## Lock requirements.in anew, without a word about where packages come from
	@$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links --output-file requirements.txt requirements.in

clean:  ## Remove what was made, but never var/
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build
