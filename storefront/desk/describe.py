"""What the desk's templates draw."""

import uuid
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language, ngettext

from catalogue.models import Product
from marketplace.economies.addresses import format_address
from marketplace.economies.models import Economy
from marketplace.economies.names import economy_name
from marketplace.formats import day, weight
from marketplace.fulfilment.deadlines import deadline_of
from marketplace.fulfilment.models import Consignment
from marketplace.fulfilment.models.consignment import CANCELLED_LINE
from marketplace.fulfilment.packing import units_of
from marketplace.fulfilment.recipients import parts_of
from marketplace.money import Money
from storefront.desk.scope import Desk
from storefront.listing.cards import card_path
from storefront.listing.models import ProductCard


def describe_consignment(row: Consignment, desk: Desk, today: date) -> dict:
    """A consignment in a list: number, place, titles, state, deadline. Needs ``own_lines`` (Desk.consignments).

    ``today``: the workshop's own (deadlines.today_at).
    """
    address, deadline = row.order.shipping_address, deadline_of(row, today)
    with desk.own_clock():
        paid_on = day(row.order.payment.paid_at or row.created_at)
    return {
        "pk": row.pk,
        "number": row.number,
        "url": desk.url("consignment", pk=row.pk),
        "state": row.state,
        "state_label": row.get_state_display(),
        "due": deadline.due.value if deadline else "",
        "deadline": deadline.text if deadline else "",
        "economy": economy_name(address.country_id) if address else "",
        "name": address.last_name if address else "",
        "paid_on": paid_on,
        "lines": [describe_line(line, {}) for line in lines_sent(row)],
    }


def describe_fully(row: Consignment, desk: Desk, today: date) -> dict:
    """A consignment on its own page, with the address and what the parcel holds."""
    lines, sent = row.order.own_lines, lines_sent(row)
    gone = [line for line in lines if line not in sent]
    cards = ProductCard.objects.in_bulk(
        {line.product.parent_id or line.product_id for line in lines if line.product}
    )
    address = row.order.shipping_address
    return describe_consignment(row, desk, today) | {
        "lines": [describe_line(line, cards) | {"cancelled": line.status == CANCELLED_LINE} for line in lines],
        **_address(address, row.workshop.village.economy_id),
        "phone": str(address.phone_number or "") if address else "",
        "note": address.notes if address else "",
        "gift": getattr(getattr(address, "recipient", None), "gift", False),
        "weight": weight(_estimate(sent) if gone else row.weight_g),
        "goods": Money(row.goods - sum((line.line_price_incl_tax for line in gone), Decimal(0)), row.currency),
        "shipping": Money(row.shipping, row.currency),
        "carrier": row.carrier,
        "tracking": row.tracking,
        "history": _history(row, desk),
    }


def lines_sent(row: Consignment) -> list:
    """Those of ``own_lines`` that go; of a cancelled consignment, those that were to."""
    if row.state == Consignment.State.CANCELLED:
        return list(row.order.own_lines)
    return [line for line in row.order.own_lines if line.status != CANCELLED_LINE]


def _estimate(lines: list) -> int | None:
    """Grams with packing of these lines, as pieces weigh today; None where one of them is gone from the catalogue."""
    return sum(unit.weight_g for unit in units_of(lines)) if all(line.product for line in lines) else None


def _history(row: Consignment, desk: Desk) -> list[dict]:
    with desk.own_clock():
        return [
            {"label": state.label, "date": day(at)}
            for state in Consignment.State
            if (at := getattr(row, f"{state}_at", None))
        ]


def describe_line(line, cards: dict[int, ProductCard]) -> dict:
    """A line in the maker's own words; the title it was sold under when the piece is gone."""
    product = line.product
    card = cards.get(product.parent_id or product.pk) if product else None
    return {
        "title": product.own_title if product else line.title,
        "lang": product.source_language if product else "",
        "options": _options(product),
        "code": line.partner_sku,
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_incl_tax, line.order.currency),
        "line_price": Money(line.line_price_incl_tax, line.order.currency),
        "picture": {**card.picture, "alt": "", "lang": ""} if card and card.picture else {},
    }


