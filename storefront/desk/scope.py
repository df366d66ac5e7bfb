"""Whose desk it is. Every desk page asks here, and here only, what it may read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.fulfilment.models import Consignment
from marketplace.workshops.models import Workshop

OrderLine = get_model("order", "Line")


@dataclass(frozen=True)
class Desk:
    """One workshop's desk as one of its members uses it. Owner and helper may do the same."""

    request: HttpRequest
    workshop: Workshop
    workshops: list[Workshop] = field(default_factory=list)

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
                "others": [
                    {"name": str(row), "url": reverse("desk:workshop", kwargs={"workshop": row.slug})}
                    for row in self.workshops
                    if row.pk != self.workshop.pk
                ],
            }
        }
        return render(self.request, f"storefront/desk/{template}.html", frame | context, status=status)

    def _tabs(self) -> list[dict]:
        home, path = self.url("workshop"), self.request.path
        tabs = [
            (_("To do"), home),
            (_("Consignments"), self.url("consignments")),
            (_("Pieces"), self.url("pieces")),
            (_("Earnings"), self.url("earnings")),
        ]
        return [
            {"label": label, "url": url, "current": path.startswith(url) if url != home else path == home}
            for label, url in tabs
        ]


def workshops_of(user) -> list[Workshop]:
    """The workshops that ``user`` is a member of at this moment."""
    rows = Workshop.objects.filter(members__user=user).select_related("village", "partner")
    return list(rows.prefetch_related("texts__locale").order_by("slug"))


def members_only(view: Callable) -> Callable:
    """``view(request, workshops, …)`` for members; others sign in, or are told what the desk is (403)."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            back = request.get_full_path() if request.method == "GET" else reverse("desk:home")
            return redirect_to_login(back)
        workshops = workshops_of(request.user)
        if not workshops:
            return render(request, "storefront/desk/not_a_member.html", status=403)
        return view(request, workshops, *args, **kwargs)

    return wrapper


def desk_view(view: Callable) -> Callable:
    """``view(desk, …)`` for a member of the workshop in the address; any other workshop is missing (404)."""

    @members_only
    @wraps(view)
    def wrapper(
        request: HttpRequest, workshops: list[Workshop], *args, workshop: str, **kwargs
    ) -> HttpResponse:
        own = next((row for row in workshops if row.slug == workshop), None)
        if own is None:
            raise Http404
        return view(Desk(request, own, workshops), *args, **kwargs)

    return wrapper
