"""What the desk's templates draw."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override

from catalogue.models import Product
from marketplace.economies.names import economy_name
from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from storefront.checkout.forms import address_lines
from storefront.desk.scope import Desk
from storefront.listing.cards import product_path
from storefront.listing.models import ProductCard
from storefront.listing.product import weight_text


def describe_consignment(row: Consignment, desk: Desk) -> dict:
    """A consignment in a list: number, place, titles, state. Needs ``own_lines`` (Desk.consignments)."""
    address = row.order.shipping_address
    return {
        "pk": row.pk,
        "number": row.number,
        "url": desk.url("consignment", pk=row.pk),
        "state": row.state,
        "state_label": row.get_state_display(),
        "economy": economy_name(address.country_id) if address else "",
        "name": address.last_name if address else "",
        "paid_on": day(row.order.payment.paid_at or row.created_at),
        "lines": [describe_line(line, {}) for line in row.order.own_lines],
    }


def describe_fully(row: Consignment, desk: Desk) -> dict:
    """A consignment on its own page, with the address and what the parcel holds."""
    lines = row.order.own_lines
    cards = ProductCard.objects.in_bulk(
        {line.product.parent_id or line.product_id for line in lines if line.product}
    )
    address = row.order.shipping_address
    return describe_consignment(row, desk) | {
        "lines": [describe_line(line, cards) for line in lines],
        "address_lines": _for_the_parcel(address, row.workshop.village.economy_id) if address else [],
        "phone": str(address.phone_number or "") if address else "",
        "note": address.notes if address else "",
        "weight": weight_text(row.weight_g),
        "goods": Money(row.goods, row.currency),
        "shipping": Money(row.shipping, row.currency),
        "carrier": row.carrier,
        "tracking": row.tracking,
        "history": [
            {"label": state.label, "date": day(at)}
            for state in Consignment.State
            if (at := getattr(row, f"{state}_at", None))
        ],
    }


def describe_line(line, cards: dict[int, ProductCard]) -> dict:
    """A line in the maker's own words; the title it was sold under when the piece is gone."""
    product = line.product
    card = cards.get(product.parent_id or product.pk) if product else None
    return {
        "title": own_title(product) if product else line.title,
        "lang": product.source_language if product else "",
        "code": line.partner_sku,
        "quantity": line.quantity,
        "unit_price": Money(line.unit_price_incl_tax, line.order.currency),
        "line_price": Money(line.line_price_incl_tax, line.order.currency),
        "picture": {**card.picture, "alt": "", "lang": ""} if card and card.picture else {},
    }


def describe_piece(product: Product, desk: Desk) -> dict:
    """A piece in the list. Needs card, stockrecords and children with theirs (pieces.listing)."""
    card = getattr(product, "card", None)
    children = sorted(product.children.all(), key=lambda row: row.pk) if product.is_parent else []
    return {
        "pk": product.pk,
        "url": desk.url("piece", pk=product.pk),
        "title": product.title,
        "lang": product.source_language,
        "code": product.upc or "",
        "visible": product.is_public,
        "state": card.state if card else "",
        "state_label": card.get_state_display() if card else "",
        "picture": {**card.picture, "alt": "", "lang": ""} if card and card.picture else {},
        "price": Money(card.price, card.currency) if card else None,
        "from_price": card.from_price if card else False,
        "lead_days": product.lead_days,
        "made_to_order": product.made_to_order,
        "shop_url": product_path(get_language(), product.slug, product.pk)
        if card and product.is_public
        else "",
        "stocks": [describe_stock(row, product) for row in (children or [product])],
        "many": bool(children),
    }


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


def own_title(product: Product) -> str:
    """The maker's own words, whatever language the page is in."""
    return f"{product.parent.title} · {product.title}" if product.is_child else product.title


def day(moment) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _for_the_parcel(address, origin: str) -> list[str]:
    """As it is written on the parcel, whatever the page's language: abroad in Latin letters and from small to large."""
    at_home = address.country_id == origin == "JP"
    with override("ja" if at_home else "en"):
        return address_lines(_address(address))


def _address(row) -> dict[str, str]:
    return {
        "full_name": row.last_name,
        "line1": row.line1,
        "line2": row.line2,
        "city": row.line4,
        "state": row.state,
        "postcode": row.postcode or "",
        "economy": row.country_id,
    }
