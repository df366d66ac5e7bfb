"""A piece as buyers will see it, before anybody can."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from marketplace.workshops.models import Right
from storefront import preload
from storefront.desk.scope import Desk, desk_view
from storefront.listing.cards import card_spots
from storefront.listing.product import describe_product
from storefront.listing.refresh import build_card, products_for_cards


@require_safe
@desk_view(needs=Right.LIST)
def page(desk: Desk, pk: int) -> HttpResponse:
    """The shop's own page of the piece, with a bar above it; nothing on it can be bought."""
    product = desk.piece(pk)
    back = desk.url("piece-step", pk=pk, step="ready") if product.stage == "draft" else desk.url("piece", pk=pk)
    card = build_card(products_for_cards().get(pk=pk))
    if card is None:
        # Without a price there is no page to show.
        return desk.render("preview_missing", {"back": back}, status=409)
    product.card, product.told = card, None
    desk.request.spots = card_spots(card)
    with preload.holding() as store:
        context = describe_product(product, store) | {"buyable": False, "preview": {"back": back}}
        return render(desk.request, "storefront/desk/preview.html", context)
