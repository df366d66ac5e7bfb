"""Whose area it is. Every page for officers asks here, and here only, what it may read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from catalogue.models import Product
from marketplace.fulfilment.deadlines import clock_of
from marketplace.workshops.models import Assistance, Consent, Officer, Village, Workshop
from storefront.doors import sign_in_first


@dataclass(frozen=True)
class Office:
    """What an officer, or one person with several offices, has to do with. Anything outside of it is missing (404)."""

    request: HttpRequest
    offices: tuple[Officer, ...]

    def workshops(self) -> QuerySet[Workshop]:
        rows = Officer.objects.of(self.request.user).workshops()
        return rows.select_related("village__economy", "partner").prefetch_related("texts__locale", "village__texts__locale")

    def workshop(self, slug: str) -> Workshop:
        return get_object_or_404(self.workshops(), slug=slug)

    def consents(self) -> QuerySet[Consent]:
        inside = Officer.objects.of(self.request.user).workshops().values("pk")
        return Consent.objects.filter(assistance__workshop__in=inside).select_related("assistance__workshop")

    def assistances(self) -> QuerySet[Assistance]:
        """Those that she gives herself."""
        return Assistance.objects.filter(officer__in=self.offices, ended_at=None)

    def piece(self, pk: int) -> Product:
        inside = Officer.objects.of(self.request.user).workshops().values("partner")
        return get_object_or_404(Product.objects.filter(partner__in=inside).exclude(structure=Product.CHILD), pk=pk)

    def villages(self) -> QuerySet[Village]:
        inside = Q(pk__in=[row.village_id for row in self.offices if row.village_id])
        inside |= Q(economy__in=[row.economy_id for row in self.offices if row.economy_id])
        return Village.objects.filter(inside).select_related("economy").prefetch_related("texts__locale")

    def officer_for(self, village: Village) -> Officer:
        """The office in which she acts there: that of the village before that of its economy."""
        own = [row for row in self.offices if row.village_id == village.pk]
        return (own or [row for row in self.offices if row.economy_id == village.economy_id])[0]

    def render(self, template: str, context: dict, status: int = 200, *, at: Village | None = None) -> HttpResponse:
        """A page of the office, in its frame. ``at``: moments are shown as this village's clocks show them."""
        here = self.request.path
        tabs = [
            (_("Applications"), reverse("officer:home")),
            (_("Workshops"), reverse("officer:workshops")),
            (_("List for a maker"), reverse("officer:start")),
        ]
        frame = {
            "office": {
                "titles": [row.title for row in self.offices],
                "tabs": [{"label": label, "url": url, "current": url == here} for label, url in tabs],
            }
        }
        with timezone.override(clock_of(at) if at else None):
            return render(self.request, f"storefront/officer/{template}.html", frame | context, status=status)


def officer_view(view: Callable) -> Callable:
    """``view(office, …)`` for whoever holds an office now; others sign in, or are told what this is (403)."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request, "officer:home")
        rows = Officer.objects.of(request.user).select_related("village__economy", "economy", "user").order_by("pk")
        offices = tuple(rows)
        if not offices:
            return render(request, "storefront/officer/not_an_officer.html", status=403)
        return view(Office(request, offices), *args, **kwargs)

    return wrapper
