"""Production starts with settings that an operator chose, or says in a sentence what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks.registry import registry

from storefront.checks import currency_is_known

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "SITE_MODE": "production",
    "SECRET_KEY": "k3Jq9vX2mN7pR4tZ8wB1cF6hL0sD5gY_aE-uIoQrTyPlMnKjHb",
    "SITE_URL": "https://shop.example",
    "DATABASE_URL": "postgres://shop:secret@db.example/shop",
    "STRIPE_SECRET_KEY": "sk_live_0123456789",
    "STRIPE_WEBHOOK_SECRETS": "whsec_0123456789",
    "MARKETPLACE_PII_KEYS": "2SyTkDPQwOOEEq3mEYwSAiDb9dO6B0kNn8LdJtK0eN4=",
}


def start(tmp_path: Path, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess:
    """What ``manage.py`` (or, without arguments, gunicorn's import) says with these variables and no others."""
    (tmp_path / "static").mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    wanted = GOOD | {"VAR_DIR": str(tmp_path)} | changes
    environment = kept | {name: value for name, value in wanted.items() if value is not None}
    command = ["manage.py", *arguments] if arguments else ["-c", "import storefront.wsgi"]
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_good_settings_pass_djangos_own_check(tmp_path):
    done = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_good_settings_start(tmp_path):
    done = start(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set. Make one with: "),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Make one with: "),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 50 characters. Make one with: "),
        ({"SITE_URL": None}, "SITE_URL is not set. For example https://shop.example"),
        ({"SITE_URL": "http://shop.example"}, "SITE_URL must start with https:// in production."),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set. For example postgres://user:password@host/name"),
        (
            {"STRIPE_SECRET_KEY": None},
            "STRIPE_SECRET_KEY is not set. The secret key of your Stripe account (sk_live_…).",
        ),
        (
            {"STRIPE_WEBHOOK_SECRETS": None},
            "STRIPE_WEBHOOK_SECRETS is empty. Set it to the signing secret of your webhook (whsec_…).",
        ),
        ({"MARKETPLACE_PII_KEYS": None}, "MARKETPLACE_PII_KEYS is not set. Make one with: "),
        ({"MARKETPLACE_PII_KEYS": "short"}, "MARKETPLACE_PII_KEYS: key number 1 is no key. Make one with: "),
        ({"STRIPE_WEBHOOK_SECRETS": " , "}, "STRIPE_WEBHOOK_SECRETS is empty."),
        ({"DEBUG": "1"}, "DEBUG is on in production. Unset DEBUG or set it to 0."),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'. Set it to 1 or 0."),
        ({"SITE_MODE": "prod"}, "SITE_MODE is 'prod'. Set it to one of: development, production."),
        ({"PORT": "eighty"}, "PORT is 'eighty'. Set it to a whole number."),
        ({"SECURE_HSTS_SECONDS": "-1"}, "SECURE_HSTS_SECONDS is '-1'. Set it to a whole number."),
        (
            {"MARKETPLACE_TEST_SKIP_STOCK_LOCK": "1"},
            "MARKETPLACE_TEST_SKIP_STOCK_LOCK is for tests only: with it a piece is sold twice.",
        ),
        ({"MARKETPLACE_TEST_PAUSE_AFTER_CHECK": "1"}, "MARKETPLACE_TEST_PAUSE_AFTER_CHECK is for tests only"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_is_missing_or_unsafe_stops_the_start_with_a_sentence(tmp_path, changes, sentence):
    done = start(tmp_path, **changes)
    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_a_settings_file_with_a_test_switch_does_not_start_either(tmp_path):
    (tmp_path / "careless.py").write_text(
        "from storefront.settings import *\nMARKETPLACE_TEST_SKIP_STOCK_LOCK = True\n"
    )
    done = start(tmp_path, DJANGO_SETTINGS_MODULE="careless", PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert "MARKETPLACE_TEST_SKIP_STOCK_LOCK is for tests only" in done.stderr


def test_a_currency_that_cannot_be_paid_is_found_by_the_check(settings):
    assert currency_is_known in registry.get_checks()
    assert currency_is_known(None) == []
    settings.MARKETPLACE_CURRENCY = "XXX"
    assert [problem.id for problem in currency_is_known(None)] == ["storefront.E002"]
