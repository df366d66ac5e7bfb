"""Every kind of notice: words in it, and nothing on a locked screen that names anybody."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from marketplace.notices import agency_kinds
from marketplace.notices import kinds as module
from marketplace.notices.sending import shorten, sms_parts
from marketplace.notices.words import kinds
from tests.factories import make_order, make_piece

CANARY = "<i>canary</i>"
VALUES = {
    "consignment": "SML-12345678",
    "day": "2026-03-10",
    "order": "AAAAA-BBBBB-CCCCC",
    "workshop": CANARY,
    "village": CANARY,
    "piece": CANARY,
    "payout": "PO-1234",
    "amount": "380000",
    "currency": "VND",
    "reason": "known",
    "words": CANARY,
    "office": CANARY,
    "by": CANARY,
    "maker": CANARY,
    "file": CANARY,
    "created": 7,
    "changed": 8,
    "refused": 9,
    "ending": "1234",
    "contact": "+84 ••• 678",
    "outcome": "opened",
    "agency": CANARY,
    "stage": "declined",
    "host": "www.canary.example",
    "ends": "2026-03-24",
    "number": 3,
}
# Reasons of agencies are others than those of workshops.
OTHER_VALUES = {"agency_decided": {"reason": "site"}}
OF_ORDERS = {"order_to_pack", "order_not_to_pack"}
ALL = [entry.name for entry in kinds if entry.function.__module__.startswith("marketplace.notices.")]


def documented() -> set[str]:
    texts = [Path(listed.__file__).read_text(encoding="utf-8") for listed in (module, agency_kinds)]
    return set(re.findall(r"^([a-z_]+)  +\S", "\n".join(texts), re.MULTILINE)) - {"kind"}


def test_each_kind_stands_in_the_list_that_others_read():
    assert documented() == set(ALL)


def test_each_kind_is_told_somewhere():
    """The page "How you are told" promises them."""
    root = Path(__file__).parents[2]
    files = [path for part in ("marketplace", "storefront") for path in (root / part).rglob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in files if not path.stem.endswith(("kinds", "words")))
    assert [name for name in ALL if f'"{name}"' not in code] == []


@pytest.mark.parametrize("name", [name for name in ALL if name not in OF_ORDERS])
def test_words_of_a_kind(name):
    words = kinds[name].function(VALUES | OTHER_VALUES.get(name, {}))
    assert words.subject and words.text and words.short
    assert "%(" not in words.subject + words.text
    # On a screen that others see: one short line without names, numbers or amounts.
    assert len(words.short) <= 60
    for value in [CANARY, "canary", "SML", "AAAAA", "PO-1234", "380", "1234", "678"]:
        assert value not in words.short
    assert sms_parts(shorten(words.subject, "https://shop.example/vi/desk/sao-mai/consignments/1234567/")) <= 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OF_ORDERS))
def test_words_about_a_consignment_name_no_buyer(name):
    payment = make_order([(make_piece(title="Red bowl", code="SML-1"), 3)], paid=True)
    row = payment.order.consignments.get()
    values = {"consignment": row.pk, "lines": [payment.order.lines.get().pk], "whole": True}
    words = kinds[name].function(values)
    assert "3 × Red bowl (SML-1)" in words.text
    assert row.number in words.subject and row.number not in words.short
    for secret in ("Kenji", "Minato", "Yokohama", "kenji@example.com", payment.order.number):
        assert secret not in words.subject + words.text + words.short


@pytest.mark.parametrize(
    ("outcome", "subject"),
    [("opened", "X is open"), ("declined", "X was not opened"), ("closed", "X is closed")],
)
def test_what_the_officer_decided_and_why(outcome, subject):
    values = {"workshop": "X", "outcome": outcome, "reason": "visited", "words": "Chúc mừng!", "office": "District"}
    words = kinds["workshop_decided"].function(values)
    assert words.subject == subject
    assert words.text.startswith("We visited you and saw your work.\n\nChúc mừng!\n\n")
    assert words.text.endswith("\n\nDecided by: District")


def test_amounts_and_days_are_written_as_she_reads_them():
    with translation.override("vi"):
        words = kinds["payout_sent"].function(VALUES)
    assert "380.000" in words.subject
    with translation.override("en"):
        assert "₫380,000" in kinds["payout_sent"].function(VALUES).subject
        assert "March 10, 2026" in kinds["deadline_tomorrow"].function(VALUES).subject
