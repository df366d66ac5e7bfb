"""Sizes and colours of a piece, all on one page."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from marketplace.economies.quote_rates import QuoteRates
from marketplace.money import Money, format_money
from marketplace.workshops import variants
from marketplace.workshops.details import MOST_IN_STOCK, Refused
from marketplace.workshops.models import Right
from storefront.desk.fields import WholeNumber, Words
from storefront.desk.forms import HEAVIEST_G
from storefront.desk.price_forms import price_field
from storefront.desk.scope import Desk, desk_view
from storefront.desk.what_i_receive import Calculator
from storefront.listing.refresh import once_at_the_end

# Empty rows to write in; "More rows" gives as many again.
EMPTY_ROWS = 3


class VariantRow(forms.Form):
    """One variant; a new row in which nothing stands is none."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    size = Words(label=gettext_lazy("Size"), max_length=80, required=False)
    colour = Words(label=gettext_lazy("Colour"), max_length=80, required=False)
    stock = WholeNumber(label=gettext_lazy("How many have you now?"), least=0, most=MOST_IN_STOCK, required=False)
    net_weight_g = WholeNumber(label=gettext_lazy("Weight in grams"), least=1, most=HEAVIEST_G, required=False)
    remove = forms.BooleanField(label=gettext_lazy("Leave this one out"), required=False)

    receives = ""  # a sentence: what she receives for one at the price that is kept

    def __init__(self, *args, piece: Product, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["price"] = price_field(required=False)
        self.fields["price"].help_text = _("Empty: the same for all.")
        if piece.made_to_order:
            del self.fields["stock"]
        for name in ("size", "colour"):
            self.fields[name].widget.attrs["lang"] = piece.source_language
        is_known = self.data.get(self.add_prefix("pk")) if self.is_bound else self.initial.get("pk")
        if not is_known:
            del self.fields["remove"]
        self.order_fields(["pk", "size", "colour", "stock", "price", "net_weight_g", "remove"])

    @property
    def is_wanted(self) -> bool:
        """After is_valid()."""
        data = self.cleaned_data
        return not data.get("remove") and any(
            data.get(name) not in (None, "") for name in ("pk", "size", "colour", "stock", "price", "net_weight_g")
        )

    def wish(self) -> variants.VariantWish:
        names = ("pk", "size", "colour", "stock", "price", "net_weight_g")
        return variants.VariantWish(**{name: self.cleaned_data.get(name) for name in names})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def page(desk: Desk, pk: int) -> HttpResponse:
    """All variants of a piece; a POST with "more" gives more rows, any other keeps them."""
    piece, posted = desk.piece(pk), desk.request.POST
    known = _known(piece)
    if desk.request.method != "POST":
        opened = [VariantRow(initial=row, prefix=f"row-{n}", piece=piece) for n, row in enumerate(known)]
        _tell_own_share(desk, opened)
        return _show(desk, piece, opened)
    count = _count(posted)
    rows = [VariantRow(posted, prefix=f"row-{number}", piece=piece) for number in range(count)]
    if "more" in posted:
        return _show(desk, piece, rows, more=True)
    valid = [row.is_valid() for row in rows]  # each of them, so that every mistake is shown at once
    if not all(valid):
        return _show(desk, piece, rows, status=400)
    wishes = [row.wish() for row in rows if row.is_wanted]
    if not {wish.pk for wish in wishes if wish.pk}.issubset({row["pk"] for row in known}):
        return _show(desk, piece, rows, problem=_("Somebody else has changed these variants. Please look again."), status=409)
    try:
        with once_at_the_end():
            variants.set_variants(workshop=desk.workshop, product=piece, wishes=wishes, user=desk.request.user)
    except Refused as problem:
        return _show(desk, piece, rows, problem=str(problem), status=400)
    messages.success(desk.request, _("Saved."))
    if piece.stage == Product.Stage.DRAFT:
        return redirect(desk.url("piece-step", pk=piece.pk, step="sale"))
    return redirect(desk.url("piece", pk=piece.pk))


def _known(piece: Product) -> list[dict]:
    rows = piece.children.filter(is_public=True).order_by("pk").prefetch_related("stockrecords")
    return [
        {
            "pk": row.pk,
            "size": row.variant_size or ("" if row.variant_colour else row.title),
            "colour": row.variant_colour,
            "stock": record.num_in_stock if record else None,
            "price": record.price if record else None,
            "net_weight_g": row.net_weight_g,
        }
        for row in rows
        for record in [next(iter(row.stockrecords.all()), None)]
    ]


def _tell_own_share(desk: Desk, rows: list[VariantRow]) -> None:
    """In her own currency, at today's rate and terms."""
    if not rows:
        return
    calculator = Calculator(desk.workshop, QuoteRates(timezone.localdate()))
    for row in rows:
        if row.initial["price"] is None:
            continue
        worked = calculator.from_price(Money(row.initial["price"], calculator.list_currency))
        if worked.own is None:
            row.receives = worked.why_not
        else:
            amount = format_money(worked.own, get_language())
            row.receives = _("You receive %(amount)s for one.") % {"amount": amount}


def _count(posted) -> int:
    text = posted.get("rows", "")
    return min(int(text), variants.MOST_VARIANTS + EMPTY_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _show(
    desk: Desk, piece: Product, rows: list[VariantRow], *, more: bool = False, problem: str = "", status: int = 200
) -> HttpResponse:
    fresh = EMPTY_ROWS if more or desk.request.method != "POST" else 0
    rows += [VariantRow(prefix=f"row-{number}", piece=piece) for number in range(len(rows), len(rows) + fresh)]
    if more:
        for row in rows:
            row.errors.clear()
    context = {
        "piece": {"pk": piece.pk, "title": piece.title, "lang": piece.source_language},
        "rows": rows,
        "count": len(rows),
        "problem": problem,
        "back": desk.url("piece-step", pk=piece.pk, step="sale")
        if piece.stage == Product.Stage.DRAFT
        else desk.url("piece", pk=piece.pk),
    }
    return desk.render("variants", context, status=status)
