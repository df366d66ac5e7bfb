"""What agencies wait for, shown where words are translated."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from wagtail.models import Page

from catalogue.models import ProductText
from marketplace.partnerships import words
from storefront.translations.worklist import Item


def agencies_waiting(items: Sequence[Item]) -> dict[str, int]:
    """``code`` of a row → how many agencies wait for it. One statement where none does, else three."""
    wishes = words.waiting() if items else {}
    if not wishes:
        return {}
    numbers = {subject: subject.rpartition("-") for subject, _language in wishes}
    pieces = {int(pk) for kind, _dash, pk in numbers.values() if kind == "product"}
    pages = {int(pk) for kind, _dash, pk in numbers.values() if kind != "product"}
    keys_of_pieces = dict(ProductText.objects.filter(owner__in=pieces).values_list("owner_id", "translation_key"))
    keys_of_pages = dict(Page.objects.filter(pk__in=pages).values_list("pk", "translation_key"))
    waiting: Counter[tuple[UUID, str]] = Counter()
    for (subject, language), number in wishes.items():
        kind, _dash, pk = numbers[subject]
        key = (keys_of_pieces if kind == "product" else keys_of_pages).get(int(pk))
        if key is not None:
            waiting[key, language] += number
    found = {item.code: waiting[item.key, item.language] for item in items}
    return {code: number for code, number in found.items() if number}
