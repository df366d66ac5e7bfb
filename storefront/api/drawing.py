"""Parts of answers that several resources share. Each answers what its schema (schemas.PARTS) says."""

from collections.abc import Mapping

from django.utils.translation import get_language

from marketplace.economies.names import economy_name
from marketplace.money import Money, format_money
from storefront.linked_data.nodes import absolute, amount, largest
from storefront.listing.directory import Place
from storefront.listing.visits import Visit


def place(found: Place | None) -> dict | None:
    """In the words of the page that its address leads to; its pieces' page speaks every language."""
    if found is None:
        return None
    found = found.as_on_page
    return {"slug": found.slug, "name": found.name, "lang": found.lang, "url": absolute(found.link)}


def economy(code: str) -> dict:
    return {"code": code, "name": economy_name(code)}


def picture(described: Mapping) -> dict | None:
    """Of pictures.describe, or of a card's picture."""
    if not described:
        return None
    sizes = {"width": described["width"], "height": described["height"]}
    return {"url": largest(described), **sizes, "alt": described.get("alt") or ""}


def price(found: Money | None, *, is_from: bool = False) -> dict | None:
    """None for what has no price above zero: it is not for sale."""
    if found is None or found.amount <= 0:
        return None
    shown = format_money(found, get_language())
    return {"amount": amount(found), "currency": found.currency, "text": shown, "is_from": is_from}


def visit(found: Visit) -> dict:
    return {
        "id": found.uuid,
        "name": found.name,
        "lang": found.lang,
        "summary": found.summary,
        "meeting_point": found.meeting_point,
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "time_zone": str(found.zone),
        "workshop": place(found.workshop),
        "seats": found.seats,
        "price": price(found.price),
        "called_off": found.called_off,
        "why": found.why,
    }
