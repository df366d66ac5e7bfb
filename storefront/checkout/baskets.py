"""What a basket says of itself: lines by workshop, problems, counts; and changing it within limits."""

import re
from decimal import Decimal

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from oscar.apps.partner.availability import Unavailable
from oscar.core.loading import get_model

from catalogue.models import Product
from catalogue.text import by_language, choose, shown_in
from marketplace.economies.names import economy_name
from marketplace.money import Money
from marketplace.workshops.models import Workshop
from storefront.listing.cards import card_path, product_path
from storefront.listing.directory import get_directory
from storefront.listing.models import ProductCard

Line = get_model("basket", "Line")


class BadQuantity(ValueError):
    """Not a whole number from 1 to the largest allowed; the message is for the reader."""


def read_quantity(text: str, *, least: int = 1) -> int:
    """The whole number in ``text``, digits only; raises BadQuantity on anything else."""
    most = settings.MARKETPLACE_MAX_LINE_QUANTITY
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not least <= int(text) <= most:
        raise BadQuantity(
            _("Please give a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )
    return int(text)


def problem_of(line, quantity: int | None = None) -> str:
    """Why ``quantity`` (default: the line's) cannot be had, in words; empty when it can."""
    return problem_of_having(line.purchase_info, line.quantity if quantity is None else quantity)


def problem_of_having(info, quantity: int) -> str:
    """Why ``quantity`` of a piece (its PurchaseInfo) cannot be had, in words; empty when it can."""
    if isinstance(info.availability, Unavailable):
        return _("This piece is no longer for sale.")
    permitted, _why = info.availability.is_purchase_permitted(quantity)
    if permitted:
        return ""
    left = max(0, info.stockrecord.net_stock_level)
    return _("Only %(left)s left.") % {"left": left} if left else _("This piece is sold out.")


def origins(basket) -> set[str]:
    """The economies (two-letter codes) that the basket's pieces are sent from."""
    partners = {line.stockrecord.partner_id for line in basket.all_lines() if line.stockrecord}
    return set(Workshop.objects.filter(partner__in=partners).values_list("village__economy_id", flat=True))


def describe(basket) -> dict:
    """{"groups", "total", "count", "problems"} for basket/basket.html and checkout."""
    lines = list(basket.all_lines()) if basket.id else []
    language, currency = get_language(), basket.strategy.currency
    directory = get_directory(language)
    cards = ProductCard.objects.in_bulk({line.product.parent_id or line.product_id for line in lines})
    groups: dict[int, dict] = {}
    for line in lines:
        card = cards.get(line.product.parent_id or line.product_id)
        workshop = directory.workshops.get(card.workshop_id) if card else None
        group = groups.setdefault(
            workshop.id if workshop else 0,
            {
                "id": workshop.id if workshop else 0,
                "workshop": {"name": workshop.name, "url": workshop.link, "lang": workshop.lang}
                if workshop
                else {"name": "", "url": ""},
                "ships_from": economy_name(workshop.economy) if workshop else "",
                "lines": [],
                "subtotal": Money(Decimal("0.00"), currency),
            },
        )
        drawn = describe_line(line, card, language)
        group["lines"].append(drawn)
        group["subtotal"] += drawn["line_price"]
    total = sum((group["subtotal"] for group in groups.values()), Money(Decimal("0.00"), currency))
    problems = [
        f"{row['title']}: {row['problem']}"
        for group in groups.values()
        for row in group["lines"]
        if row["problem"]
    ]
    return {
        "groups": list(groups.values()),
        "total": total,
        "count": sum(line.quantity for line in lines),
        "problems": problems,
    }


def describe_line(line, card: ProductCard | None, language: str) -> dict:
    """One line as templates draw it; a piece that can no longer be had costs nothing and says why."""
    product: Product = line.product
    problem = problem_of(line)
    price = (
        line.unit_price_incl_tax if line.stockrecord and line.purchase_info.price.exists else Decimal("0.00")
    )
    currency = line.basket.strategy.currency
    title, lang, picture = product.title, product.source_language, {}
    url = product_path(language, product.slug, product.parent_id or product.pk)
    if card:
        lang = choose({code: code for code in card.texts}, language, card.source_language) or lang
        title = card.texts.get(lang, {}).get("title") or title
        picture = {**card.picture, "alt": "", "lang": lang} if card.picture else {}
        url = card_path(card, language)
    label = (
        choose(by_language(product.texts.select_related("locale")), language, product.source_language)
        if product.is_child
        else None
    )
    tracked = line.stockrecord is not None and product.get_product_class().track_stock
    most = settings.MARKETPLACE_MAX_LINE_QUANTITY
    return {
        "id": line.pk,
        "title": title,
        "lang": lang,
        "url": url,
        "picture": picture,
        "lang_label": shown_in(lang, language),
        "variant_label": label.title if label else "",
        "variant_lang": label.language if label else "",
        "unit_price": Money(price, currency),
        "line_price": Money(line.line_price_incl_tax_incl_discounts if price else Decimal("0.00"), currency),
        "quantity": line.quantity,
        "max_quantity": max(1, min(most, line.stockrecord.net_stock_level)) if tracked else most,
        "problem": problem,
        "form_prefix": f"line-{line.pk}",
    }
