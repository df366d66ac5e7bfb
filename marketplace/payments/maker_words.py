"""What a workshop reads about its consignments, in the active language. Neither the buyer nor other workshops stand in it."""

from collections.abc import Collection

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.fulfilment.models import Consignment


def to_pack(pk: int) -> tuple[str, str]:
    """(subject, text): a paid consignment is to be packed. Its link belongs below the text."""
    consignment = _consignment(pk)
    text = _text("mail_workshop", consignment, list(consignment.lines))
    return _("New consignment %(number)s to pack") % {"number": consignment.number}, text


def not_to_pack(pk: int, lines: Collection[int], *, whole: bool) -> tuple[str, str]:
    """(subject, text): these order lines (ids) must not be sent; ``whole``: nothing of it is left to send."""
    consignment = _consignment(pk)
    rows = list(consignment.order.lines.filter(pk__in=lines).order_by("pk"))
    text = _text("mail_workshop_cancelled", consignment, rows, whole=whole)
    return _("Please do not send: consignment %(number)s") % {"number": consignment.number}, text


def _consignment(pk: int) -> Consignment:
    return Consignment.objects.select_related("workshop", "order").get(pk=pk)


def _text(template: str, consignment: Consignment, lines: list, **context) -> str:
    context |= {"consignment": consignment, "lines": [_in_own_words(line) for line in lines]}
    return render_to_string(f"marketplace/payments/{template}.txt", context).strip()


def _in_own_words(line):
    """The order's line under the title that the maker gave the piece; the order has it in the buyer's language."""
    if line.product:
        line.title = line.product.own_title
    return line
