"""Who works in a workshop: the owners see all of them, invite, change tasks and remove; everybody may leave."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.text import language_name
from marketplace import formats
from marketplace.notices.contacts import Contact, contacts_of
from marketplace.notices.people import name_of
from marketplace.notices.services import tell, tell_contact
from marketplace.workshops.details import Refused
from marketplace.workshops.membership import members
from marketplace.workshops.models import Invitation, Member, Right
from storefront.desk.again import ask_again
from storefront.desk.member_forms import InviteForm, TasksForm
from storefront.desk.scope import Desk, desk_view
from storefront.qr import qr_svg

either = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@desk_view(needs=Right.OWN)
def listing(desk: Desk) -> HttpResponse:
    """Who works here with which tasks, and who is invited."""
    rows = desk.workshop.members.select_related("user").order_by("-is_owner", "since", "pk")
    return desk.render(
        "members",
        {"members": [_describe(row, desk) for row in rows], "invitations": [_invited(row, desk) for row in _waiting(desk)]},
    )


@either
@desk_view(needs=Right.OWN)
def invite(desk: Desk) -> HttpResponse:
    if desk.request.method == "POST":
        return _invite(desk)
    return _invite_form(desk, InviteForm(economy=_economy(desk), initial={"language": desk.request.LANGUAGE_CODE}))


@ask_again
def _invite(desk: Desk) -> HttpResponse:
    form = InviteForm(desk.request.POST, economy=_economy(desk))
    if not form.is_valid():
        return _invite_form(desk, form)
    given = form.cleaned_data
    if given["contact"] in contacts_of(desk.request.user):
        form.add_error("contact", _("This is your own. Please give that of the person you invite."))
        return _invite_form(desk, form)
    try:
        with transaction.atomic():
            row, new = members.invite(
                desk.workshop,
                name=given["name"],
                contact=given["contact"].value,
                rights=given["rights"],
                language=given["language"],
                by=desk.request.user,
            )
            if new:
                _send(desk, row, given["contact"])
    except Refused as problem:
        form.add_error(problem.field or None, str(problem))
        return _invite_form(desk, form)
    return redirect(desk.url("invitation", pk=row.pk))


@either
@desk_view(needs=Right.OWN)
def invitation(desk: Desk, pk: int) -> HttpResponse:
    """The link to show in person: to scan, to read, to copy. A POST withdraws it."""
    row = get_object_or_404(_waiting(desk), pk=pk)
    if desk.request.method == "POST":
        try:
            members.withdraw(desk.workshop, row, by=desk.request.user)
            messages.success(desk.request, _("The invitation is taken back. Its link opens nothing any more."))
        except Refused as problem:
            messages.error(desk.request, str(problem))
        return redirect(desk.url("members"))
    token = members.token_of(row)
    link = f"{settings.SITE_URL}/{row.language}{_path(token)}" if token else ""
    return desk.render("members_invitation", {"invited": _invited(row, desk), "link": link, "qr": qr_svg(link) if link else ""})


@either
@desk_view(needs=Right.OWN)
def person(desk: Desk, pk: int) -> HttpResponse:
    """One member's tasks."""
    row = get_object_or_404(desk.workshop.members.select_related("user"), pk=pk)
    if desk.request.method == "POST":
        return _change(desk, row)
    return _person_form(desk, row, TasksForm(initial={"rights": [right.value for right in row.rights]}))


@ask_again
def _change(desk: Desk, row: Member) -> HttpResponse:
    form = TasksForm(desk.request.POST)
    if form.is_valid():
        try:
            members.change(desk.workshop, row, parts=form.cleaned_data["rights"], by=desk.request.user)
        except Refused as problem:
            form.add_error("rights", str(problem))
        else:
            messages.success(desk.request, _("Saved. It holds from now on."))
            return redirect(desk.url("members") if row.user != desk.request.user else desk.url("workshop"))
    return _person_form(desk, row, form)


@either
@desk_view(needs=Right.OWN)
def remove(desk: Desk, pk: int) -> HttpResponse:
    """GET asks, a POST does it: she is out with her next request, and hears of it."""
    row = get_object_or_404(desk.workshop.members.select_related("user"), pk=pk)
    if desk.request.method == "POST":
        return _remove(desk, row)
    return desk.render("members_sure", {"member": _describe(row, desk), "leaving": False})


@ask_again
def _remove(desk: Desk, row: Member) -> HttpResponse:
    try:
        with transaction.atomic():
            members.remove(desk.workshop, row, by=desk.request.user)
            tell(
                user=row.user,
                kind="removed_from_workshop",
                key=str(row.pk),
                values={"workshop": str(desk.workshop)},
                language=desk.workshop.source_language,
            )
    except Refused as problem:
        messages.error(desk.request, str(problem))
        return redirect(desk.url("workshop"))
    messages.success(desk.request, _("%(name)s does not work here any more.") % {"name": _name(row)})
    return redirect(desk.url("members") if row.user != desk.request.user else reverse("desk:home"))


@either
@desk_view
def leave(desk: Desk) -> HttpResponse:
    """GET asks, a POST does it. Who only lists for the maker has nothing to leave here."""
    row = get_object_or_404(desk.workshop.members.select_related("user"), user=desk.request.user)
    if desk.request.method != "POST":
        return desk.render("members_sure", {"member": _describe(row, desk), "leaving": True})
    try:
        members.leave(desk.workshop, user=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
        return redirect(desk.url("workshop"))
    messages.success(desk.request, _("You have left %(workshop)s.") % {"workshop": desk.workshop})
    return redirect("desk:home")


def _send(desk: Desk, row: Invitation, contact: Contact) -> None:
    user = desk.request.user
    tell_contact(
        contact=contact,
        language=row.language,
        kind="invitation",
        key=str(row.pk),
        values={"workshop": str(desk.workshop), "by": user.get_full_name() or str(desk.workshop)},
        url=_path(members.token_of(row)),
    )


def _path(token: str) -> str:
    """Without a language, as notices want it."""
    return f"/desk/join/{token}/"


def _economy(desk: Desk) -> str:
    return desk.workshop.village.economy_id


def _waiting(desk: Desk):
    rows = Invitation.objects.filter(workshop=desk.workshop, accepted_at=None, withdrawn_at=None)
    return rows.filter(expires_at__gt=timezone.now()).order_by("-made_at", "-pk")


def _invite_form(desk: Desk, form: InviteForm) -> HttpResponse:
    return desk.render("members_invite", {"form": form}, status=400 if form.errors else 200)


def _person_form(desk: Desk, row: Member, form: TasksForm) -> HttpResponse:
    return desk.render("members_person", {"form": form, "member": _describe(row, desk)}, status=400 if form.errors else 200)


def _describe(row: Member, desk: Desk) -> dict:
    return {
        "pk": row.pk,
        "name": _name(row),
        "tasks": _tasks(row),
        "since": formats.day(row.since),
        "you": row.user_id == desk.request.user.pk,
        "active": row.user.is_active,
    }


def _invited(row: Invitation, desk: Desk) -> dict:
    return {
        "pk": row.pk,
        "name": row.name,
        "contact": row.contact,
        "tasks": _tasks(row),
        "until": formats.day(row.expires_at),
        "language": language_name(row.language),
    }


def _tasks(row: Member | Invitation) -> list[dict]:
    return [{"key": right.value, "label": right.label} for right in row.rights]


def _name(row: Member) -> str:
    return row.user.get_full_name() or row.user.email or name_of(row.user)
