"""Migrations: none is forgotten, an empty PostgreSQL can be migrated, and Oscar's and Wagtail's stay their own."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent

# Prints "label name" of every migration on disk; SWAP gives Oscar's own apps instead of ours.
LIST = """
import sys, django
from django.conf import settings
from storefront import settings as ours
OWN = ("storefront.apps", "marketplace.")
SWAP = {"catalogue.apps.CatalogueConfig": "oscar.apps.catalogue.apps.CatalogueConfig",
        "storefront.forks.partner.apps.PartnerConfig": "oscar.apps.partner.apps.PartnerConfig",
        "storefront.forks.dashboard.apps.DashboardConfig": "oscar.apps.dashboard.apps.DashboardConfig"}
values = {name: getattr(ours, name) for name in dir(ours) if name.isupper()}
if sys.argv[1] == "stock":
    values["INSTALLED_APPS"] = [SWAP.get(app, app) for app in ours.INSTALLED_APPS if not app.startswith(OWN)]
    values["MIGRATION_MODULES"] = {}
settings.configure(**values)
django.setup()
from django.db.migrations.loader import MigrationLoader
for label, name in sorted(MigrationLoader(None).disk_migrations):
    print(label, name)
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Python with the reference site's own settings, as an operator runs it."""
    values = {**os.environ, "DJANGO_SETTINGS_MODULE": "storefront.settings"} | environment
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=values, capture_output=True, text=True)


def listed(which: str) -> set[str]:
    answer = run("-c", LIST, which)
    assert answer.returncode == 0, answer.stderr
    return set(answer.stdout.splitlines())


def test_no_migration_is_forgotten():
    answer = run("manage.py", "makemigrations", "--check", "--dry-run")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.drill_only  # two processes that load all migrations
def test_a_database_of_stock_oscar_and_wagtail_is_asked_for_ours_only():
    stock, ours = listed("stock"), listed("ours")
    assert stock <= ours, "migrations of Oscar or Wagtail that our site does not know"
    added = {line.split()[0] for line in ours - stock}
    assert {label for label in added if not label.startswith("marketplace_")} == {"catalogue", "storefront"}


@pytest.mark.drill_only  # a minute of Oscar's and Wagtail's migrations
@pytest.mark.timeout(400)
def test_an_empty_postgresql_can_be_migrated(postgres_url):
    base = postgres_url.rpartition("/")[0]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
        server.execute("CREATE DATABASE migrated")
        try:
            answer = run("manage.py", "migrate", "--verbosity", "0", DATABASE_URL=f"{base}/migrated")
            assert answer.returncode == 0, answer.stderr
            again = run("manage.py", "migrate", "--check", DATABASE_URL=f"{base}/migrated")
            assert again.returncode == 0, again.stdout
        finally:
            server.execute("DROP DATABASE migrated WITH (FORCE)")
