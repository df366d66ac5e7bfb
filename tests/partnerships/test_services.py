"""An agency asks for a place, the shop decides, it changes what it said; its code is found without SQL."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from marketplace.economies.models import Economy
from marketplace.partnerships import memory, services
from marketplace.partnerships.models import Agency, Part, Seat
from marketplace.partnerships.services import AgencyDetails, Refused
from tests.factories import make_agency, make_agency_terms, make_host, make_seat, make_user

pytestmark = pytest.mark.django_db
Stage, Reason = Agency.Stage, Agency.Reason


def details(**changes) -> AgencyDetails:
    given = {
        "site": "Chang-Thong.example/en",
        "language": "th",
        "contact_name": "Ploy",
        "contact_email": "ploy@chang-thong.example",
        "about": "Journeys to the villages of the north.",
    }
    return AgencyDetails(**given | changes)


def apply(user=None, *, name="Chang Thong Travel", accepts_terms=True, currency="", **changes) -> Agency:
    return services.apply(
        user=user or make_user(),
        name=name,
        economy=Economy.objects.get(pk="TH"),
        details=details(**changes),
        accepts_terms=accepts_terms,
        currency=currency,
    )


def acts(agency) -> list[tuple[str, dict]]:
    rows = ModelLogEntry.objects.for_instance(agency).order_by("pk")
    return [(row.action, row.data) for row in rows]


def test_an_agency_asks_for_a_place(mailoutbox, commit):
    user = make_user("ploy@chang-thong.example", first_name="Ploy")
    agency = apply(user)
    agency.refresh_from_db()
    assert (agency.code, agency.stage, agency.currency) == ("chang-thong-travel", Stage.APPLIED, "THB")
    assert (agency.site, agency.contact_name, agency.language) == ("https://chang-thong.example/en", "Ploy", "th")
    assert (agency.terms_accepted_by, agency.terms_accepted_at is not None) == (user, True)
    assert [(seat.user, seat.parts) for seat in agency.seats.all()] == [(user, [Part.OWN])]
    assert acts(agency) == [("marketplace.agency_applied", {"code": "chang-thong-travel"})]
    commit()
    (mail,) = mailoutbox
    assert mail.to == ["ploy@chang-thong.example"] and f"/th/agency/{agency.code}/" in mail.body
    assert services.agency_of_code(agency.code) is None


def test_the_same_one_sent_twice_is_one():
    user = make_user()
    assert apply(user).pk == apply(user, name=" chang  thong travel").pk
    assert (Agency.objects.count(), Seat.objects.count()) == (1, 1)


def test_codes_are_their_own_for_ever():
    codes = [apply(name=name).code for name in ("Sông Đà & Co.", "Sông Đà Co", "ช้างทอง", "ช้างทองทัวร์", "A 1", "x" * 160)]
    assert codes == ["song-da-co", "song-da-co-2", "agency", "agency-2", "a-1", "x" * 35]
    closed = Agency.objects.get(code="song-da-co")
    Agency.objects.filter(pk=closed.pk).update(stage=Stage.CLOSED, reason=Reason.ASKED, decided_at=timezone.now())
    assert apply(name="Song Da Co").code == "song-da-co-3"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"accepts_terms": False}, "terms"),
        ({"name": " \u200e "}, "name"),
        ({"name": "x" * 161}, "name"),
        ({"currency": "EUR"}, "currency"),
        ({"language": "xx"}, "language"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_email": "ploy"}, "contact_email"),
        ({"contact_email": f"a@{'x.' * 130}example"}, "contact_email"),
        ({"about": "x" * 1001}, "about"),
        ({"site": "javascript:alert(1)"}, "site"),
        ({"site": "https://user:pw@chang-thong.example"}, "site"),
        ({"site": "http://10.0.0.7/"}, "site"),
        ({"site": "https://intranet/"}, "site"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_kept(changes, field):
    with pytest.raises(Refused) as refused:
        apply(**changes)
    assert refused.value.field == field and str(refused.value)
    assert (Agency.objects.count(), Seat.objects.count()) == (0, 0)


def test_nobody_asks_without_end(settings):
    settings.MARKETPLACE_MOST_APPLICATIONS = 2
    user = make_user()
    for name in ("One", "Two"):
        apply(user, name=name)
    with pytest.raises(Refused, match="2 agencies already"):
        apply(user, name="Three")
    assert Agency.objects.count() == 2
    assert apply(make_user(), name="Three").stage == Stage.APPLIED


# The shop decides


def test_opening_counts_at_once_and_is_told_in_the_agencys_language(mailoutbox, commit):
    owner, staff = make_user("owner@chang-thong.example"), make_user(is_staff=True)
    agency = apply(owner)
    commit()
    mailoutbox.clear()
    services.decide(agency=agency, stage=Stage.OPEN, by=staff, seen=Stage.APPLIED)
    commit()
    agency.refresh_from_db()
    assert (agency.stage, agency.reason, agency.decided_by, agency.decided_at is not None) == (Stage.OPEN, "", staff, True)
    assert services.agency_of_code(agency.code) == agency
    assert acts(agency)[-2:] == [
        ("marketplace.agency_decided", {"before": "applied", "stage": "open", "reason": ""}),
        ("marketplace.agency_host_added", {"host": "chang-thong.example"}),
    ]
    # Its owner and its contact are two people here.
    assert sorted(mail.to[0] for mail in mailoutbox) == ["owner@chang-thong.example", "ploy@chang-thong.example"]
    assert all("/th/agency/chang-thong-travel/" in mail.body for mail in mailoutbox)


def test_declining_says_why_in_two_ways(mailoutbox, commit):
    agency = apply(make_user("ploy@chang-thong.example"), language="en")
    commit()
    mailoutbox.clear()
    services.decide(agency=agency, stage=Stage.DECLINED, by=make_user(), reason=Reason.SITE, words="Der Link ist tot.")
    commit()
    (mail,) = mailoutbox  # one person, one mail
    assert mail.subject == "Chang Thong Travel was not opened"
    assert "We could not see your site.\n\nDer Link ist tot.\n\nIf something has changed" in mail.body
    assert services.agency_of_code(agency.code) is None


@pytest.mark.parametrize(
    ("stage", "to", "reason", "words"),
    [
        (Stage.APPLIED, Stage.CLOSED, Reason.RULES, ""),
        (Stage.APPLIED, Stage.DECLINED, "", ""),
        (Stage.APPLIED, Stage.DECLINED, Reason.RULES, ""),
        (Stage.APPLIED, Stage.DECLINED, Reason.OTHER, " "),
        (Stage.APPLIED, Stage.DECLINED, Reason.SITE, "x" * 1001),
        (Stage.APPLIED, Stage.OPEN, Reason.SITE, ""),
        (Stage.OPEN, Stage.OPEN, "", ""),
        (Stage.OPEN, Stage.DECLINED, Reason.SITE, ""),
        (Stage.APPLIED, "nonsense", "", ""),
    ],
)
def test_what_cannot_be_decided(stage, to, reason, words):
    agency = make_agency(stage=stage, decided_at=None if stage == Stage.APPLIED else timezone.now())
    with pytest.raises(Refused):
        services.decide(agency=agency, stage=to, by=make_user(), reason=reason, words=words)
    again = Agency.objects.get(pk=agency.pk)
    assert (again.stage, again.decided_by, acts(agency)) == (stage, None, [])


def test_somebody_was_faster():
    agency = make_agency(stage=Stage.APPLIED, decided_at=None)
    services.decide(agency=agency, stage=Stage.DECLINED, by=make_user(), reason=Reason.TWICE)
    with pytest.raises(Refused, match="meanwhile"):
        services.decide(agency=agency, stage=Stage.OPEN, by=make_user(), seen=Stage.APPLIED)
    assert Agency.objects.get().stage == Stage.DECLINED


def test_closed_and_opened_again():
    agency, staff = make_agency("chang-thong"), make_user()
    assert services.agency_of_code("chang-thong") == agency
    services.decide(agency=agency, stage=Stage.CLOSED, by=staff, reason=Reason.ASKED)
    memory.forget()
    assert services.agency_of_code("chang-thong") is None
    services.decide(agency=agency, stage=Stage.OPEN, by=staff)
    memory.forget()
    assert services.agency_of_code("chang-thong").reason == ""


def test_an_agency_that_was_declined_says_more():
    agency = make_agency(stage=Stage.DECLINED, reason=Reason.SITE, words="No.")
    owner, editor = make_seat(agency), make_seat(agency, parts=[Part.EDIT])
    for by, about in ((editor, "Now it is up."), (owner, "  "), (make_user(), "Now it is up.")):
        with pytest.raises(Refused):
            services.ask_again(agency=agency, about=about, by=by)
    assert Agency.objects.get().stage == Stage.DECLINED
    for _twice in range(2):
        services.ask_again(agency=agency, about="Now it is up.", by=owner)
    agency.refresh_from_db()
    assert (agency.stage, agency.reason, agency.words, agency.about) == (Stage.APPLIED, "", "", "Now it is up.")
    assert [action for action, _data in acts(agency)] == ["marketplace.agency_asked_again"]


# What it changes itself


def test_an_owner_changes_the_details_and_nobody_else():
    agency, other = make_agency(), make_agency()
    owner, editor, stranger = make_seat(agency), make_seat(agency, parts=[Part.EDIT]), make_seat(other)
    for by in (editor, stranger, make_user()):
        with pytest.raises(Refused):
            services.change_details(agency=agency, details=details(contact_name="Mallory"), by=by)
    assert Agency.objects.get(pk=agency.pk).contact_name == "Ploy"
    services.change_details(agency=agency, details=details(site="https://new.example/", language="en"), by=owner)
    agency.refresh_from_db()
    assert (agency.site, agency.language, agency.name) == ("https://new.example/", "en", "Chang Thong Travel")
    assert acts(agency) == [("marketplace.agency_changed", {"changed": ["site", "language", "about"]})]


def test_staff_change_the_name_and_the_code_stays():
    agency = make_agency("chang-thong")
    services.change_name(agency=agency, name=" Chang  Thong ", by=make_user())
    agency.refresh_from_db()
    assert (agency.name, agency.code) == ("Chang Thong", "chang-thong")


def test_only_its_own_sites_needs_a_site():
    agency = make_agency()
    editor, keeper = make_seat(agency, parts=[Part.EDIT]), make_seat(agency, parts=[Part.BOOKS])
    make_host(agency, proven=False)
    with pytest.raises(Refused, match="prove one of your sites"):
        services.set_partners_only(agency=agency, value=True, by=editor)
    make_host(agency, "blog.example")
    with pytest.raises(Refused):
        services.set_partners_only(agency=agency, value=True, by=keeper)
    assert Agency.objects.get().partners_only is False
    services.set_partners_only(agency=agency, value=True, by=editor)
    assert Agency.objects.get().partners_only is True


# What others ask


def test_a_code_costs_one_statement_a_second(django_assert_num_queries):
    make_agency("chang-thong")
    with django_assert_num_queries(1):
        assert [services.agency_of_code("chang-thong").economy.currency for _again in range(3)] == ["THB"] * 3
    with django_assert_num_queries(1):
        assert [services.agency_of_code("nobody") for _again in range(3)] == [None] * 3


HOSTILE = [
    *("", "x", "CHANG-THONG", "chang-thong\n", " chang-thong", "chang thong", "chang_thong", "-ab", "ab-", "a" * 41),
    *("' OR 1=1 --", "<script>", "chang-thong\x00", "../..", "ｃｈａｎｇ-ｔｈｏｎｇ", "\ud800", None, 7, b"chang-thong"),
]


@pytest.mark.parametrize("code", HOSTILE, ids=ascii)
def test_a_hostile_code_is_nobodys_and_asks_nobody(code, django_assert_num_queries):
    make_agency("chang-thong")
    with django_assert_num_queries(0):
        assert services.agency_of_code(code) is None


def test_a_million_codes_do_not_grow_the_memory():
    kept = memory.Kept(seconds=60, most=100)
    for number in range(1000):
        assert kept.get(f"code-{number}", lambda: None) is None
    assert len(kept._rows) == 100 and kept.knows_none("code-999") and not kept.knows_none("code-1")


def test_while_the_database_is_away_the_last_answer_counts():
    from django.db import OperationalError

    kept = memory.Kept(seconds=0, most=100)

    def away():
        raise OperationalError

    assert kept.get("chang-thong", away) is None
    assert kept.get("chang-thong", lambda: "agency") == "agency"
    assert kept.get("chang-thong", away) == "agency"


def test_only_proven_hosts_are_allowed(django_assert_num_queries):
    agency = make_agency()
    make_host(agency, "www.b.example")
    make_host(agency, "a.example:8443")
    make_host(agency, "c.example", proven=False)
    make_host(make_agency(), "other.example")
    with django_assert_num_queries(1):
        assert [services.allowed_hosts(agency) for _again in range(2)] == [["a.example:8443", "www.b.example"]] * 2
    with django_assert_num_queries(1):
        assert [services.allowed_hosts(Agency(pk=0)) for _again in range(2)] == [[], []]


def test_terms_of_a_day():
    agency, other, day = make_agency(), make_agency(), date(2026, 6, 1)
    assert services.terms_on(agency, day) is None
    for_all = make_agency_terms("5")
    later = make_agency_terms("4", valid_from=date(2026, 7, 1))
    own = make_agency_terms("8", agency=agency, valid_from=day)
    own.valid_to = date(2026, 8, 1)
    own.save()
    asked = [day - timedelta(days=1), day, date(2026, 8, 1), date(2026, 8, 2)]
    assert [services.terms_on(agency, one) for one in asked] == [for_all, own, own, later]
    assert [services.terms_on(other, one) for one in asked] == [for_all, for_all, later, later]
    assert services.terms_on(agency, date(2025, 12, 31)) is None
