"""Agencies, the people in them and their sites."""

import secrets
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import timezone

from marketplace.economies.models import Economy
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, Part, Seat
from tests.factories.places import make_user
from tests.factories.texts import number


def make_agency(code: str = "", *, economy: str = "TH", **fields) -> Agency:
    """An open agency in Thailand, paid in its economy's currency; no seats, no sites."""
    place = Economy.objects.get(pk=economy)
    given = {
        "code": code or f"agency-{number()}",
        "name": "Chang Thong Travel",
        "site": "https://chang-thong.example",
        "economy": place,
        "currency": place.currency,
        "language": "th",
        "contact_name": "Ploy",
        "contact_email": "ploy@chang-thong.example",
        "stage": Agency.Stage.OPEN,
        "decided_at": timezone.now(),
    }
    return Agency.objects.create(**given | fields)


def make_seat(agency: Agency, *, email: str = "", parts: Sequence[str] = (Part.OWN,), **fields):
    """A new user who works for ``agency``."""
    user = make_user(email, **fields)
    Seat.objects.create(agency=agency, user=user, **dict.fromkeys(parts, True))
    return user


def make_host(agency: Agency, host: str = "www.chang-thong.example", *, proven: bool = True) -> AgencyHost:
    """A site of ``agency``."""
    proof = {"proof": AgencyHost.Proof.FILE, "proven_at": timezone.now()} if proven else {}
    return AgencyHost.objects.create(agency=agency, host=host, token=secrets.token_urlsafe(24), **proof)


def make_agency_terms(
    percent: str = "5", *, agency: Agency | None = None, days: int = 30, valid_from: date = date(2026, 1, 1)
) -> AgencyTerms:
    """Terms for one agency, or for all."""
    return AgencyTerms.objects.create(
        agency=agency, percent=Decimal(percent), days=days, valid_from=valid_from, source="Decided for the tests"
    )
