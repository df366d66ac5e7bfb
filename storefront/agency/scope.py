"""Whose agency it is. Every page of the agencies' desk asks here, and here only, what it may read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr
from functools import partial, wraps
from typing import ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from marketplace.notices.people import name_of
from marketplace.partnerships.models import Agency, AgencyHost, ApiKey, Part, Seat
from storefront.agency.seats import seats_of
from storefront.agency.stage import describe_stage
from storefront.doors import Tab, describe_tabs, sign_in_first


@dataclass(frozen=True)
class AgencyDesk:
    """One agency's desk as one of its people uses it. Anything of another agency is missing here (404)."""

    request: HttpRequest
    agency: Agency
    seats: list[Seat] = field(default_factory=list)
    # The template around its pages.
    frame: ClassVar[str] = "storefront/agency/base.html"

    @property
    def seat(self) -> Seat:
        return next(row for row in self.seats if row.agency_id == self.agency.pk)

    def may(self, part: Part) -> bool:
        return self.seat.may(part)

    def people(self) -> QuerySet[Seat]:
        return self.agency.seats.select_related("user").order_by("-is_owner", "since", "pk")

    def hosts(self) -> QuerySet[AgencyHost]:
        return self.agency.hosts.order_by("host", "pk")

    def host(self, pk: int) -> AgencyHost:
        return get_object_or_404(self.hosts(), pk=pk)

    def keys(self) -> QuerySet[ApiKey]:
        return self.agency.api_keys.select_related("made_by").order_by("-made_at", "-pk")

    def url(self, name: str, **kwargs) -> str:
        return reverse(f"agency:{name}", kwargs={"agency": self.agency.code, **kwargs})

    def render(self, template: str, context: dict, status: int = 200) -> HttpResponse:
        """A page of this desk, in its frame."""
        frame = {
            "agency": {
                "code": self.agency.code,
                "name": self.agency.name,
                "tabs": self._tabs(),
                "stage": describe_stage(self.agency, home=self.request.path == self.url("agency")),
                "others": [
                    {"name": row.agency.name, "url": reverse("agency:agency", kwargs={"agency": row.agency.code})}
                    for row in self.seats
                    if row.agency_id != self.agency.pk
                ],
            },
            "shop_email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        }
        return render(self.request, f"storefront/agency/{template}.html", frame | context, status=status)

    def _tabs(self) -> list[dict]:
        tabs = [
            (Tab(_("Start"), self.url("agency"), home=True), None),
            (Tab(_("Cards"), self.url("cards")), Part.EDIT),
            (Tab(_("Sites"), self.url("sites")), Part.EDIT),
            (Tab(_("Statistics"), self.url("statistics")), None),
            (Tab(_("Money"), self.url("statements")), Part.BOOKS),
            (Tab(_("People"), self.url("people")), Part.OWN),
            (Tab(_("Settings"), self.url("details")), Part.OWN),
        ]
        return describe_tabs(self.request, (tab for tab, part in tabs if part is None or self.may(part)))


def seated(view: Callable) -> Callable:
    """``view(request, seats, …)`` for whoever works for an agency; others sign in, or are told what this is (403)."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request, "agency:home")
        seats = seats_of(request.user)
        if not seats:
            return render(request, "storefront/agency/not_seated.html", status=403)
        return view(request, seats, *args, **kwargs)

    return wrapper


def agency_view(view: Callable | None = None, *, needs: Part | None = None) -> Callable:
    """``view(desk, …)`` for whoever works for the agency of the address; any other agency is missing (404).

    ``needs``: the part without which a colleague is told whom to ask (403).
    """
    if view is None:
        return partial(agency_view, needs=needs)

    @seated
    @wraps(view)
    def wrapper(request: HttpRequest, seats: list[Seat], *args, agency: str, **kwargs) -> HttpResponse:
        own = next((row.agency for row in seats if row.agency.code == agency), None)
        if own is None:
            raise Http404
        desk = AgencyDesk(request, own, seats)
        if needs is not None and not desk.may(needs):
            rows = desk.people().filter(is_owner=True, user__is_active=True)
            context = {"part": needs.label, "owners": [name_of(row.user) for row in rows]}
            return desk.render("no_part", context, status=403)
        return view(desk, *args, **kwargs)

    return wrapper
