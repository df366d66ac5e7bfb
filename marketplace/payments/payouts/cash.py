"""Money handed over in person: a receipt each, in the language of who gets it, to be signed and kept as evidence."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from marketplace import formats
from marketplace.money import format_money
from marketplace.payments.payouts.routes import BatchFile, File, FileRow, routes
from marketplace.trade.papers.canvas import Canvas

WIDTH, HEIGHT, EDGE = 148, 210, 14  # A5: two to a sheet
INNER = WIDTH - 2 * EDGE


@routes.register(
    "cash_receipt",
    title=gettext_lazy("Cash against a receipt"),
    says=gettext_lazy("Somebody of the shop hands you the money, and you sign for it."),
    evidence=True,
)
def cash_receipt(batch: BatchFile) -> File:
    """A page each with the amount, what it is for, and a line to sign on."""
    canvas = Canvas(WIDTH, HEIGHT, title=f"Receipts {batch.number}", on=batch.on)
    for row in batch.rows:
        canvas.page()
        with override(row.language):
            _receipt(canvas, batch, row)
    return File(canvas.file(), "pdf", "application/pdf")


def _receipt(canvas: Canvas, batch: BatchFile, row: FileRow) -> None:
    language = row.language
    canvas.text(EDGE, 22, _("Receipt"), 16, bold=True, language=language)
    y = canvas.block(EDGE, 27, INNER, f"{batch.shop} · {row.number}", 9, language=language) + 6
    values = {"name": row.holder, "for": row.name, "amount": format_money(row.net, language)}
    words = _("%(name)s, for %(for)s, has received in cash: %(amount)s") % values
    y = canvas.block(EDGE, y, INNER, words, 12, language=language) + 5
    if row.consignments:
        y = canvas.block(EDGE, y, INNER, _("For the consignments"), 8, language=language)
        y = canvas.block(EDGE, y, INNER, ", ".join(row.consignments), 9) + 6
    y = canvas.block(EDGE, y, INNER, _("Made out on %(day)s") % {"day": formats.day(batch.on)}, 9, language=language)
    for caption in (_("Place and date"), _("Signature of who received it"), _("Signature of who handed it over")):
        y += 18
        canvas.line(EDGE, y, EDGE + INNER, y)
        canvas.block(EDGE, y + 1.5, INNER, caption, 7.5, language=language)
