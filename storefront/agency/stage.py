"""Where an agency stands with the shop, in the reader's language: for the banner of its desk."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.partnerships.models import Agency

# For so long the desk tells that it was opened.
NEWS = timedelta(days=14)
Stage = Agency.Stage


def describe_stage(agency: Agency, *, home: bool) -> dict:
    """{"stage", "says", "reason", "words", "on"}; empty where there is nothing to tell. No statement.

    An open agency hears of it on its first page only (``home``), for two weeks.
    """
    if agency.is_open:
        fresh = agency.decided_at is not None and agency.decided_at > timezone.now() - NEWS
        if not (home and fresh):
            return {}
    told = agency.stage in (Stage.DECLINED, Stage.CLOSED)
    return {
        "stage": agency.stage,
        "says": _says(agency),
        "reason": agency.get_reason_display() if told and agency.reason != Agency.Reason.OTHER else "",
        "words": agency.words if told else "",
        "on": formats.day(agency.decided_at) if agency.decided_at else "",
        "may_answer": agency.stage == Stage.DECLINED,
    }


def _says(agency: Agency) -> str:
    return {
        Stage.APPLIED: _(
            "The shop reads what you wrote and looks at your site. It answers by e-mail, and here. You can look"
            " round and try cards already; they earn you something as soon as your agency is open."
        ),
        Stage.OPEN: _("Your agency is open. Cards with your code earn you something from now on."),
        Stage.DECLINED: _("Your agency was not opened. Your cards stay readable. They earn you nothing."),
        Stage.CLOSED: _("Your agency is closed. Your cards stay readable. They earn nothing new; what you earned is paid."),
    }[Stage(agency.stage)]
