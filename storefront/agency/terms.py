"""The terms for agencies in plain words. Percent and days come from the data, never from here."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace import formats
from marketplace.partnerships.models import Agency, AgencyTerms
from marketplace.partnerships.services import terms_on


def describe_terms(agency: Agency | None = None) -> dict:
    """{"percent", "days", "says": [sentence, …]} of those that count today; ``says`` alone where nobody decided any."""
    row = terms_on(agency, timezone.localdate())
    if row is None:
        return {
            "percent": "",
            "says": [_("The shop has not decided yet what agencies earn. Ask before you count on anything."), *_for_all()],
        }
    return {"percent": _percent(row), "days": row.days, "says": [*_earned(row), *_for_all()]}


def _percent(row: AgencyTerms) -> str:
    return formats.exact(row.percent.normalize())


def _earned(row: AgencyTerms) -> list[str]:
    days = ngettext(
        "You earn %(percent)s %% of the price of the goods that a visitor buys within %(days)s day of following your card.",
        "You earn %(percent)s %% of the price of the goods that a visitor buys within %(days)s days of following your card.",
        row.days,
    )
    return [
        days % {"percent": _percent(row), "days": formats.number(row.days)},
        *_remembered(row),
        _("The shop pays it out of its own part. The maker and the village get what they would get without you."),
        _("Postage, taxes and duties earn nothing. What is given back to the buyer is taken off again."),
        _("What counts is agreed when the visitor comes. A later change of the terms does not touch it."),
        _("What people of your agency buy themselves earns nothing."),
    ]


def _remembered(row: AgencyTerms) -> list[str]:
    """The shop sets no cookie to know visitors again for longer than its sessions last (docs/attribution.md)."""
    session = settings.SESSION_COOKIE_AGE // 86_400
    if session >= row.days:
        return []
    text = _("A visitor without an account is known again for %(days)s days: no cookie is set to make it longer.")
    return [text % {"days": formats.number(session)}]


def _for_all() -> list[str]:
    return [
        _("Showing cards costs you nothing, and you may stop whenever you like."),
        _("Each card keeps its line with the shop’s name and the names of the makers."),
        _("Cards set no cookie on your visitors and need no banner. Links lead to the shop in a new tab."),
    ]
