"""One workshop of the area: what its people said, who it may be twice, what was decided, and deciding."""

import uuid
from difflib import SequenceMatcher

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.text import language_name
from marketplace.notices.contacts import contacts_of
from marketplace.notices.people import name_of
from marketplace.workshops import deciding
from marketplace.workshops.deciding import LONGEST_WORDS, NEXT, REASONS, Outcome
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Member, Workshop
from storefront.desk.fields import Paragraphs, clean_words
from storefront.listing.refresh import once_at_the_end
from storefront.officer import telling
from storefront.officer.keys import key_of
from storefront.officer.scope import Office, officer_view
from storefront.officer.words import BUTTONS, DONE
from storefront.private_files import private_file_response

# How alike two names are, from 0 to 1, that an officer should look at twice.
ALIKE = 0.84
MOST_COMPARED = 2_000


class DecideForm(forms.Form):
    """One outcome with the reasons that go with it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason: the maker reads it in her language"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose a reason."),
            "invalid_choice": gettext_lazy("Please choose a reason."),
        },
    )
    words = Paragraphs(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("Please use at most %(limit_value)s letters.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of your words"), required=False)

    def __init__(self, outcome: str, *args, **kwargs) -> None:
        kwargs.setdefault("initial", {"language": get_language()})
        super().__init__(*args, label_suffix="", auto_id=f"id_{outcome}_%s", **kwargs)
        self.outcome, self.button = outcome, BUTTONS[outcome]
        self.fields["reason"].choices = [(row.value, row.label) for row in REASONS[outcome]]
        self.fields["language"].choices = [(code, language_name(code)) for code, _name in settings.LANGUAGES]


@require_http_methods(["GET", "HEAD", "POST"])
@officer_view
def page(office: Office, slug: str) -> HttpResponse:
    """A POST decides ``outcome``; the same form sent twice decides once."""
    workshop = office.workshop(slug)
    if office.request.method != "POST":
        return _show(office, workshop)
    data = office.request.POST
    outcome, key, seen = data.get("outcome", ""), key_of(data), data.get("seen", "")
    if outcome not in Outcome.values or key is None or not (seen.isascii() and seen.isdigit() and len(seen) < 18):
        return HttpResponseBadRequest()
    form = DecideForm(outcome, data)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("reason", "words", "language")}
        try:
            _decide(office, workshop, outcome=outcome, key=key, seen=int(seen), **values)
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(office.request, str(DONE[outcome]))
            return redirect("officer:workshop", slug=workshop.slug)
    # As it is now: somebody may have been faster.
    return _show(office, office.workshop(slug), broken=form)


def _decide(office: Office, workshop: Workshop, **values) -> None:
    officer = office.officer_for(workshop.village)
    with once_at_the_end(), transaction.atomic():
        made = deciding.decide(workshop=workshop, officer=officer, **values)
        telling.decided(made)


@require_safe
@officer_view
def consent_file(office: Office, pk: int) -> HttpResponseBase:
    """The voice note or the photo of the signature."""
    consent = get_object_or_404(office.consents(), pk=pk)
    name = f"consent-{consent.assistance.workshop.slug}-{consent.pk}.{consent.file.name.rpartition('.')[2]}"
    return private_file_response(consent.file, filename=name, inline=True, request=office.request)


def _show(office: Office, workshop: Workshop, broken: DecideForm | None = None) -> HttpResponse:
    last = deciding.last_decision(workshop)
    forms_shown = [DecideForm(outcome) for outcome in NEXT[workshop.stage]]
    if broken is not None and broken.outcome in NEXT[workshop.stage]:
        forms_shown = [broken if row.outcome == broken.outcome else row for row in forms_shown]
    owners = Member.objects.filter(workshop=workshop, is_owner=True).select_related("user").order_by("pk")
    helped = workshop.assistances.select_related("officer", "cooperative").prefetch_related("consents")
    context = {
        "workshop": workshop,
        "language_name": language_name(workshop.source_language),
        "texts": workshop.texts.select_related("locale").order_by("pk"),
        "owners": [{"name": name_of(row.user), "contacts": contacts_of(row.user)} for row in owners],
        "notes": workshop.application_notes.select_related("by"),
        "alike": alike(office, workshop),
        "decisions": workshop.decisions.select_related("officer"),
        "assistances": helped,
        "helps_herself": helped.filter(officer__in=office.offices, ended_at=None).exists(),
        "pieces": workshop.partner.pieces.exclude(structure="child").order_by("-pk")[:24],
        "forms": forms_shown,
        "form": broken,
        "seen": last.pk if last else 0,
        "key": uuid.uuid4(),
    }
    return office.render("workshop", context, status=400 if broken is not None else 200, at=workshop.village)


def alike(office: Office, workshop: Workshop) -> list[dict]:
    """Workshops of her area that may be the same: of the same people, or of nearly the same name in the village."""
    users = Member.objects.filter(workshop=workshop).values("user")
    contact = Q(members__user__in=users)
    if workshop.contact:
        contact |= Q(contact__iexact=workshop.contact)
    others = office.workshops().exclude(pk=workshop.pk)
    same_people = {row.pk: row for row in others.filter(contact).distinct()}
    own = [_plain(row.name) for row in workshop.texts.all()]
    found = [{"row": row, "why": _("Same contact")} for row in same_people.values()]
    for row in others.filter(village=workshop.village).order_by("pk")[:MOST_COMPARED]:
        names = [_plain(text.name) for text in row.texts.all()]
        if row.pk not in same_people and any(_is_near(name, mine) for name in names for mine in own):
            found.append({"row": row, "why": _("Same name in the village")})
    return found


def _plain(name: str) -> str:
    return clean_words(name, lines=False).casefold()


def _is_near(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other)
    return bool(one and other) and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
