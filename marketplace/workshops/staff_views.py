"""Staff's look at who did what for a workshop: decisions of officers, who listed for its maker, and what she agreed to."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View
from wagtail.admin.views.generic import EditView
from wagtail.admin.widgets.button import Button

from catalogue.text import language_name
from marketplace.workshops import assisting, hands
from marketplace.workshops.models import Assistance, Consent, Decision, Workshop

MAY_LOOK = "marketplace_workshops.change_workshop"


@dataclass(frozen=True)
class Deed:
    """One row. ``said``: more lines; ``consent``: what is offered for this one, empty where it is none."""

    at: datetime
    what: str
    by: str = ""
    said: list[str] = field(default_factory=list)
    consent: dict = field(default_factory=dict)


class WorkshopEditView(EditView):
    """Leads to who did what."""

    @property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("workshops:hands", args=[self.object.pk])
        return [*super().header_more_buttons, Button(_("Who did what"), url=url, icon_name="history", priority=30)]


class _StaffView(View):
    """``self.workshop`` for whoever may change workshops; for others the door is shut before anything is looked for."""

    def dispatch(self, request: HttpRequest, pk: int, **kwargs) -> HttpResponse:
        if not request.user.has_perm(MAY_LOOK):
            raise PermissionDenied
        self.workshop = get_object_or_404(Workshop, pk=pk)
        return super().dispatch(request, **kwargs)

    def consent(self, pk: int) -> Consent:
        rows = Consent.objects.select_related("assistance__workshop").filter(assistance__workshop=self.workshop)
        return get_object_or_404(rows, pk=pk)

    def page(self, name: str, **context) -> HttpResponse:
        known = {"workshop": self.workshop, "edit_url": reverse("workshops:edit", args=[self.workshop.pk])}
        known["hands_url"] = reverse("workshops:hands", args=[self.workshop.pk])
        return render(self.request, f"marketplace/workshops/{name}.html", known | context)


class HandsView(_StaffView):
    def get(self, request: HttpRequest) -> HttpResponse:
        decisions = self.workshop.decisions.select_related("officer__user")
        helps = self.workshop.assistances.select_related("workshop", "officer__user", "cooperative")
        deeds = [_of_decision(row) for row in decisions]
        for helped in helps.prefetch_related("consents__recorded_by", "codes__used_by", "cooperative__texts__locale"):
            deeds += self.of_help(helped)
        return self.page("hands", deeds=sorted(deeds, key=lambda deed: deed.at))

    def of_help(self, helped: Assistance) -> list[Deed]:
        helper, maker = hands.helper_name(helped), helped.maker_name
        person = f"{_name(helped.officer.user)} · {helper}" if helped.officer_id else helper
        deeds = [Deed(helped.since, _("Began to list for %(maker)s") % {"maker": maker}, person)]
        may_withdraw = assisting.may_withdraw(helped, self.request.user)
        for row in helped.consents.all():
            deeds += self.of_consent(row, may_withdraw)
        used = next((row for row in helped.codes.all() if row.used_at), None)
        if used:
            deeds.append(Deed(used.used_at, _("%(maker)s took the workshop over") % {"maker": maker}, _name(used.used_by)))
        elif helped.ended_at:
            deeds.append(Deed(helped.ended_at, _("Stopped listing for %(maker)s") % {"maker": maker}, person))
        return deeds

    def of_consent(self, row: Consent, may_withdraw: bool) -> list[Deed]:
        words = {"maker": row.maker_name}
        said = f"{row.get_kind_display()} · {language_name(row.language)} · {row.said_on.isoformat()}"
        offered = {"file_url": reverse("workshops:consent_file", args=[self.workshop.pk, row.pk])}
        if may_withdraw and not row.withdrawn_at:
            offered["withdraw_url"] = reverse("workshops:withdraw_consent", args=[self.workshop.pk, row.pk])
        recorded = _("Recorded that %(maker)s agrees") % words
        deeds = [Deed(row.recorded_at, recorded, _name(row.recorded_by), [said, *row.words.split("\n")], offered)]
        if row.withdrawn_at:
            deeds.append(Deed(row.withdrawn_at, _("%(maker)s no longer agrees") % words, "", [said]))
        return deeds


class ConsentFileView(_StaffView):
    """Her voice or signature, always for saving: nothing that somebody uploaded opens within the admin."""

    def get(self, request: HttpRequest, consent: int) -> FileResponse:
        row = self.consent(consent)
        ending = row.file.name.rpartition(".")[2]
        try:
            file = row.file.open("rb")
        except FileNotFoundError as problem:
            raise Http404 from problem
        name = f"consent-{self.workshop.slug}-{row.pk}.{ending}"
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(file, as_attachment=True, filename=name, headers=headers)


class WithdrawView(_StaffView):
    """GET asks; a POST takes the consent back and the pieces out of the shop."""

    def get(self, request: HttpRequest, consent: int) -> HttpResponse:
        row = self.consent(consent)
        if not assisting.may_withdraw(row.assistance, request.user):
            raise PermissionDenied
        if row.withdrawn_at:
            return redirect("workshops:hands", self.workshop.pk)
        return self.page("withdraw_consent", consent=row)

    def post(self, request: HttpRequest, consent: int) -> HttpResponse:
        try:
            assisting.withdraw_consent(consent=self.consent(consent), user=request.user)
        except LookupError:
            raise PermissionDenied from None
        messages.success(request, _("The consent is taken back. Her pieces are out of the shop."))
        return redirect("workshops:hands", self.workshop.pk)


def _of_decision(row: Decision) -> Deed:
    said = [row.get_reason_display(), *filter(None, row.words.splitlines())]
    return Deed(row.decided_at, row.get_outcome_display(), f"{_name(row.officer.user)} · {row.officer.title}", said)


def _name(user) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
