"""Rules in the Wagtail admin: published only with evidence, audited, taking effect by their dates; CSV up and down."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from marketplace.economies import versions
from marketplace.trade import rule_services as services
from marketplace.trade.books import RULES
from marketplace.trade.landed import RuleBook
from marketplace.trade.models import DutyRate, Restriction, RuleChange
from marketplace.trade.rule_files import export_rules
from tests.factories import make_user
from tests.people import Visitor
from tests.trade.shipments import ask, parcel

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
EVIDENCE = {"source": "ato.gov.au", "source_date": "2026-10-01", "reviewed_on": "2026-10-01", "review_by": "2027-10-01"}


@dataclass
class Staff:
    user: AbstractBaseUser
    client: Visitor


@pytest.fixture
def staff() -> Staff:
    user = make_user("rules@example.com", is_superuser=True, is_staff=True)
    visitor = Visitor()
    visitor.force_login(user)
    return Staff(user, visitor)


def rate(**facts) -> DutyRate:
    """A live duty rate of 5 % for 4602 to AU, open-ended."""
    row = DutyRate(
        destination="AU", hs_prefix="4602", ad_valorem=5, effective_from=date(2020, 1, 1), confidence="high",
        source="abf.gov.au", source_date=TODAY, reviewed_on=TODAY, review_by=TODAY + timedelta(days=365), state="live",
    )  # fmt: skip
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    versions.touch(RULES)
    return row


@pytest.fixture
def alone(db):
    """No duty rates, and no trace of how the packaged rows came."""
    DutyRate.objects.all().delete()
    RuleChange.objects.all()._raw_delete("default")


def form_of(response) -> dict:
    """What a browser would send back for the form of a page."""
    form = response.context["form"]
    data = {}
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, bool):
            if value:
                data[name] = "on"
        else:
            data[name] = "" if value is None else value
    return data


# Services


@pytest.mark.parametrize("missing", ["source", "source_date", "review_by"])
def test_rule_without_source_or_review_date_is_not_published(alone, staff, missing):
    row = rate(state="draft", **{missing: "" if missing == "source" else None})
    with pytest.raises(ValidationError) as problem:
        services.publish(row=row, user=staff.user)
    assert list(problem.value.message_dict) == [missing]
    row.refresh_from_db()
    assert row.state == "draft"
    assert not RuleChange.objects.exists()


@pytest.mark.parametrize("missing", ["source", "source_date", "review_by"])
def test_the_database_itself_refuses_a_live_row_without_evidence(alone, missing):
    row = rate()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyRate.objects.filter(pk=row.pk).update(**{missing: "" if missing == "source" else None})


def test_the_database_itself_refuses_dates_that_run_backwards(alone):
    row = rate()
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyRate.objects.filter(pk=row.pk).update(effective_to=date(2019, 12, 31))


def test_publishing_what_follows_ends_what_is_open(alone, staff):
    old = rate()
    new = rate(state="draft", ad_valorem=6, effective_from=TODAY + timedelta(days=1))
    services.publish(row=new, user=staff.user)
    old.refresh_from_db()
    assert (old.effective_to, new.state) == (TODAY, "live")
    actions = dict(RuleChange.objects.values_list("action", "row"))
    assert actions == {"ended": "AU 4602 2020-01-01", "published": "AU 4602 2026-11-02"}
    ended = RuleChange.objects.get(action="ended")
    assert (ended.before, ended.after) == ({}, {"effective_to": "2026-11-01"})
    assert ended.who == staff.user.get_username()


def test_tomorrows_quote_differs_and_yesterdays_does_not(alone, staff):
    old = rate()
    new = rate(state="draft", ad_valorem=6, effective_from=TODAY + timedelta(days=1))

    def quote(day: date) -> Decimal:
        book = RuleBook.load(day)
        return book.tariff("AU", "460212", "", day).ad_valorem

    yesterday = quote(TODAY - timedelta(days=1))
    services.publish(row=new, user=staff.user)
    assert [quote(TODAY + timedelta(days=days)) for days in (-1, 0, 1)] == [yesterday, Decimal(5), Decimal(6)]
    services.withdraw(row=new, user=staff.user, confirm=True)
    old.refresh_from_db()
    assert RuleBook.load().tariff("AU", "460212", "", TODAY + timedelta(days=1)) is None
    assert old.effective_to == TODAY


def test_overlap_is_refused_and_nothing_is_ended(alone, staff):
    first = rate(effective_to=date(2025, 12, 31))
    second = rate(effective_from=date(2026, 1, 1))
    between = rate(state="draft", effective_from=date(2025, 6, 1), effective_to=date(2026, 6, 1))
    with pytest.raises(ValidationError, match="overlap"):
        services.publish(row=between, user=staff.user)
    for row in (first, second, between):
        row.refresh_from_db()
    assert (first.effective_to, second.effective_to, between.state) == (date(2025, 12, 31), None, "draft")
    assert not RuleChange.objects.exists()


def test_live_row_is_never_deleted(alone, staff):
    row = rate()
    with pytest.raises(services.NotPossible):
        services.delete_draft(row=row, user=staff.user)
    assert DutyRate.objects.filter(pk=row.pk).exists()
    services.withdraw(row=row, user=staff.user, confirm=True)
    services.delete_draft(row=row, user=staff.user)
    assert list(RuleChange.objects.order_by("pk").values_list("action", flat=True)) == ["withdrawn", "deleted"]
    assert RuleChange.objects.get(action="deleted").before["ad_valorem"] == "5"


def test_audit_is_never_changed_or_deleted(alone, staff):
    services.withdraw(row=rate(), user=staff.user, confirm=True)
    change = RuleChange.objects.get()
    change.who = "nobody"
    with pytest.raises(TypeError):
        change.save()
    with pytest.raises(TypeError):
        change.delete()
    assert RuleChange.objects.get().who == staff.user.get_username()


def test_saving_without_a_change_leaves_no_trace(alone, staff):
    services.save_row(row=rate(), user=staff.user)
    assert not RuleChange.objects.exists()


# Screens


def test_staff_add_a_draft_and_publish_it_when_it_has_a_source(alone, staff):
    data = {
        "destination": "AU", "hs_prefix": "4602", "agreement": "", "ad_valorem": "5", "combine": "sum",
        "effective_from": "2020-01-01", "confidence": "medium",
    }  # fmt: skip
    refused = staff.client.post(reverse("duty-rates:add"), data | {"action-publish": "1"})
    assert refused.status_code == 200
    assert set(refused.context["form"].errors) == {"source", "source_date", "review_by"}
    assert not DutyRate.objects.exists()
    staff.client.post(reverse("duty-rates:add"), data)
    row = DutyRate.objects.get()
    assert (row.state, row.entered_by) == ("draft", staff.user.get_username())
    page = staff.client.get(reverse("duty-rates:edit", args=[row.pk]))
    assert "This row is a draft." in page.content.decode()
    assert 'value="5"' in page.content.decode()
    staff.client.post(
        reverse("duty-rates:edit", args=[row.pk]), form_of(page) | EVIDENCE | {"action-publish": "1"}
    )
    row.refresh_from_db()
    assert row.state == "live"
    assert list(RuleChange.objects.order_by("pk").values_list("action", "who")) == [
        (action, staff.user.get_username()) for action in ("added", "changed", "published")
    ]


def test_live_row_cannot_lose_its_source(alone, staff):
    row = rate()
    address = reverse("duty-rates:edit", args=[row.pk])
    data = form_of(staff.client.get(address)) | {"source": ""}
    response = staff.client.post(address, data)
    assert "A rule without a source cannot be published." in response.content.decode()
    row.refresh_from_db()
    assert row.source == "abf.gov.au"
    assert not RuleChange.objects.exists()


HK = {
    "destination": "HK", "hs_prefix": "", "agreement": "", "ad_valorem": "6", "combine": "sum", "confidence": "medium",
    "effective_from": "2027-02-01", "effective_to": "2027-03-01", "action-publish": "1",
} | EVIDENCE  # fmt: skip
SHORT = (
    "From March 2, 2027 on there would be no row for this. Where no other row covers these days, the shop then says "
    "“We cannot estimate this”. Confirm it if it is meant."
)


def test_a_short_rule_that_leaves_days_without_one_is_published_only_when_that_is_meant(alone, staff):
    open_ended = rate(destination="HK", hs_prefix="", effective_from=date(2027, 1, 1))
    add = reverse("duty-rates:add")
    assert "What is marked above is meant" not in staff.client.get(add).content.decode()
    refused = staff.client.post(add, HK)
    assert refused.context["form"].errors["effective_to"] == [SHORT]
    assert "What is marked above is meant" in refused.content.decode()
    open_ended.refresh_from_db()
    assert (open_ended.effective_to, DutyRate.objects.count(), RuleChange.objects.count()) == (None, 1, 0)
    staff.client.post(add, HK | {"confirm": "on"})
    assert list(DutyRate.objects.order_by("effective_from").values_list("ad_valorem", "effective_to", "state")) == [
        (5, date(2027, 1, 31), "live"), (6, date(2027, 3, 1), "live")
    ]  # fmt: skip
    book = RuleBook.load()
    assert [book.tariff("HK", "4602", "", date(2027, month, 2)) is None for month in (1, 2, 3)] == [False, False, True]


def test_withdrawing_the_only_rule_says_which_days_lose_it(alone, staff):
    row = rate(effective_to=date(2027, 12, 31))
    address = reverse("duty-rates:edit", args=[row.pk])
    data = form_of(staff.client.get(address)) | {"action-withdraw": "1"}
    [text] = staff.client.post(address, data).context["form"].errors["effective_to"]
    assert text.startswith("From January 1, 2020 to December 31, 2027 there would be no row for this.")
    row.refresh_from_db()
    assert row.state == "live"
    staff.client.post(address, data | {"confirm": "on"})
    row.refresh_from_db()
    assert row.state == "draft"


@pytest.mark.parametrize(
    ("value", "says"),
    [("1500", "The rate is above 100 %."), ("0", "The rate is 0."), ("0.05", "0.05 is far from 5, the rate before.")],
)
def test_a_doubtful_rate_is_published_by_the_form_only_when_it_is_meant(alone, staff, value, says):
    """The same check as that of a file."""
    rate(destination="HK", hs_prefix="")
    data = HK | {"ad_valorem": value, "effective_to": ""}
    refused = staff.client.post(reverse("duty-rates:add"), data)
    assert says in refused.context["form"].errors["ad_valorem"][0]
    assert (DutyRate.objects.count(), RuleChange.objects.count()) == (1, 0)
    staff.client.post(reverse("duty-rates:add"), data | {"confirm": "on"})
    assert DutyRate.objects.get(state="live", effective_to=None).ad_valorem == Decimal(value)


def test_a_live_rate_is_changed_to_a_doubtful_one_only_when_it_is_meant(alone, staff):
    row = rate()
    address = reverse("duty-rates:edit", args=[row.pk])
    data = form_of(staff.client.get(address)) | {"ad_valorem": "500"}
    assert "ad_valorem" in staff.client.post(address, data).context["form"].errors
    row.refresh_from_db()
    assert row.ad_valorem == 5
    staff.client.post(address, data | {"confirm": "on"})
    row.refresh_from_db()
    assert row.ad_valorem == 500


@pytest.mark.parametrize("code", ["ZZ", "XX", "UN"])
def test_a_destination_that_does_not_exist_is_refused_whatever_is_confirmed(alone, staff, code):
    refused = staff.client.post(reverse("duty-rates:add"), HK | {"destination": code, "confirm": "on"})
    assert refused.context["form"].errors["destination"] == [f"“{code}” is no economy or territory that we know."]
    assert not DutyRate.objects.exists()


def test_deleting_a_live_row_is_not_offered(alone, staff):
    live, draft = rate(), rate(destination="JP", state="draft")
    index = staff.client.get(reverse("duty-rates:index")).content.decode()
    for row, offered in ((live, False), (draft, True)):
        address = reverse("duty-rates:delete", args=[row.pk])
        form = staff.client.get(reverse("duty-rates:edit", args=[row.pk])).content.decode()
        assert (address in form, address in index and not offered) == (offered, False)
    asked = staff.client.get(reverse("duty-rates:delete", args=[live.pk]))
    assert asked.headers["Location"] == reverse("duty-rates:edit", args=[live.pk])
    staff.client.post(reverse("duty-rates:delete", args=[live.pk]))
    assert DutyRate.objects.filter(pk=live.pk).exists()
    assert staff.client.get(reverse("duty-rates:delete", args=[draft.pk])).status_code == 200


def test_restrictions_say_what_is_overdue_and_offer_no_deleting_of_live_rows(staff):
    live, draft = Restriction.objects.order_by("pk")[:2]
    Restriction.objects.filter(pk=live.pk).update(review_by=date(2021, 3, 9))
    Restriction.objects.filter(pk=draft.pk).update(review_by=date(2124, 3, 9), state="draft")
    html = staff.client.get(reverse("restrictions:index")).content.decode()
    assert "March 9, 2021: overdue" in html
    assert "March 9, 2124: overdue" not in html
    for row, offered in ((live, False), (draft, True)):
        form = staff.client.get(reverse("restrictions:edit", args=[row.pk])).content.decode()
        assert (reverse("restrictions:delete", args=[row.pk]) in form) is offered


def test_copy_is_a_draft_of_what_follows(alone, staff):
    row = rate()
    page = staff.client.get(reverse("duty-rates:copy", args=[row.pk]))
    data = form_of(page)
    assert (data["effective_from"], data["ad_valorem"]) == ("", Decimal(5))
    data |= {"effective_from": "2026-11-02", "ad_valorem": "6"}
    staff.client.post(reverse("duty-rates:copy", args=[row.pk]), data)
    copied = DutyRate.objects.get(effective_from="2026-11-02")
    assert (copied.state, copied.ad_valorem) == ("draft", Decimal(6))
    row.refresh_from_db()
    assert row.state == "live"


def test_lists_are_filtered_by_destination_day_and_review(alone, staff):
    rate()
    rate(destination="JP", effective_from=date(2027, 1, 1), review_by=date(2027, 6, 1))
    rate(destination="NZ", review_by=date(2020, 6, 1), reviewed_on=None)

    def found(**query) -> list[str]:
        response = staff.client.get(reverse("duty-rates:index"), query)
        assert response.status_code == 200
        return sorted(row.destination for row in response.context["object_list"])

    assert found() == ["AU", "JP", "NZ"]
    assert found(destination="JP") == ["JP"]
    assert found(valid_on="2026-12-31") == ["AU", "NZ"]
    assert found(review="due") == ["NZ"]


def test_screens_open_for_staff_and_for_nobody_else(cast):
    for name in ("tax-rules", "duty-rates", "customs-rates", "trade-groups", "rule-changes"):
        assert cast.staff.client.get(reverse(f"{name}:index")).status_code == 200, name
        for person in cast.all_but("staff"):
            assert person.client.get(reverse(f"{name}:index")).status_code in (302, 403), (name, person)


def test_form_of_a_tax_rule_explains_its_fields(alone, staff):
    html = staff.client.get(reverse("tax-rules:add")).content.decode()
    for words in ("Orders keep this name", "7.5 is 7.5 %", "The row counts up to and including this value.", "Save and publish"):
        assert words in html


def test_table_goes_out_and_in_through_the_browser(alone, staff):
    rate()
    rate(destination="JP")
    before = export_rules(table="duty_rates")
    response = staff.client.get(reverse("duty-rates:download"))
    assert response.content == before
    assert response["Content-Disposition"] == 'attachment; filename="duty_rates.csv"'
    changed = before.replace(b"AU,4602,,5,", b"AU,4602,,6,")
    staff.client.post(reverse("duty-rates:csv"), {"file": SimpleUploadedFile("mine.csv", changed)})
    assert export_rules(table="duty_rates") == changed
    change = RuleChange.objects.get()
    assert (change.before, change.after, change.how) == ({"ad_valorem": "5"}, {"ad_valorem": "6"}, "staff screen: mine.csv")


def test_upload_that_is_refused_says_where_and_changes_nothing(alone, staff):
    rate()
    before = export_rules(table="duty_rates")
    spoilt = before.replace(b"AU,4602,,5,", b"AU,4602,,0,")
    response = staff.client.post(reverse("duty-rates:csv"), {"file": SimpleUploadedFile("mine.csv", spoilt)})
    assert response.status_code == 422
    html = response.content.decode()
    assert "Row 2, column ad_valorem" in html
    assert "The rate is 0." in html
    assert export_rules(table="duty_rates") == before
    assert not RuleChange.objects.exists()


def test_only_who_may_change_rules_sends_files(cast, alone):
    rate()
    before = export_rules(table="duty_rates")
    for person in cast.all_but("staff"):
        for name in ("csv", "download"):
            assert person.client.get(reverse(f"duty-rates:{name}")).status_code in (302, 403), person
        file = SimpleUploadedFile("mine.csv", before.replace(b",5,", b",6,"))
        assert person.client.post(reverse("duty-rates:csv"), {"file": file}).status_code in (302, 403), person
    assert export_rules(table="duty_rates") == before


def test_audit_shows_who_when_and_what(alone, staff):
    row = rate()
    row.ad_valorem = Decimal(6)
    services.save_row(row=row, user=staff.user, how="staff screen")
    change = RuleChange.objects.get()
    html = staff.client.get(reverse("rule-changes:inspect", args=[change.pk])).content.decode()
    for words in (staff.user.get_username(), "AU 4602 2020-01-01", "ad_valorem", "abf.gov.au"):
        assert words in html


def test_first_page_tells_of_rules_that_wait_for_a_review(alone, staff):
    rate(review_by=date(2020, 6, 1), reviewed_on=None)
    html = staff.client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Rules of trade to review" in html
    assert "duty rates: 1" in html


def test_packaged_rows_still_answer_the_engine():
    """Whatever staff can do here, the packaged rows are valid by the same checks."""
    from marketplace.trade.rule_checks import problems_of
    from marketplace.trade.seeds import seed_rows
    from marketplace.trade.tables import TABLES

    wrong = [(row.key, problems_of(row)) for table in TABLES.values() for row in seed_rows(table) if problems_of(row)]
    assert wrong == []
    assert ask(parcel("HK", "621410x1:100", currency="HKD", on="2026-11-01")).is_known
