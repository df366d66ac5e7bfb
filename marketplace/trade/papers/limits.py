"""Whether a parcel is small enough for a CN22. In doubt it is not: the CN23 is right for every parcel."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from django.utils.translation import gettext as _

from marketplace import formats
from marketplace.trade.papers.book import SDR, PaperBook
from marketplace.trade.papers.declaration import Declaration, Parcel
from marketplace.trade.papers.refusal import PaperProblem

CENT = Decimal("0.01")


def check_cn22(declaration: Declaration, book: PaperBook) -> list[PaperProblem]:
    """Each parcel beyond a limit of the form, with the limit; a missing weight is the group "weights" to name."""
    most_g = book.number("cn22-weight", declaration, "g")
    most_sdr = book.number("cn22-value", declaration, SDR)
    if most_g is None or most_sdr is None:
        text = _("The limits of the CN22 are not recorded, so this parcel needs a CN23.")
        return [PaperProblem("cn22", None, text, "cn23")]
    found = []
    for parcel in declaration.parcels:
        part = declaration.of(parcel)
        sentences = [*_weight(parcel, most_g), *_value(part, parcel, book, most_sdr)]
        found += [PaperProblem(name, None, text, "cn23") for name, text in sentences]
    return found


def _weight(parcel: Parcel, most_g: Decimal) -> Iterator[tuple[str, str]]:
    if parcel.gross_g and parcel.gross_g > most_g:
        text = _("Parcel %(parcel)s weighs %(weight)s g. A CN22 is for at most %(most)s g: it needs a CN23.")
        values = {"weight": formats.number(parcel.gross_g), "most": formats.number(most_g)}
        yield "gross_g", text % {"parcel": parcel.number, **values}


def _value(part: Declaration, parcel: Parcel, book: PaperBook, most_sdr: Decimal) -> Iterator[tuple[str, str]]:
    """``part``: what is in ``parcel``. Goods in several currencies, or in no parcel yet, are refused elsewhere."""
    if not part.lines or len({line.value.currency for line in part.lines}) > 1:
        return
    names = {"parcel": parcel.number, "most": formats.number(most_sdr)}
    in_sdr = book.to_sdr(part.value)
    if in_sdr is None:
        text = _(
            "Parcel %(parcel)s: without a rate of the special drawing right (SDR) nobody knows whether it is worth at most "
            "%(most)s SDR, the limit of a CN22. It needs a CN23."
        )
        yield "value", text % names
    elif in_sdr > most_sdr:
        # Just above the limit must not read like the limit.
        rounding = ROUND_UP if in_sdr - most_sdr < CENT else ROUND_HALF_UP
        text = _("Parcel %(parcel)s is worth %(value)s SDR. A CN22 is for at most %(most)s SDR: it needs a CN23.")
        yield "value", text % {**names, "value": formats.number(in_sdr.quantize(CENT, rounding))}
