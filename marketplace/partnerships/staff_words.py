"""What staff read of an agency's wishes and of what was done: titles and words instead of the names in the database."""

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ModelLogEntry, Page

from catalogue.text import language_name
from marketplace.partnerships.models import Agency, AgencyHost, Part

PIECE, NO_THING = "product", ("map",)  # a map's number names an economy
LEFT_OUT = ("invitation", "erased", "key")


def things_of(subjects: Iterable[str]) -> dict[str, Model]:
    """Subject ("story-7") → its page or piece, without what is gone. At most two statements."""
    split = {subject: subject.rpartition("-") for subject in subjects}
    numbers = {subject: (kind, int(number)) for subject, (kind, _dash, number) in split.items() if number.isdigit()}
    pieces = {number for kind, number in numbers.values() if kind == PIECE}
    pages = {number for kind, number in numbers.values() if kind not in (PIECE, *NO_THING)}
    model = apps.get_model("catalogue", "Product")
    found = {True: model.objects.in_bulk(pieces), False: Page.objects.in_bulk(pages)}
    things = {
        subject: None if kind in NO_THING else found[kind == PIECE].get(number)
        for subject, (kind, number) in numbers.items()
    }
    return {subject: thing for subject, thing in things.items() if thing is not None}


def title_of(subject: str, thing: Model | None) -> str:
    """The title with the subject behind it, which stays the name for what has no page of its own or is gone."""
    return f"{thing} ({subject})" if thing is not None else subject


def link_to(subject: str, user) -> str:
    """The title, as a link to the screen where ``user`` may change it."""
    thing = things_of([subject]).get(subject)
    url = AdminURLFinder(user).get_edit_url(thing) if thing is not None else None
    title = title_of(subject, thing)
    return format_html('<a href="{}">{}</a>', url, title) if url else title


def say_acts(rows: Iterable[ModelLogEntry]) -> list[str]:
    """What the log knows of each act, in words. One statement, for the names of people."""
    rows = list(rows)
    people = get_user_model().objects.in_bulk({row.data["seat"] for row in rows if row.data.get("seat")})
    return [_say_act(row.data, people) for row in rows]


def _say_act(data: dict, people: dict) -> str:
    """The database sorts the names in its own way: here they come as in ``_labels``."""
    labels = _labels()
    known = [name for name in labels if name in data]
    said = []
    for name in [*known, *(name for name in data if name not in labels and name not in LEFT_OUT)]:
        if words := _value(name, data[name], people):
            said.append(_("%(name)s: %(value)s") % {"name": labels.get(name, name), "value": words})
    return "; ".join(said)


def _labels() -> dict[str, str]:
    return {
        "seat": _("Person"),
        "parts": _("Parts"),
        "before": _("Before"),
        "after": _("After"),
        "stage": _("Stage"),
        "reason": _("Reason"),
        "changed": _("Changed"),
        "value": _("Cards only on its proven sites"),
        "host": _("Host"),
        "proof": _("Proved"),
        "subject": _("Subject"),
        "language": _("Language"),
        "code": _("Code"),
        "prefix": _("Key"),
    }


def _value(name: str, value: object, people: dict) -> str:
    if name == "seat":
        person = people.get(value)
        return (person.get_full_name() or person.email) if person else ""
    if name == "value":
        return _("Yes") if value else _("No")
    if name == "changed":
        return ", ".join(str(Agency._meta.get_field(field).verbose_name) for field in value)
    if name == "language":
        return language_name(value)
    if name == "reason":
        return str(dict(Agency.Reason.choices).get(value, value))
    if isinstance(value, list):
        return "; ".join(str(dict(Part.choices).get(part, part)) for part in value)
    if name == "proof":
        return str(dict(AgencyHost.Proof.choices).get(value, value))
    return str(dict(Agency.Stage.choices).get(value, value)) if name in ("before", "stage") else str(value)
