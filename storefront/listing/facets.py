"""Facets and chips as the listing draws them."""

from collections import Counter
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.economies.names import economy_name
from marketplace.money import Money, format_whole
from storefront.listing.cube import PRICE_STEPS
from storefront.listing.directory import Directory
from storefront.listing.filters import Choice
from storefront.market.prices import selling_price


def facet_titles() -> dict[str, str]:
    return {
        "economy": _("Economy"),
        "village": _("Village"),
        "craft": _("Craft"),
        "material": _("Material"),
        "price": _("Price"),
        "available": _("Availability"),
    }


def describe_facets(
    choice: Choice, counts: dict[str, Counter], directory: Directory, base: str
) -> list[dict]:
    """[{"key", "label", "kind", "options": [{"label", "lang", "value", "count", "url", "selected"}], "selected_count"}]."""
    facets = []
    for key, title in facet_titles().items():
        options = [
            _option(choice, key, value, label, counts[key][inner], base) | {"lang": lang}
            for value, inner, label, lang in _values(key, directory)
            if counts[key][inner] or value in choice.values.get(key, ())
        ]
        if options:
            chosen = len(choice.values.get(key, ()))
            kind = "price" if key == "price" else "choice"
            facets.append(
                {"key": key, "label": title, "kind": kind, "options": options, "selected_count": chosen}
            )
    return facets


def describe_chips(choice: Choice, directory: Directory, base: str) -> list[dict]:
    """[{"label", "lang", "remove_url"}] for what is chosen now."""
    chips = []
    for key, words in choice.values.items():
        labels = {value: (label, lang) for value, _inner, label, lang in _values(key, directory)}
        for word in words:
            chips.append(
                {
                    "label": labels.get(word, (word, ""))[0],
                    "lang": labels.get(word, (word, ""))[1],
                    "remove_url": choice.url(base, **{key: choice.toggled(key, word)}),
                }
            )
    return chips


def _option(choice: Choice, key: str, value: str, label: str, count: int, base: str) -> dict:
    return {
        "label": label,
        "value": value,
        "count": count,
        "url": choice.url(base, **{key: choice.toggled(key, value)}),
        "selected": value in choice.values.get(key, ()),
    }


def _values(key: str, directory: Directory) -> list[tuple[str, str, str, str]]:
    return directory.keep(("facet", key), lambda: _read_values(key, directory))


def _read_values(key: str, directory: Directory) -> list[tuple[str, str, str, str]]:
    """(word in the address, value in the cube, label, its language where it has one) of a facet, in the order to show."""
    if key == "economy":
        codes = {place.economy for place in directory.villages.values()}
        return sorted(((code, code, economy_name(code), "") for code in codes), key=lambda row: row[2])
    if key == "price":
        return [
            (str(number), str(number), price_label(number, directory.language), "")
            for number in range(len(PRICE_STEPS) + 1)
        ]
    if key == "available":
        return [("1", "1", _("Available now or made to order"), "")]
    tables = {
        "village": directory.villages,
        "workshop": directory.workshops,
        "craft": directory.crafts,
        "material": directory.materials,
    }
    return sorted(
        ((place.slug, str(pk), place.name, place.lang) for pk, place in tables[key].items()),
        key=lambda row: row[2].casefold(),
    )


def price_label(number: int, language: str) -> str:
    """Words for a price step, such as "$25 to $50"."""

    def shown(amount: Decimal) -> str:
        return format_whole(selling_price(Money(amount, settings.MARKETPLACE_CURRENCY)), language)

    if number == 0:
        return _("Under %(high)s") % {"high": shown(PRICE_STEPS[0])}
    if number == len(PRICE_STEPS):
        return _("%(low)s and over") % {"low": shown(PRICE_STEPS[-1])}
    return _("%(low)s to %(high)s") % {
        "low": shown(PRICE_STEPS[number - 1]),
        "high": shown(PRICE_STEPS[number]),
    }
