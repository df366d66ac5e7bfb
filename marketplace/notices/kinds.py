"""The kinds of notices about people, workshops and security. Others: order_kinds.py, agency_kinds.py.

``values`` is kept as JSON: texts, numbers, dates as "YYYY-MM-DD", amounts as decimal texts ("380000"). Names and titles
stand in it as their owner wrote them. ``url`` of tell(): an address of this site without host and language, such as
"/desk/sao-mai/consignments/7/", or a whole address.

kind                    values                                                          told to
order_to_pack           consignment (id)                                                packers, owners [by signal]
order_not_to_pack       consignment (id), lines (ids), whole (bool)                     packers, owners [by signal]
deadline_tomorrow       consignment (its number), day                                   packers, owners
deadline_missed         consignment (its number), day                                   packers, owners
buyer_wrote             consignment (its number)                                        packers, owners
piece_sold_out          piece (title)                                                   listers, owners [by signal]
payout_sent             payout (its number), amount, currency                           book-keepers, owners [by signal]
payout_returned         payout (its number), amount, currency                           book-keepers, owners [by signal]
workshop_applied        workshop, village                                               officers of the area
workshop_decided        workshop, outcome (Decision.Outcome), reason (Decision.Reason), members, applicant
                        words (officer's own or ""), office (Officer.title)
invitation              workshop, by (name)                                             the invited contact; url needed
removed_from_workshop   workshop                                                        the removed member
handover_used           workshop, maker                                                 who helped, owners
consent_withdrawn       workshop, maker                                                 who helped, owners
import_finished         file, created, changed, refused (numbers)                       who imported
payout_account_changed  workshop, by (name), ending (last signs or "")                  owners, book-keepers [urgent]
password_changed        -                                                               all known addresses [urgent]
new_password            -                                                               who asked; url needed
no_password             -                                                               an address without an account

Codes are not kept as notices: see codes.py.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.notices import agency_kinds, order_kinds  # noqa: F401 - they register theirs
from marketplace.notices.words import Values, Words, notice
from marketplace.workshops.models import Decision

Outcome = Decision.Outcome


@notice("workshop_applied")
def workshop_applied(values: Values) -> Words:
    return Words(
        _("%(workshop)s asks to be opened") % values,
        _("%(workshop)s in %(village)s wants to sell. Please read what they wrote, and decide.") % values,
        _("A workshop waits for you"),
    )


@notice("workshop_decided")
def workshop_decided(values: Values) -> Words:
    """The officer's reason in the reader's language; her own words below, as she wrote them."""
    subjects = {
        Outcome.OPENED: _("%(workshop)s is open"),
        Outcome.ASKED: _("We need to know more about %(workshop)s"),
        Outcome.DECLINED: _("%(workshop)s was not opened"),
        Outcome.CLOSED: _("%(workshop)s is closed"),
    }
    nexts = {
        Outcome.OPENED: _("Buyers can see your pieces now."),
        Outcome.ASKED: _("Please answer on your desk. Then we look again."),
        Outcome.DECLINED: _("If something has changed, you can ask again on your desk."),
        Outcome.CLOSED: _("Buyers do not see your pieces any more. Orders that are paid stay, and so does your money."),
    }
    outcome = Outcome(values["outcome"])
    said = [str(Decision.Reason(values["reason"]).label), values.get("words", ""), nexts[outcome]]
    if values.get("office"):
        said.append(_("Decided by: %(office)s") % values)
    return Words(subjects[outcome] % values, "\n\n".join(filter(None, said)), _("News about your workshop"))


@notice("invitation")
def invitation(values: Values) -> Words:
    return Words(
        _("%(by)s invites you to work in %(workshop)s") % values,
        _("Follow the link to say yes. It works once. If you do not know them, do nothing."),
        _("You are invited to a workshop"),
    )


@notice("removed_from_workshop", urgent=True)
def removed_from_workshop(values: Values) -> Words:
    return Words(
        _("You no longer work in %(workshop)s") % values,
        _("You cannot open its desk any more. If that is a mistake, ask its owner."),
        _("You no longer work in a workshop"),
    )


@notice("handover_used")
def handover_used(values: Values) -> Words:
    return Words(
        _("%(maker)s has taken %(workshop)s over") % values,
        _("From now on she decides what is sold. Thank you for helping her."),
        _("A maker has taken her workshop over"),
    )


@notice("consent_withdrawn")
def consent_withdrawn(values: Values) -> Words:
    return Words(
        _("%(maker)s no longer agrees") % values,
        _("%(maker)s took back her consent for %(workshop)s. Her pieces are not shown until she agrees again.") % values,
        _("A consent was taken back"),
    )


@notice("import_finished")
def import_finished(values: Values) -> Words:
    return Words(
        _("Your file %(file)s is read") % values,
        _("New: %(created)s. Changed: %(changed)s. Cannot be used: %(refused)s.") % values,
        _("Your file is read"),
    )


# Security: at once, and to every address


@notice("payout_account_changed", urgent=True, everywhere=True)
def payout_account_changed(values: Values) -> Words:
    said = [_("%(by)s entered a new account for %(workshop)s.") % values]
    if values.get("ending"):
        said.append(_("It ends with %(ending)s.") % values)
    said.append(_("Nothing is paid to it before a second person has checked it. If this was not right, tell us at once."))
    return Words(
        _("Your money would go to a new account: %(workshop)s") % values,
        " ".join(said),
        _("A payout account was changed"),
    )


@notice("password_changed", urgent=True, everywhere=True)
def password_changed(values: Values) -> Words:
    return Words(
        _("Your password was changed"),
        _("If it was not you, set a new one and tell us at once."),
        _("Your account was changed"),
    )


@notice("new_password", urgent=True)
def new_password(values: Values) -> Words:
    return Words(
        _("Your new password for %(shop)s") % {"shop": settings.MARKETPLACE_SHOP_NAME},
        "\n\n".join(
            [
                _("If it was not you, do nothing: the old password stays."),
                _("Somebody, probably you, asked for a new password. Set it here:"),
            ]
        ),
        _("Your account"),
    )


@notice("no_password", urgent=True)
def no_password(values: Values) -> Words:
    return Words(
        _("Your new password for %(shop)s") % {"shop": settings.MARKETPLACE_SHOP_NAME},
        _("Somebody, probably you, asked for a new password. This address has none here. You can sign in with a code:"),
        _("Your account"),
    )
