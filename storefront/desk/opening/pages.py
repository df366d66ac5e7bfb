"""The screens before there is a workshop: what it costs, contact, code, the group, its village."""

from collections.abc import Callable
from functools import wraps
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.notices.codes import TooMany
from marketplace.workshops import opening
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Application
from storefront.desk.how_paid import choose_economy, describe_economy
from storefront.desk.opening import entering
from storefront.desk.opening.costs import describe_costs
from storefront.desk.opening.forms import CodeForm, ContactForm, GroupForm, VillageForm
from storefront.desk.opening.villages import find_villages, village_of

either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """For everybody, the same for everybody: what it costs, how one is paid, what one needs, what happens next."""
    economies, chosen = choose_economy(request.GET.get("economy", ""))
    today = timezone.localdate()
    context = {
        "economies": economies,
        "chosen": describe_economy(chosen, today) | {"code": chosen.pk} if chosen else None,
        "costs": describe_costs(chosen, today) if chosen else None,
        "here": reverse("desk:open"),
    }
    return render(request, "storefront/desk/opening.html", context)


@never_cache
@either
def contact(request: HttpRequest) -> HttpResponse:
    """The first question. Who is signed in already goes on."""
    if "economy" in request.GET:  # she comes from the public page
        economy = choose_economy(request.GET["economy"])[1]
        entering.keep(request, economy=economy.pk if economy else "", then="")
    way = entering.way_of(request)
    if request.user.is_authenticated:
        return redirect(entering.after(way))
    form = ContactForm(request.POST or None, economy=way.economy, initial={"contact": way.contact})
    if request.method == "POST" and form.is_valid():
        try:
            entering.send(request, form.cleaned_data["contact"])
        except TooMany as problem:
            return _step(request, "contact", form, 1, status=429, wait=problem.seconds)
        return redirect("desk:open-code")
    return _step(request, "contact", form, 1)


@never_cache
@either
def code(request: HttpRequest) -> HttpResponse:
    """The code from the message; a POST with ``again`` sends another one."""
    way = entering.way_of(request)
    if request.user.is_authenticated:
        return redirect(entering.after(way))
    if way.sent_to is None:
        return redirect("desk:open-contact")
    again = "again" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not again else None)
    context = {"sent_to": way.contact}
    try:
        if again:
            entering.send(request, way.sent_to)
            messages.success(request, _("A new code is on its way."))
            return redirect("desk:open-code")
        if form.is_bound and form.is_valid():
            if entering.enter(request, form.cleaned_data["code"]):
                return redirect(entering.after(way))
            form.add_error("code", _("This is not the code, or it is too old. You can ask for a new one."))
    except TooMany as problem:
        return _step(request, "code", form, 2, context, status=429, wait=problem.seconds)
    except entering.NeedsPassword:
        form.add_error(None, _("Please sign in to this account with its password."))
    return _step(request, "code", form, 2, context)


def signed_in(view: Callable) -> Callable:
    """For whoever has an account; others begin with the first question."""

    @never_cache
    @either
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        return view(request) if request.user.is_authenticated else redirect("desk:open-contact")

    return wrapper


@signed_in
def group(request: HttpRequest) -> HttpResponse:
    """Name, kind, and who answers for it. What was typed before stands there again, on any telephone of hers."""
    open_one = _open_one(request)
    if request.method == "POST":
        form = GroupForm(request.POST)
        if form.is_valid():
            about = opening.About(
                **{name: form.cleaned_data[name] for name in ("name", "kind", "person")}, language=get_language()
            )
            row = opening.note_down(user=request.user, key=form.cleaned_data["key"], about=about)
            return redirect(_of_sent(row) if row.sent_at else reverse("desk:open-village"))
        return _step(request, "group", form, 3)
    known = (
        {"name": open_one.name, "kind": open_one.kind, "person": open_one.person, "key": open_one.key}
        if open_one
        else {"person": request.user.get_full_name(), "key": uuid4()}
    )
    return _step(request, "group", GroupForm(initial=known), 3)


@signed_in
def village(request: HttpRequest) -> HttpResponse:
    """The village from the register; the last answer makes the workshop."""
    row = _open_one(request, request.POST.get("key", ""))
    if row is None:
        return redirect("desk:open-group")
    if row.sent_at:
        return redirect(_of_sent(row))
    given = request.POST if request.method == "POST" else request.GET
    economies, economy = choose_economy(given.get("economy", "") or entering.way_of(request).economy)
    if economy is not None:
        entering.keep(request, economy=economy.pk)
    place = economy.pk if economy else ""
    asked = given.get("q", "")[:100]
    found = find_villages(language=get_language(), economy=place, asked=asked)
    form = VillageForm(
        request.POST if request.method == "POST" else None,
        choices=[(str(one.id), one.name) for one in found.places],
        known=lambda pk: village_of(place, pk),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = opening.apply(
                application=row,
                village=form.cleaned_data["village"],
                economy=economy,
                village_asked=form.cleaned_data["village_asked"],
            )
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            entering.forget(request)
            return redirect("desk:workshop", workshop=made.slug) if made else redirect("desk:open-waiting")
    context = {"application": row, "economies": economies, "economy": place, "asked": asked, "found": found}
    return _step(request, "village", form, 4, context)


@signed_in
def waiting(request: HttpRequest) -> HttpResponse:
    """Sent, but her village is not in the register yet."""
    rows = Application.objects.filter(user=request.user, sent_at__isnull=False, workshop=None)
    if not rows.exists():
        return redirect("desk:home")
    return render(request, "storefront/desk/opening_waiting.html", {"applications": rows})


def _open_one(request: HttpRequest, key: str = "") -> Application | None:
    """Her application of this key, else the last one that she has not sent yet."""
    rows = Application.objects.filter(user=request.user).select_related("workshop")
    named = next((row for row in rows if str(row.key) == key), None) if key else None
    return named or rows.filter(sent_at=None).first()


def _of_sent(row: Application) -> str:
    if row.workshop is None:
        return reverse("desk:open-waiting")
    return reverse("desk:workshop", kwargs={"workshop": row.workshop.slug})


def _step(
    request: HttpRequest, name: str, form, number: int, context: dict | None = None, *, status: int = 0, wait: int = 0
) -> HttpResponse:
    """One screen. ``wait``: seconds until this may be tried again."""
    minutes = -(-wait // 60)
    too_many = ngettext(
        "That was tried too often. Please wait %(minutes)s minute.",
        "That was tried too often. Please wait %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    frame = {
        "form": form,
        "number": number,
        "steps": 4,
        "too_many": too_many if wait else "",
        "joining": bool(entering.way_of(request).then),
    }
    status = status or (400 if form.errors else 200)
    response = render(request, f"storefront/desk/opening_{name}.html", frame | (context or {}), status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
