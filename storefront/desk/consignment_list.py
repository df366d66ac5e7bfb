"""The list of consignments: by what is due, by state, by number."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.fulfilment.conversations import asked
from marketplace.fulfilment.deadlines import Due, is_due, today_at
from marketplace.fulfilment.models import Consignment
from marketplace.workshops.models import Right
from storefront.desk.describe import describe_consignment
from storefront.desk.fields import clean_words
from storefront.desk.scope import Desk, desk_view
from storefront.paging import describe_paging

State = Consignment.State
OPEN = (State.PLACED, State.PACKED)
PER_PAGE = 20
# Nobody pages further; what is older is found by its number. So a page costs the same in a workshop of many years.
MOST_PAGES = 50
ASKED, NEWEST = "asked", "newest"
LONGEST_NUMBER = 40


class ShortPaginator(Paginator):
    """Counts no further than it shows."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: PER_PAGE * MOST_PAGES].count()


@require_safe
@desk_view(needs=Right.PACK)
def listing(desk: Desk) -> HttpResponse:
    """Parameters: ``state``, ``due`` (late, today, week, later, asked), ``sort`` (newest; else what is due first), and
    ``q`` (a number).

    What a parameter says wrongly does not count.
    """
    chosen = _chosen(desk)
    today = today_at(desk.workshop.village)
    rows = _sorted(_filtered(desk.consignments(), chosen, today), chosen)
    page = ShortPaginator(rows, PER_PAGE).get_page(desk.request.GET.get("page"))
    context = {
        "consignments": [describe_consignment(row, desk, today) for row in page],
        "filters": _filters(desk, chosen, today),
        "sorts": _sorts(desk, chosen),
        "q": chosen["q"],
        "paging": describe_paging(page, desk.request),
    }
    return desk.render("consignments", context)


def _chosen(desk: Desk) -> dict[str, str]:
    known = {"state": set(State.values), "due": {*Due, ASKED}, "sort": {NEWEST}}
    given = desk.request.GET
    chosen = {name: given.get(name, "") if given.get(name) in values else "" for name, values in known.items()}
    return chosen | {"q": clean_words(given.get("q", ""), lines=False)[:LONGEST_NUMBER].upper()}


def _filtered(rows: QuerySet[Consignment], chosen: dict[str, str], today) -> QuerySet[Consignment]:
    if chosen["q"]:
        return rows.filter(number__startswith=chosen["q"])
    if chosen["state"]:
        rows = rows.filter(state=chosen["state"])
    if chosen["due"] == ASKED:
        return asked(rows)
    return rows.waiting().filter(is_due(Due(chosen["due"]), today)) if chosen["due"] else rows


def _sorted(rows: QuerySet[Consignment], chosen: dict[str, str]) -> QuerySet[Consignment]:
    waits = chosen["state"] in OPEN or (chosen["due"] and chosen["due"] != ASKED)
    if waits and chosen["sort"] != NEWEST:
        return rows.order_by(F("send_by").asc(nulls_last=True), "created_at", "pk")
    return rows.order_by("-created_at", "-pk")


def _filters(desk: Desk, chosen: dict[str, str], today) -> list[dict]:
    """What waits is counted; what is done has no number, since it only grows. One statement."""
    rows = Consignment.objects.filter(workshop=desk.workshop).payable().waiting().order_by()
    counts = rows.aggregate(
        **{due.value: Count("pk", filter=is_due(due, today)) for due in Due},
        placed=Count("pk", filter=Q(state=State.PLACED)),
        packed=Count("pk", filter=Q(state=State.PACKED)),
    )
    here, none = desk.url("consignments"), not (chosen["state"] or chosen["due"] or chosen["q"])
    found = [{"label": _("All"), "count": None, "url": here, "current": none}]
    for due in Due:
        if counts[due] or chosen["due"] == due:
            found.append(_filter(due.label, counts[due], f"{here}?due={due}", chosen["due"] == due))
    if chosen["due"] == ASKED:
        found.append(_filter(_("Buyers who wait for an answer"), None, f"{here}?due={ASKED}", True))
    for state in State:
        current = chosen["state"] == state
        count = counts.get(state.value)
        if count != 0 or current:
            found.append(_filter(state.label, count, f"{here}?state={state}", current))
    return found


def _filter(label, count: int | None, url: str, current: bool) -> dict:
    return {"label": label, "count": count, "url": url, "current": current}


def _sorts(desk: Desk, chosen: dict[str, str]) -> list[dict]:
    """Both orders, for a list of what still waits; elsewhere there is only one."""
    kept = "&".join(f"{name}={chosen[name]}" for name in ("state", "due") if chosen[name])
    if chosen["state"] not in OPEN and chosen["due"] in ("", ASKED):
        return []
    here = f"{desk.url('consignments')}?{kept}"
    return [
        {"label": _("What is due first"), "url": here, "current": chosen["sort"] != NEWEST},
        {"label": _("Newest first"), "url": f"{here}&sort={NEWEST}", "current": chosen["sort"] == NEWEST},
    ]