def _options(product: Product | None) -> list[str]:
    """Size and colour of a variant, in the maker's words, where they say more than its name."""
    if product is None or not product.is_child:
        return []
    return [text for text in (product.variant_size, product.variant_colour) if text and text not in product.title]


def describe_piece(product: Product, desk: Desk, languages: Iterable[str]) -> dict:
    """A piece in the list, wholly described in ``languages``. Needs card, stockrecords and children with theirs."""
    card = getattr(product, "card", None)
    children = sorted(product.children.all(), key=lambda row: row.pk) if product.is_parent else []
    return {
        "pk": product.pk,
        "url": desk.url("piece", pk=product.pk),
        "title": product.title,
        "lang": product.source_language,
        "code": product.upc or "",
        "own_code": product.maker_code,
        "visible": product.is_public,
        "stage": product.stage,
        "stage_label": product.get_stage_display(),
        "key": uuid.uuid4(),
        "state": card.state if card else "",
        "state_label": card.get_state_display() if card else "",
        "picture": {**card.picture, "alt": "", "lang": ""} if card and card.picture else {},
        "price": Money(card.price, card.currency) if card else None,
        "from_price": card.from_price if card else False,
        "lead_days": product.lead_days,
        "made_to_order": product.made_to_order,
        "shop_url": card_path(card, get_language())
        if card and product.is_public
        else "",
        "stocks": [describe_stock(row, product) for row in (children or [product])],
        "many": bool(children),
        "coverage": describe_coverage(languages),
        "languages_url": desk.url("piece-languages", pk=product.pk),
    }


def describe_coverage(languages: Iterable[str]) -> dict:
    """In how many of the shop's languages a piece that is written in ``languages`` can be read."""
    offered = settings.MARKETPLACE_STOREFRONT_LANGUAGES
    number = len(set(offered).intersection(languages))
    text = ngettext(
        "Can be read in %(number)s of %(total)s language",
        "Can be read in %(number)s of %(total)s languages",
        len(offered),
    )
    counts = {"number": number, "total": len(offered)}
    return counts | {"text": text % counts}


def describe_stock(row: Product, piece: Product) -> dict:
    """The number that a maker can change: of a piece or one of its variants."""
    record = next(iter(row.stockrecords.all()), None)
    return {
        "pk": row.pk,
        "label": row.title if row.pk != piece.pk else "",
        "lang": row.source_language,
        "quantity": (record.num_in_stock or 0) if record else None,
        "held": max(0, record.num_allocated or 0) if record else 0,
    }


def _address(address, origin: str) -> dict:
    """As it is written on the parcel, whatever the page's language: within the economy in its own script, abroad in Latin
    letters and below in the buyer's own, for the postman there.
    """
    if address is None:
        return {"address_lines": [], "address_lang": "", "address_local": [], "local_lang": ""}
    parts = parts_of(address)
    spoken, at_home = _language_there(address.country_id), address.country_id == origin
    alone = {"address_local": [], "local_lang": ""}
    if parts.is_latin:
        lines = format_address(parts, script="latin", language=spoken if at_home else "en")
        return {"address_lines": lines, "address_lang": spoken if at_home else "en"} | alone
    local = format_address(parts, script="local", language=spoken)
    if at_home:
        return {"address_lines": local, "address_lang": spoken} | alone
    latin = format_address(parts, script="latin", language="en")
    return {"address_lines": latin, "address_lang": "en", "address_local": local, "local_lang": spoken}


def _language_there(economy: str) -> str:
    """The most used language of an economy; "und" where it is not known."""
    known = Economy.objects.filter(pk=economy).values_list("languages", flat=True).first()
    return known[0] if known else "und"
