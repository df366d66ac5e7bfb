"""The kinds of notices about agencies. Values and keys as in kinds.py.

kind                    values                                                          told to
agency_applied          agency                                                          its owners
agency_decided          agency, stage (Agency.Stage), reason (Agency.Reason or ""),     its owners, and its contact
                        words (the shop's own or "")
seat_offered            agency, by (name)                                               the invited e-mail; url needed
seat_removed            agency                                                          who worked there
agency_site_missing     agency, host, ends (day, or "" when it has ended)               its owners and editors
words_there             agency, number                                                  its owners and editors
"""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace import formats
from marketplace.notices.words import Values, Words, notice
from marketplace.partnerships.models import Agency

Stage = Agency.Stage


@notice("agency_applied")
def agency_applied(values: Values) -> Words:
    return Words(
        _("We have what you wrote about %(agency)s") % values,
        _("The shop reads it and looks at your site. Then you hear from us again."),
        _("We have what you wrote"),
    )


@notice("agency_decided")
def agency_decided(values: Values) -> Words:
    """The shop's reason in the reader's language; its own words below, as they were written."""
    subjects = {
        Stage.OPEN: _("%(agency)s is open"),
        Stage.DECLINED: _("%(agency)s was not opened"),
        Stage.CLOSED: _("%(agency)s is closed"),
    }
    nexts = {
        Stage.OPEN: _("From now on your cards earn something for you. Your desk has all that you need."),
        Stage.DECLINED: _("If something has changed, you can ask again on your desk."),
        Stage.CLOSED: _("Your cards can still be read. They earn nothing new. What you earned is paid."),
    }
    stage = Stage(values["stage"])
    reason = values.get("reason", "")
    said = str(Agency.Reason(reason).label) if reason and reason != Agency.Reason.OTHER else ""
    return Words(
        subjects[stage] % values,
        "\n\n".join(filter(None, [said, values.get("words", ""), nexts[stage]])),
        _("News about your agency"),
    )


@notice("seat_offered")
def seat_offered(values: Values) -> Words:
    return Words(
        _("%(by)s invites you to work for %(agency)s") % values,
        _("Follow the link to say yes. It works once. If you do not know them, do nothing."),
        _("You are invited to an agency"),
    )


@notice("seat_removed", urgent=True)
def seat_removed(values: Values) -> Words:
    return Words(
        _("You no longer work for %(agency)s") % values,
        _("You cannot open its desk any more. If that is a mistake, ask one of its owners."),
        _("You no longer work for an agency"),
    )


@notice("agency_site_missing")
def agency_site_missing(values: Values) -> Words:
    short = _("News about one of your sites")
    if not values["ends"]:
        return Words(
            _("%(host)s does not count as your site any more") % values,
            _("For two weeks we did not find there what you wrote for us. Write it again, and choose “Look now” on your desk."),
            short,
        )
    last = formats.day(date.fromisoformat(values["ends"]))
    return Words(
        _("We do not find what you wrote for us at %(host)s") % values,
        _("Please write it there again. If it is still missing on %(day)s, the site does not count as yours any more.")
        % {"day": last},
        short,
    )


@notice("words_there")
def words_there(values: Values) -> Words:
    number = int(values["number"])
    said = ngettext(
        "A text that you asked for is there now.",
        "%(number)s texts that you asked for are there now.",
        number,
    )
    return Words(_("Words for %(agency)s") % values, said % {"number": number}, _("Words that you asked for are there"))
