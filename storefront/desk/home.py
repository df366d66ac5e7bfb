"""The desk's first page: what is to be done today."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment
from marketplace.workshops.models import Right, Workshop
from marketplace.workshops.rights import Seat
from storefront.desk.scope import Desk, desk_view, members_only
from storefront.desk.shares_of_members import link_to_mine
from storefront.desk.today import tasks_of

State = Consignment.State


@members_only
def home(request: HttpRequest, seats: list[Seat]) -> HttpResponse:
    """The desk of the only workshop, or a choice of several."""
    if len(seats) == 1:
        return redirect("desk:workshop", workshop=seats[0].workshop.slug)
    packed_by_me = [seat.workshop.pk for seat in seats if seat.may(Right.PACK)]
    rows = Consignment.objects.filter(workshop__in=packed_by_me, state=State.PLACED).payable().order_by()
    to_pack = dict(rows.values_list("workshop").annotate(Count("pk")))
    desks = [Desk(request, row.workshop, seats) for row in seats]
    found = [
        {"name": str(desk.workshop), "url": desk.url("workshop"), "to_pack": to_pack.get(desk.workshop.pk, 0)}
        for desk in desks
    ]
    return render(request, "storefront/desk/choose.html", {"desks": found})


@desk_view
def workshop(desk: Desk) -> HttpResponse:
    """What to do, in the order of its urgency, with the next parcels. Nothing to do is said kindly, with a next step."""
    context = {
        "tasks": tasks_of(desk, today_at(desk.workshop.village)),
        "may_pack": desk.may(Right.PACK),
        "may_list": desk.may(Right.LIST),
        "may_books": desk.may(Right.BOOKS),
        "has_pieces": desk.pieces().exists(),
        "my_share_url": link_to_mine(desk),
        "may_help": desk.workshop.kind == Workshop.Kind.COOPERATIVE and desk.may(Right.LIST) and not desk.assistance,
    }
    return desk.render("home", context)
