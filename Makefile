# Thin on purpose: each recipe says what happens, tools/ does it.
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 3
BIN = .venv/bin
PREPARE = @$(PYTHON) -m tools.prepare
export PORT

.DEFAULT_GOAL = help
.PHONY: help run reset setup test drill bench lint messages serve wheel

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1 /p' Makefile | while read name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

run: ## prepare everything and serve the marketplace with demo content (PORT=8000)
	@exec $(PYTHON) -m tools.demo

reset: ## forget the demo's data
	@exec $(PYTHON) -m tools.demo reset

setup: ## install what the site and the tests need into .venv
	$(PREPARE) tests

test: ## install what the tests need and run them all (ARGS="-k basket tests/storefront")
	$(PREPARE) tests
	@exec $(BIN)/python -m pytest $(ARGS)

drill: ## practise failures: lost webhooks, crashes, races
	$(PREPARE) tests
	@exec $(BIN)/python -m pytest -m drill $(ARGS)

bench: ## measure speed: pages and checkout beside two bare Django views (docs/performance.md)
	$(PREPARE) tests
	@exec $(BIN)/python -m bench $(ARGS)

lint: ## style, forgotten migrations, system checks, words without translation, hard words
	$(PREPARE) tests
	$(BIN)/ruff check .
	$(BIN)/python manage.py makemigrations --check --dry-run && $(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python -m tools.messages check
	$(BIN)/python -m tools.plain

messages: ## collect the words to translate into locale/, and compile them
	$(PREPARE) tests
	@exec $(BIN)/python -m tools.messages

serve: ## production mode behind a TLS proxy; settings from the environment (docs/deployment.md)
	$(PREPARE)
	SITE_MODE=production $(BIN)/python manage.py collectstatic --noinput --verbosity 0
	SITE_MODE=production exec $(BIN)/gunicorn storefront.wsgi --limit-request-line 0 --bind 127.0.0.1:$(PORT) --workers $(WORKERS) --threads 4 --preload --no-control-socket

wheel: ## build the wheel of the three packages into dist/
	$(PREPARE)
	$(BIN)/python -m pip wheel . --quiet --no-deps --wheel-dir dist
