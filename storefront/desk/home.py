"""What is to be done today."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.fulfilment.models import Consignment
from marketplace.workshops.models import Workshop
from storefront.desk.describe import describe_consignment
from storefront.desk.scope import Desk, desk_view, members_only
from storefront.listing.models import ProductCard

State = Consignment.State
SHOWN = 5


@members_only
def home(request: HttpRequest, workshops: list[Workshop]) -> HttpResponse:
    """The desk of the only workshop, or a choice of several."""
    if len(workshops) == 1:
        return redirect("desk:workshop", workshop=workshops[0].slug)
    return render(
        request,
        "storefront/desk/choose.html",
        {"desks": [_to_choose(Desk(request, row)) for row in workshops]},
    )


def _to_choose(desk: Desk) -> dict:
    to_pack = desk.consignments().filter(state=State.PLACED).count()
    return {"name": str(desk.workshop), "url": desk.url("workshop"), "to_pack": to_pack}


@desk_view
def workshop(desk: Desk) -> HttpResponse:
    """Consignments to pack first, then what the shop is short of."""
    counts = desk.consignments().aggregate(
        to_pack=Count("pk", filter=Q(state=State.PLACED)), packed=Count("pk", filter=Q(state=State.PACKED))
    )
    pieces = desk.pieces().aggregate(
        shown=Count("pk", filter=Q(is_public=True)),
        hidden=Count("pk", filter=Q(is_public=False)),
        sold_out=Count("pk", filter=Q(is_public=True, card__state=ProductCard.State.SOLD_OUT)),
    )
    waiting = (
        desk.consignments()
        .filter(state__in=(State.PLACED, State.PACKED))
        .order_by("created_at", "pk")[:SHOWN]
    )
    return desk.render(
        "home",
        {"counts": counts, "pieces": pieces, "waiting": [describe_consignment(row, desk) for row in waiting]},
    )
