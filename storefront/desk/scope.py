"""Whose desk it is. Every desk page asks here, and here only, what it may read."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import ClassVar

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.fulfilment.deadlines import clock_of
from marketplace.fulfilment.models import Consignment
from marketplace.notices.people import name_of
from marketplace.workshops.models import Assistance, Right, Workshop
from marketplace.workshops.rights import Seat, owners_of, seats_of
from storefront.desk.opening.stage import describe_stage
from storefront.doors import Tab, describe_tabs, sign_in_first

OrderLine = get_model("order", "Line")


@dataclass(frozen=True)
class Desk:
    """One workshop's desk as one of its members uses it, or somebody who lists for it (``assistance``)."""

    request: HttpRequest
    workshop: Workshop
    seats: list[Seat] = field(default_factory=list)
    # The template around its pages.
    frame: ClassVar[str] = "storefront/desk/base.html"

    @property
    def seat(self) -> Seat:
        return next(row for row in self.seats if row.workshop.pk == self.workshop.pk)

    @property
    def assistance(self) -> Assistance | None:
        """Set where this person is no member but lists for the maker."""
        return self.seat.assistance

    def may(self, right: Right) -> bool:
        return self.seat.may(right)

    def consignments(self) -> QuerySet[Consignment]:
        """Paid consignments of this workshop; ``order.own_lines`` are its lines and nobody else's."""
        lines = (
            OrderLine.objects.filter(partner_id=self.workshop.partner_id)
            .select_related("product__parent")
            .order_by("pk")
        )
        return (
            Consignment.objects.filter(workshop=self.workshop)
            .payable()
            .select_related("workshop__village", "order__shipping_address", "order__payment")
            .prefetch_related(Prefetch("order__lines", queryset=lines, to_attr="own_lines"))
        )

    def consignment(self, pk: int) -> Consignment:
        return get_object_or_404(self.consignments(), pk=pk)

    def pieces(self) -> QuerySet[Product]:
        """Pieces of this workshop, not their variants."""
        return Product.objects.filter(partner=self.workshop.partner_id).exclude(structure=Product.CHILD)

    def piece(self, pk: int) -> Product:
        return get_object_or_404(self.pieces(), pk=pk)

    def stocked(self, pk: int) -> Product:
        """A piece or a variant of this workshop."""
        partner = self.workshop.partner_id
        rows = Product.objects.filter(Q(partner=partner) | Q(parent__partner=partner)).select_related(
            "parent"
        )
        return get_object_or_404(rows, pk=pk)

    def url(self, name: str, **kwargs) -> str:
        return reverse(f"desk:{name}", kwargs={"workshop": self.workshop.slug, **kwargs})

    def render(self, template: str, context: dict, status: int = 200) -> HttpResponse:
        """A page of this desk, in its frame."""
        frame = {
            "desk": {
                "slug": self.workshop.slug,
                "name": str(self.workshop),
                "tabs": self._tabs(),
                "assisted": self.assistance.maker_name if self.assistance else "",
                "owns": self.may(Right.OWN),
                "stage": describe_stage(self.workshop, home=self.request.path == self.url("workshop")),
                "others": [
                    {
                        "name": str(row.workshop),
                        "url": reverse("desk:workshop", kwargs={"workshop": row.workshop.slug}),
                    }
                    for row in self.seats
                    if row.workshop.pk != self.workshop.pk
                ],
            }
        }
        with self.own_clock():
            return render(self.request, f"storefront/desk/{template}.html", frame | context, status=status)

    def own_clock(self) -> AbstractContextManager:
        """Within it moments are shown as the village's clocks show them."""
        return timezone.override(clock_of(self.workshop.village))

    def _tabs(self) -> list[dict]:
        tabs = [
            (Tab(_("To do"), self.url("workshop"), home=True), None),
            (Tab(_("Consignments"), self.url("consignments")), Right.PACK),
            (Tab(_("Pieces"), self.url("pieces")), Right.LIST),
            (Tab(_("Earnings"), self.url("earnings")), Right.BOOKS),
            (Tab(_("Members"), self.url("members")), Right.OWN),
        ]
        return describe_tabs(self.request, (tab for tab, right in tabs if right is None or self.may(right)))


def members_only(view: Callable) -> Callable:
    """``view(request, seats, …)`` for whoever has a seat; others sign in, or are told what the desk is (403)."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request, "desk:home")
        seats = seats_of(request.user)
        if not seats:
            return render(request, "storefront/desk/not_a_member.html", status=403)
        return view(request, seats, *args, **kwargs)

    return wrapper


def desk_view(view: Callable | None = None, *, needs: Right | None = None) -> Callable:
    """``view(desk, …)`` for whoever has a seat in the workshop of the address; any other workshop is missing (404).

    ``needs``: the right without which a colleague is told whom to ask (403).
    """
    if view is None:
        return partial(desk_view, needs=needs)

    @members_only
    @wraps(view)
    def wrapper(request: HttpRequest, seats: list[Seat], *args, workshop: str, **kwargs) -> HttpResponse:
        own = next((row.workshop for row in seats if row.workshop.slug == workshop), None)
        if own is None:
            raise Http404
        desk = Desk(request, own, seats)
        if needs is not None and not desk.may(needs):
            owners = [name_of(user) for user in owners_of(own)]
            return desk.render("no_right", {"right": needs.label, "owners": owners}, status=403)
        return view(desk, *args, **kwargs)

    return wrapper
