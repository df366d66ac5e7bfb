"""Two sample agencies, terms, thirty days of counts, and days on which villages receive visitors.

All of it is invented. What is there stays as it is; only a sample day that is over moves on.
"""

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zlib import crc32
from zoneinfo import ZoneInfo

from django.utils import timezone

from catalogue.models import Product
from marketplace.partnerships.models import Agency, AgencyHost, AgencyTerms, CardCount, Seat
from marketplace.workshops.models import Village, VisitDay, VisitDayText
from storefront.demo import content
from storefront.demo.load.places import person, write_texts
from storefront.models import StoryPage, VillagePage

DAYS = 30
SATURDAY = 5
# In which languages an agency's guests read, and how many of a hundred each.
LANGUAGES = {"en": 45, "th": 25, "ja": 20, "zh-hant": 10}


def load_agencies() -> int:
    """Agencies, their people, terms and sites. Answers how many agencies there are."""
    data = content.agencies()
    if not AgencyTerms.objects.exists():
        row = data["terms"]
        AgencyTerms.objects.create(
            percent=Decimal(row["percent"]), days=row["days"], valid_from=row["valid_from"], source=row["source"]
        )
    for row in data["agency"]:
        _load_agency(row)
    return Agency.objects.count()


def load_visits() -> int:
    """Answers how many days there are."""
    for row in content.agencies()["visit"]:
        _load_visit(row)
    return VisitDay.objects.count()


def load_counts() -> int:
    """What guests of the open sample agency looked at, where nothing was counted yet. It needs the pages.

    Answers how many counts there are.
    """
    agency = Agency.objects.filter(is_sample=True, stage=Agency.Stage.OPEN).first()
    if agency is not None and not CardCount.objects.filter(agency=agency).exists():
        today = timezone.localdate()
        days = [today - timedelta(days=number) for number in range(1, DAYS + 1)]
        CardCount.objects.bulk_create(count for day in days for count in _counts_of(agency, day))
    return CardCount.objects.count()


def _load_agency(row: dict) -> None:
    if Agency.objects.filter(code=row["code"]).exists():
        return
    user, now = person(row["login"], row["contact"], "agency"), timezone.now()
    is_open = row["stage"] == Agency.Stage.OPEN
    agency = Agency.objects.create(
        code=row["code"], name=row["name"], site=row["site"], economy_id=row["economy"], currency=row["currency"],
        language=row["language"], contact_name=row["contact"], contact_email=row["login"], about=row["about"],
        stage=row["stage"], decided_at=now if is_open else None, terms_accepted_at=now, terms_accepted_by=user, is_sample=True,
    )  # fmt: skip
    Seat.objects.create(agency=agency, user=user, is_owner=True)
    proof = {"proof": AgencyHost.Proof.FILE, "proven_at": now, "looked_at": now, "found": "file"} if is_open else {}
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{row['host']}").hex
    AgencyHost.objects.create(agency=agency, host=row["host"], token=token, added_by=user, **proof)


def _load_visit(row: dict) -> None:
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"demo:visit-{row['key']}")
    known = VisitDay.objects.filter(uuid=key).first()
    if known is not None and known.ends_at > timezone.now():
        return
    day = _saturday_after(timezone.localdate() + timedelta(days=row["after"]))
    zone = ZoneInfo(row["zone"])
    starts_at, ends_at = (
        datetime.combine(day, time.fromisoformat(row[name]), tzinfo=zone) for name in ("begins", "ends")
    )
    if known is not None:
        known.starts_at, known.ends_at = starts_at, ends_at
        known.save(update_fields=["starts_at", "ends_at", "changed_at"])
        return
    made = VisitDay.objects.create(
        uuid=key, village=Village.objects.get(slug=row["village"]), starts_at=starts_at, ends_at=ends_at,
        time_zone=row["zone"], seats=row["seats"], price=row.get("price"), currency=row.get("currency", ""),
        source_language=row["language"], is_sample=True,
    )  # fmt: skip
    write_texts(VisitDayText, made, row["text"])


def _saturday_after(day: date) -> date:
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)


def _counts_of(agency: Agency, day: date) -> list[CardCount]:
    """Guests look more at weekends, at some cards more than at others, and one in twelve or so comes to the shop."""
    rows = []
    for place, (subject, language, share) in enumerate(_cards()):
        views = max(20, 90 - 6 * place) * share * (140 if day.weekday() >= SATURDAY else 100) // 10_000
        views += _wavering(f"{subject}{language}{day}", 7) if views else 0
        if views:
            clicks = min(views, views // 12 + _wavering(f"click{subject}{language}{day}", 2))
            counted = {"views": views, "clicks": clicks}
            rows.append(CardCount(agency=agency, day=day, subject=subject, language=language, **counted))
    return rows


def _wavering(text: str, most: int) -> int:
    """The same number from 0 to ``most`` for the same text, on every machine."""
    return crc32(text.encode()) % (most + 1)


def _cards() -> list[tuple[str, str, int]]:
    """(subject, language, how many of a hundred read it in this language), the most seen card first."""
    found = []
    for page in StoryPage.objects.live().filter(locale__language_code="en").order_by("pk")[:3]:
        found += _in_languages("story", page)
    for page in VillagePage.objects.live().filter(locale__language_code="en", village__slug="ban-fai"):
        found += _in_languages("village", page)
    pieces = Product.objects.filter(upc__startswith="BFI-", is_public=True).exclude(structure=Product.CHILD)
    found += [(f"product-{pk}", "en", 45) for pk in pieces.order_by("upc").values_list("pk", flat=True)[:1]]
    return found


def _in_languages(kind: str, page) -> list[tuple[str, str, int]]:
    known = {row.locale.language_code: row.pk for row in page.get_translations(inclusive=True).select_related("locale")}
    return [(f"{kind}-{known[code]}", code, share) for code, share in LANGUAGES.items() if code in known]
