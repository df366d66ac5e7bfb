"""The staff's screen for the rules of shares: list, add, end; who may, what is refused, what the log keeps."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.economies.models import DataVersion
from marketplace.payments.models import ShareRule
from marketplace.payments.share_views import SHARES
from tests.factories import make_user, make_workshop
from tests.people import Visitor

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def filled(**changes) -> dict:
    values = {"commission": "12.5", "village_fund": "2.5", "valid_from": f"{TODAY}", "source": "Assembly of 3 May"}
    return values | {"workshop": "", "village": "", "economy": "", "valid_to": ""} | changes


def rule(**fields) -> ShareRule:
    values = {"commission": Decimal(10), "village_fund": 0, "valid_from": TODAY - timedelta(days=5), "source": "Sample"}
    return ShareRule.objects.create(**values | fields)


def rows() -> list[tuple]:
    return list(ShareRule.objects.order_by("pk").values_list("commission", "village_fund", "valid_from", "valid_to"))


def log() -> list[ModelLogEntry]:
    return list(ModelLogEntry.objects.filter(action="marketplace.share_rule").order_by("pk"))


def test_a_rule_is_added_and_written_down(staff):
    workshop = make_workshop()
    answer = staff.post(reverse("share-rules:add"), filled(workshop=workshop.pk))
    assert answer.status_code == 302, answer.context["form"].errors
    made = ShareRule.objects.get()
    assert (made.commission, made.village_fund, made.workshop) == (Decimal("12.5"), Decimal("2.5"), workshop)
    (entry,) = log()
    assert entry.user.email == "boss@example.com"
    assert entry.data["after"]["commission"] == "12.5" or Decimal(entry.data["after"]["commission"]) == Decimal("12.5")
    assert DataVersion.objects.filter(name=SHARES).exists(), "the product pages know"
    page = staff.get(reverse("share-rules:index"))
    assert page.status_code == 200
    for words in ("85 %", "2.5 %", "12.5 %", "Assembly of 3 May"):
        assert words in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"commission": "98", "village_fund": "2.01"},
        {"commission": "-1"},
        {"commission": "101", "village_fund": "0"},
        {"commission": "NaN"},
        {"commission": "Infinity"},
        {"commission": "12.345"},
        {"valid_from": f"{TODAY - timedelta(days=1)}"},
        {"valid_from": ""},
        {"valid_to": f"{TODAY - timedelta(days=1)}"},
        {"source": ""},
        {"workshop": "999999"},
        {"economy": "VN", "workshop": "own"},
    ],
)
def test_what_cannot_be_is_refused(staff, changes):
    if changes.get("workshop") == "own":
        changes = changes | {"workshop": make_workshop().pk}
    assert staff.post(reverse("share-rules:add"), filled(**changes)).status_code == 200
    assert rows() == [] and log() == []


def test_a_rule_is_ended_and_nothing_else_of_it_changes(staff):
    old = rule()
    address = reverse("share-rules:edit", args=[old.pk])
    answer = staff.post(address, filled(commission="99", valid_to=f"{TODAY}"))
    assert answer.status_code == 302
    assert rows() == [(10, 0, old.valid_from, TODAY)]
    (entry,) = log()
    assert (entry.data["after"]["valid_to"], entry.data.get("before")) == (f"{TODAY}", {"valid_to": None})


@pytest.mark.parametrize(
    ("valid_from", "was", "asked"), [(-5, None, -1), (-5, None, None), (3, None, 1), (-5, -1, 4)]
)
def test_the_past_is_not_rewritten(staff, valid_from, was, asked):
    def day(shift):
        return None if shift is None else TODAY + timedelta(days=shift)

    old = rule(valid_from=day(valid_from), valid_to=day(was))
    before = rows()
    answer = staff.post(reverse("share-rules:edit", args=[old.pk]), {"valid_to": f"{day(asked) or ''}"})
    assert answer.status_code == 200
    assert rows() == before and log() == []


def test_only_who_may_and_nobody_deletes(staff, cast):
    old = rule()
    editor = Visitor()
    editor.force_login(make_user("editor@example.com", is_staff=True))
    for client in (editor, cast.maker.client, cast.stranger.client):
        for name, args in (("index", []), ("add", []), ("edit", [old.pk])):
            address = reverse(f"share-rules:{name}", args=args)
            assert client.get(address).status_code == 302
            assert client.post(address, filled(valid_to=f"{TODAY}")).status_code == 302
    assert staff.post(reverse("share-rules:delete", args=[old.pk])).status_code == 302
    assert rows() == [(10, 0, old.valid_from, None)] and log() == []
