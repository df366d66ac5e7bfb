"""What waits for an officer: applications, oldest first; and how the workshops of her area are doing."""

from collections import Counter

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment
from marketplace.trade.readiness import readiness_of
from marketplace.workshops.models import Workshop
from storefront.officer.scope import Office, officer_view
from storefront.officer.words import gap_name
from storefront.paging import describe_paging

PER_PAGE = 12
# So many of the newest pieces of a workshop tell which gap is the most frequent.
LOOKED_AT = 20
Stage = Workshop.Stage


@require_safe
@officer_view
def applications(office: Office) -> HttpResponse:
    """Those who wait, the longest first."""
    rows = office.workshops().filter(stage=Stage.APPLIED).annotate(notes=Count("application_notes"))
    page = Paginator(rows.order_by(F("applied_at").asc(nulls_first=True), "pk"), PER_PAGE).get_page(
        office.request.GET.get("page")
    )
    counts = office.workshops().order_by().aggregate(
        open=Count("pk", filter=Q(stage=Stage.OPEN)), closed=Count("pk", filter=Q(stage=Stage.CLOSED))
    )
    context = {
        "applications": [{"row": row, "asked": row.decisions.exists()} for row in page],
        "total": page.paginator.count,
        "counts": counts,
        "helping": office.assistances().select_related("workshop").prefetch_related("workshop__texts__locale"),
        "paging": describe_paging(page, office.request),
    }
    return office.render("home", context)


@require_safe
@officer_view
def workshops(office: Office) -> HttpResponse:
    """All but those that wait. No buyer and no amount is read here: late orders are only counted."""
    rows = office.workshops().exclude(stage=Stage.APPLIED).order_by("slug")
    page = Paginator(rows, PER_PAGE).get_page(office.request.GET.get("page"))
    found = list(page)
    pieces, late, gaps = _pieces(found), _late(found), _gaps(found)
    whole = sum(gaps.values(), Counter())
    context = {
        "workshops": [
            {"row": row, "pieces": pieces[row.partner_id], "late": late[row.pk], "gap": _first(gaps[row.partner_id])}
            for row in found
        ],
        "gap": _first(whole),
        "looked_at": LOOKED_AT,
        "paging": describe_paging(page, office.request),
    }
    return office.render("workshops", context)


def _pieces(workshops: list[Workshop]) -> dict[int, dict]:
    """Partner's id → {"live", "draft"}."""
    rows = Product.objects.filter(partner__in=[row.partner_id for row in workshops]).exclude(structure=Product.CHILD)
    counted = rows.order_by().values("partner").annotate(
        live=Count("pk", filter=Q(is_public=True)), draft=Count("pk", filter=Q(stage=Product.Stage.DRAFT))
    )
    known = {row["partner"]: row for row in counted}
    return {row.partner_id: known.get(row.partner_id, {"live": 0, "draft": 0}) for row in workshops}


def _late(workshops: list[Workshop]) -> Counter:
    """Workshop's id → paid consignments that should have left before today."""
    rows = Consignment.objects.payable().waiting().filter(workshop__in=workshops, send_by__lt=timezone.localdate())
    return Counter(dict(rows.order_by().values_list("workshop").annotate(number=Count("pk"))))


def _gaps(workshops: list[Workshop]) -> dict[int, Counter]:
    """Partner's id → what keeps its newest pieces from the example markets: code of the gap → pieces that have it."""
    found: dict[int, Counter] = {row.partner_id: Counter() for row in workshops}
    rows = Product.objects.filter(partner__in=list(found)).exclude(structure=Product.CHILD)
    rows = rows.exclude(stage=Product.Stage.ARCHIVED).annotate(
        place=Window(RowNumber(), partition_by=F("partner"), order_by=F("pk").desc())
    )
    newest = list(rows.filter(place__lte=LOOKED_AT))
    matrix = readiness_of(newest, settings.MARKETPLACE_EXAMPLE_DESTINATIONS, on=timezone.localdate())
    for product in newest:
        stops = {row.code for rows in matrix.get(product.pk, {}).values() for row in rows if row.stops}
        found[product.partner_id].update(stops)
    return found


def _first(counts: Counter) -> dict | None:
    """The most frequent gap; of equals the first by name, so that the page stays the same."""
    if not counts:
        return None
    code, number = min(counts.items(), key=lambda row: (-row[1], row[0]))
    return {"name": gap_name(code), "pieces": number}
