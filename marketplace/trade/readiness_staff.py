"""The staff's readiness matrix: every piece, where it can go, what it lacks; and one piece in full."""

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from catalogue.models import Product
from catalogue.staff import IndexView, column
from marketplace.economies.markets import markets_on_offer
from marketplace.economies.names import economy_name
from marketplace.trade.hs import contradiction, hs_lines
from marketplace.trade.hs_services import confirm_code
from marketplace.trade.readiness import readiness_of
from marketplace.trade.readiness_facts import facts_of
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop

MAY_SEE, MAY_CONFIRM = "catalogue.view_product", "catalogue.change_product"
CLOSED, NEEDS, READY = "closed", "needs", "ready"


def open_places() -> list[tuple[str, str]]:
    """The shop's destinations as choices, by name in the active language."""
    codes = [offer.destination for offer in markets_on_offer(timezone.localdate())]
    return sorted(((code, economy_name(code)) for code in codes), key=lambda row: row[1])


class ReadinessFilters(WagtailFilterSet):
    workshop = django_filters.ModelChoiceFilter(
        field_name="partner__workshop",
        label=gettext_lazy("Workshop"),
        queryset=Workshop.objects.prefetch_related("texts__locale"),
    )
    # Which columns are asked of, not which pieces are listed.
    destination = django_filters.ChoiceFilter(
        label=gettext_lazy("Destination"), choices=open_places, method="keep_all"
    )

    class Meta:
        model = Product
        fields = ["workshop", "destination"]

    def keep_all(self, queryset, _name, _value):
        return queryset


class ReadinessIndexView(IndexView):
    """Pieces with the number of places where they are ready, and what keeps them from the others."""

    model = Product
    page_title = gettext_lazy("Export readiness")
    header_icon = "globe"
    index_url_name = "readiness:index"
    index_results_url_name = "readiness:index_results"
    filterset_class = ReadinessFilters
    search_fields = ["title", "upc", "texts__title"]
    search_backend_name = None
    default_ordering = "upc"
    any_permission_required = ["view", "change"]
    paginate_by = 25
    add_url = None

    def get_base_queryset(self):
        pieces = Product.objects.exclude(structure=Product.CHILD)
        return pieces.select_related("partner__workshop").prefetch_related("partner__workshop__texts__locale")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "title", label=_("Piece"), accessor=lambda row: row.title,
                get_url=lambda row: reverse("readiness:piece", args=[row.pk]),
            ),
            column("upc", _("Code"), lambda row: row.upc or "", sort_key="upc"),
            column("workshop", _("Workshop"), lambda row: getattr(row.partner, "workshop", None) or ""),
            column("hs", _("HS code"), _hs_text, sort_key="hs_code"),
            column("ready", _("Ready"), lambda row: row.counts[READY]),
            column("needs", _("Needs something"), lambda row: row.counts[NEEDS]),
            column("closed", _("Not possible"), lambda row: row.counts[CLOSED]),
            column("lacks", _("What is missing"), lambda row: row.lacks),
        ]

    def get_edit_url(self, instance) -> None:
        return None

    def get_table(self, object_list):
        rows = list(object_list)
        chosen = self.request.GET.get("destination", "")
        places = [code for code, _name in open_places() if chosen in ("", code)]
        matrix = readiness_of(rows, places, on=timezone.localdate())
        for row in rows:
            row.counts, row.lacks = summary(matrix[row.pk])
        return super().get_table(rows)


def summary(places: dict[str, list]) -> tuple[dict[str, int], str]:
    """How many places are ready, need something, are closed; and the sentences of what stops, the most frequent first."""
    counts = {READY: 0, NEEDS: 0, CLOSED: 0}
    sentences: dict[str, int] = {}
    for found in places.values():
        stops = [row for row in found if row.stops]
        counts[CLOSED if any(row.final for row in stops) else NEEDS if stops else READY] += 1
        for text in {row.text for row in stops}:
            sentences[text] = sentences.get(text, 0) + 1
    most = sorted(sentences, key=lambda text: (-sentences[text], text))
    shown = " ".join(most[:2])
    rest = len(most) - 2
    if rest > 0:
        shown += " " + ngettext("And %(rest)s more.", "And %(rest)s more.", rest) % {"rest": rest}
    return counts, shown


def _hs_text(row: Product) -> str:
    if not row.hs_code:
        return ""
    state = _("confirmed") if row.hs_confirmed == row.hs_code else _("chosen by the maker")
    return f"{row.hs_code} ({state})"


class PieceView(WagtailAdminTemplateMixin, TemplateView):
    """One piece against every open destination; a POST confirms its HS code or puts another."""

    template_name = "marketplace/trade/readiness_piece.html"
    page_title = gettext_lazy("Export readiness")
    header_icon = "globe"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE if request.method == "GET" else MAY_CONFIRM):
            raise PermissionDenied
        self.piece = get_object_or_404(Product.objects.exclude(structure=Product.CHILD), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.piece.title

    def get_breadcrumbs_items(self) -> list[dict]:
        index = {"url": reverse("readiness:index"), "label": _("Export readiness")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.piece.title}]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            piece = confirm_code(product=self.piece, code=request.POST.get("code", "")[:16], user=request.user)
        except Refused as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("HS code %(code)s is confirmed.") % {"code": piece.hs_code})
        return redirect("readiness:piece", pk=pk)

    def get_context_data(self, **kwargs) -> dict:
        places = open_places()
        found = readiness_of([self.piece], [code for code, _name in places], on=timezone.localdate())[self.piece.pk]
        facts = facts_of([self.piece])[self.piece.pk]
        line = hs_lines().get(facts.hs_code[:6])
        return super().get_context_data(**kwargs) | {
            "piece": self.piece,
            "facts": facts,
            "hs_covers": line.covers if line else "",
            "doubt": contradiction(facts.hs_code, facts.materials),
            "decisions": self.piece.hs_decisions.select_related("by")[:10],
            "places": _alike(places, found),
            "may_confirm": self.request.user.has_perm(MAY_CONFIRM),
        }


def _alike(places: list[tuple[str, str]], found: dict[str, list]) -> list[dict]:
    """Places with the same findings in one row."""
    rows: dict[tuple, dict] = {}
    for code, name in places:
        key = tuple((row.rule, row.code, row.field, row.severity) for row in found[code])
        rows.setdefault(key, {"names": [], "findings": found[code]})["names"].append(name)
    return [{"name": ", ".join(row["names"]), "findings": row["findings"]} for row in rows.values()]


class ReadinessMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_SEE)


class ReadinessViewSet(ViewSet):
    name = "readiness"
    icon = "globe"
    menu_label = gettext_lazy("Export readiness")
    menu_item_class = ReadinessMenuItem

    def get_urlpatterns(self) -> list:
        results = {"results_only": True}
        return [
            path("", ReadinessIndexView.as_view(), name="index"),
            path("results/", ReadinessIndexView.as_view(**results), name="index_results"),
            path("<int:pk>/", PieceView.as_view(), name="piece"),
        ]
