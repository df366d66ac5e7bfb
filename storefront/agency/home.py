"""The first page of an agency's desk: what is to be done next, and the numbers of the last thirty days."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from marketplace import formats
from marketplace.partnerships import counting
from marketplace.partnerships.models import Agency, Part, Seat
from marketplace.payments.payouts.agency_statements import orders_of
from marketplace.payments.payouts.payees import payee_of, waiting_payee_of
from storefront.agency.scope import AgencyDesk, agency_view, seated
from storefront.agency.statistics import days_of, given_back
from storefront.agency.wishes import describe_wishes

# For so long the desk tells that words are there.
NEWS = timedelta(days=21)


@dataclass(frozen=True)
class Step:
    """One thing to do. ``done``: it stays in sight, ticked off, until all of the first steps are."""

    text: str
    button: str
    url: str
    done: bool = False


@require_safe
@seated
def home(request: HttpRequest, seats: list[Seat]) -> HttpResponse:
    """The desk of the only agency, or a choice of several."""
    if len(seats) == 1:
        return redirect("agency:agency", agency=seats[0].agency.code)
    rows = [
        {
            "name": row.agency.name,
            "url": reverse("agency:agency", kwargs={"agency": row.agency.code}),
            "stage": "" if row.agency.is_open else row.agency.get_stage_display(),
        }
        for row in seats
    ]
    return render(request, "storefront/agency/choose.html", {"agencies": rows})


@require_safe
@agency_view
def page(desk: AgencyDesk) -> HttpResponse:
    first, last = days_of("month")
    totals = counting.totals(desk.agency, first, last)
    days = orders_of(desk.agency, first, last)
    steps = _steps(desk)
    wishes = describe_wishes(desk.agency) if desk.may(Part.EDIT) else []
    context = {
        "steps": steps,
        "all_done": all(step.done for step in steps),
        "numbers": [
            (_("Cards seen"), formats.number(totals.views), ""),
            (_("Followed to the shop"), formats.number(totals.clicks), ""),
            (_("Orders"), formats.number(sum(row.orders for row in days)), given_back(sum(row.refunded for row in days))),
        ],
        "wishes": [_wish(desk, row) for row in wishes],
        "news": _news(desk),
        "may_edit": desk.may(Part.EDIT),
    }
    return desk.render("home", context)


def _steps(desk: AgencyDesk) -> list[Step]:
    """What this person can do. Proving a site is no duty, so it comes last."""
    agency, steps = desk.agency, []
    if desk.may(Part.EDIT):
        shown = agency.counts.filter(views__gt=0).exists()
        steps.append(Step(_("Make your first card and put it into a page."), _("Make a card"), desk.url("cards"), shown))
    if desk.may(Part.OWN) and agency.stage in (Agency.Stage.OPEN, Agency.Stage.CLOSED):
        known = bool(payee_of(agency, agency.currency) or waiting_payee_of(agency, agency.currency))
        text = _("Say where your money goes. Nothing is paid before.")
        steps.append(Step(text, pgettext("payee", "Where your money goes"), desk.url("payee"), known))
    if desk.may(Part.EDIT):
        proven = agency.hosts.filter(proven_at__isnull=False).exists()
        text = _("If you like: prove your site, and show cards there alone.")
        steps.append(Step(text, _("Prove a site"), desk.url("sites"), proven))
    return steps


def _news(desk: AgencyDesk) -> str:
    if not desk.may(Part.EDIT):
        return ""
    since = timezone.now() - NEWS
    number = desk.agency.words_asked.filter(answered_at__gte=since).count()
    return (
        ngettext(
            "%(number)s of your wishes for a language is fulfilled.",
            "%(number)s of your wishes for a language are fulfilled.",
            number,
        )
        % {"number": formats.number(number)}
        if number
        else ""
    )


def _wish(desk: AgencyDesk, row: dict) -> dict:
    where = desk.url("card", kind=row["kind"], pk=int(row["number"]))
    return row | {"url": f"{where}?language={row['code']}", "back_url": desk.url("wish-back", pk=row["pk"])}
