"""Sites of an agency: named, proved, looked at; and whether its cards are shown there alone."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace import formats
from marketplace.notices.models import Preference
from marketplace.notices.preferences import zones_of
from marketplace.partnerships import hosts, services
from marketplace.partnerships.host_names import follows, in_own_letters
from marketplace.partnerships.hosts import Refused
from marketplace.partnerships.models import AgencyHost, Part
from storefront.agency.forms import HostForm
from storefront.agency.people import either
from storefront.agency.scope import AgencyDesk, agency_view


@either
@agency_view(needs=Part.EDIT)
def listing(desk: AgencyDesk) -> HttpResponse:
    """All sites, and a form for one more."""
    form = HostForm(desk.request.POST if desk.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = hosts.add(agency=desk.agency, host=form.cleaned_data["host"], by=desk.request.user)
        except Refused as problem:
            form.add_error(problem.field or None, str(problem))
        else:
            if follows(form.cleaned_data["host"]):
                messages.info(desk.request, _("We took the host alone: %(host)s") % {"host": row.host})
            return redirect(desk.url("site", pk=row.pk))
    rows = list(desk.hosts())
    context = {
        "form": form,
        "sites": _describe_all(desk, rows),
        "partners_only": desk.agency.partners_only,
        "proven": [row.host for row in rows if row.is_proven],
    }
    return desk.render("sites", context, status=400 if form.errors else 200)


@either
@agency_view(needs=Part.EDIT)
def site(desk: AgencyDesk, pk: int) -> HttpResponse:
    """What to write where, and what the last look found. A POST looks now: it may take a quarter of a minute."""
    row = desk.host(pk)
    if desk.request.method == "POST":
        return _look(desk, row)
    context = {
        "site": _describe(desk, row),
        "write": hosts.what_to_write(row),
        "shared": hosts.shared_domain(row.host),
    }
    return desk.render("site", context)


def _look(desk: AgencyDesk, row: AgencyHost) -> HttpResponse:
    try:
        row = hosts.look(agency=desk.agency, host=row, by=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    except AgencyHost.DoesNotExist:
        return redirect(desk.url("sites"))
    else:
        if row.is_proven:
            messages.success(desk.request, _("%(host)s is proved.") % {"host": row.host})
        else:
            # What was found stands on the page itself.
            messages.info(desk.request, _("We have looked: it is not proved yet."))
    return redirect(desk.url("site", pk=row.pk))


@either
@agency_view(needs=Part.EDIT)
def remove(desk: AgencyDesk, pk: int) -> HttpResponse:
    """GET asks, a POST does it."""
    row = desk.host(pk)
    if desk.request.method != "POST":
        last = desk.agency.partners_only and row.is_proven
        return desk.render("site_remove", {"site": _describe(desk, row), "last": last})
    try:
        hosts.remove(agency=desk.agency, host=row, by=desk.request.user)
        messages.success(desk.request, _("%(host)s is removed.") % {"host": row.host})
    except AgencyHost.DoesNotExist:
        pass  # it was pressed twice
    except Refused as problem:
        messages.error(desk.request, str(problem))
    return redirect(desk.url("sites"))


@require_POST
@agency_view(needs=Part.EDIT)
def partners_only(desk: AgencyDesk) -> HttpResponse:
    """The switch: with ``only`` set, cards with this agency's code are shown on its proven sites and nowhere else."""
    value = desk.request.POST.get("only") == "yes"
    try:
        services.set_partners_only(agency=desk.agency, value=value, by=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    else:
        only = _("Saved. Your cards are shown on your proved sites alone.")
        messages.success(desk.request, only if value else _("Saved. Your cards are shown on every site."))
    return redirect(desk.url("sites"))


def _describe(desk: AgencyDesk, row: AgencyHost) -> dict:
    return _describe_all(desk, [row])[0]


def _describe_all(desk: AgencyDesk, rows: list[AgencyHost]) -> list[dict]:
    """In the time zone of the reader: the one she chose, else her agency's economy's."""
    with timezone.override(_zone(desk)):
        return [_words_of(desk, row) for row in rows]


def _zone(desk: AgencyDesk) -> str:
    chosen = Preference.objects.filter(user=desk.request.user).values_list("time_zone", flat=True).first()
    return chosen or next(iter(zones_of(desk.agency.economy_id)), settings.TIME_ZONE)


def _words_of(desk: AgencyDesk, row: AgencyHost) -> dict:
    ends = hosts.ends_at(row)
    return {
        "pk": row.pk,
        "host": row.host,
        "letters": in_own_letters(row.host),
        "url": desk.url("site", pk=row.pk),
        "proven": row.is_proven,
        "wrapper": hosts.is_wrapper(row.host),
        "proof": row.get_proof_display() if row.is_proven else "",
        "since": formats.day(row.proven_at) if row.proven_at else "",
        "found": hosts.say_each(row),
        "looked": formats.moment(row.looked_at) if row.looked_at else "",
        "ends": formats.day(ends) if ends else "",
    }
