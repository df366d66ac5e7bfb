"""The kinds of notices about consignments, pieces and money. What their values hold: kinds.py."""

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.money import Money, format_money
from marketplace.notices.words import Values, Words, notice
from marketplace.payments import maker_words


@notice("order_to_pack")
def order_to_pack(values: Values) -> Words | None:
    subject, text = maker_words.to_pack(values["consignment"])
    return Words(subject, text, _("1 new order"))


@notice("order_not_to_pack", urgent=True)
def order_not_to_pack(values: Values) -> Words | None:
    """At any hour: what is sent by mistake does not come back."""
    subject, text = maker_words.not_to_pack(values["consignment"], values["lines"], whole=values["whole"])
    return Words(subject, text, _("An order was cancelled"))


@notice("deadline_tomorrow")
def deadline_tomorrow(values: Values) -> Words:
    return Words(
        _("Please send consignment %(consignment)s by %(day)s") % _with_day(values),
        _("The buyer was promised this day. If you cannot make it, say so on your desk: we tell the buyer."),
        _("A parcel is due tomorrow"),
    )


@notice("deadline_missed")
def deadline_missed(values: Values) -> Words:
    return Words(
        _("Consignment %(consignment)s is late: it was promised for %(day)s") % _with_day(values),
        _("Please send it today, or write to the buyer when you can. She may cancel it now."),
        _("A parcel is late"),
    )


@notice("buyer_wrote")
def buyer_wrote(values: Values) -> Words:
    return Words(
        _("The buyer of consignment %(consignment)s wrote to you") % values,
        _("Read it on your desk, in your language and as it was written. You can answer there."),
        _("1 new message"),
    )


@notice("piece_sold_out")
def piece_sold_out(values: Values) -> Words:
    return Words(
        _("Sold out: %(piece)s") % values,
        _("Buyers cannot order it any more. When you have made more, change the number on your desk."),
        _("A piece is sold out"),
    )


@notice("payout_sent")
def payout_sent(values: Values) -> Words:
    return Words(
        _("%(amount)s is on its way to you") % _with_amount(values),
        _("It is payout %(payout)s. Your desk says what it is for.") % values,
        _("Money is on its way"),
    )


@notice("payout_returned")
def payout_returned(values: Values) -> Words:
    return Words(
        _("%(amount)s came back to us") % _with_amount(values),
        _("The bank could not pay out payout %(payout)s. Nothing is lost. Please check your account on your desk.")
        % values,
        _("A payout came back"),
    )


def _with_day(values: Values) -> dict:
    return {**values, "day": formats.day(date.fromisoformat(values["day"]), get_language())}


def _with_amount(values: Values) -> dict:
    amount = Money(Decimal(values["amount"]), values["currency"])
    return {**values, "amount": format_money(amount, get_language())}
