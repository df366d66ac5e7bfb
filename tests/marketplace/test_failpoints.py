"""Ten points at which a drill may kill the shop (tests/chaos/test_kills.py does it); without the switch they do nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from marketplace.payments.apps import TEST_SWITCHES
from marketplace.payments.failpoints import KILLED, POINTS, reached

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = """
from django.conf import settings
settings.configure()
from marketplace.payments.failpoints import reached
reached("place.after_order")
reached("place.after_stock")
"""


def test_there_are_ten_and_each_stands_at_one_place():
    found = [
        name
        for file in (ROOT / "marketplace").rglob("*.py")
        for name in re.findall(r'reached\("([a-z._]+)"\)', file.read_text())
    ]
    assert sorted(found) == sorted(POINTS)
    assert len(POINTS) == 10
    assert {name.partition(".")[0] for name in POINTS} == {"place", "pay", "confirm", "refund"}


@pytest.mark.parametrize(("wanted", "status"), [("place.after_stock", KILLED), ("pay.after_saved", 0), ("", 0)])
def test_the_process_dies_at_the_named_point_alone(wanted, status):
    environment = {"MARKETPLACE_TEST_FAILPOINT": wanted, "PATH": ""}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, timeout=30)
    assert done.returncode == status


def test_without_the_switch_nothing_happens():
    for name in POINTS:
        reached(name)


@pytest.mark.parametrize("by", ["setting", "environment"])
@pytest.mark.parametrize(("name", "effect"), TEST_SWITCHES.items())
def test_production_refuses_every_switch(name, effect, by, settings, monkeypatch):
    settings.PRODUCTION = True
    if by == "setting":
        setattr(settings, name, "1")
    else:
        monkeypatch.setenv(name, "1")
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is for tests only: with it {effect}. Unset it.$"):
        apps.get_app_config("marketplace_payments").refuse_test_switches()


def test_production_starts_without_them(settings):
    settings.PRODUCTION = True
    apps.get_app_config("marketplace_payments").refuse_test_switches()
