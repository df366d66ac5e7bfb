"""In which languages a piece must be described before it is sent somewhere."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from catalogue.models import Product, ProductText, TranslationRecord
from catalogue.provenance import with_provenance
from catalogue.text import by_language
from marketplace.economies.models import RequiredLanguage

MACHINE = TranslationRecord.WrittenBy.MACHINE.value


class Requirement(NamedTuple):
    """``destination`` is a two-letter code. ``machine_counts``: a machine's translation is enough."""

    destination: str
    language: str
    machine_counts: bool = False


def requirements_for(destination: str) -> list[Requirement]:
    """What pieces must have to be sent to ``destination``. One statement."""
    rows = RequiredLanguage.objects.filter(destination=destination)
    return [Requirement(*row) for row in rows.values_list("destination", "language", "machine_counts")]


def unmet(requirements: Iterable[Requirement], writers: Mapping[str, str]) -> list[Requirement]:
    """Those that a piece fails whose words were written by ``writers`` (language → maker, editor, machine or empty)."""
    return [
        row
        for row in requirements
        if row.language not in writers or (writers[row.language] == MACHINE and not row.machine_counts)
    ]


def writers_of(products: Iterable[Product]) -> dict[int, dict[str, str]]:
    """Product id → language → who wrote its words there; empty for the maker's own. One statement."""
    sources = {product.pk: product.source_language for product in products}
    rows = with_provenance(ProductText.objects.filter(owner__in=sources)).select_related("locale", "owner")
    found: dict[int, list] = {pk: [] for pk in sources}
    for row in rows:
        found[row.owner_id].append(row)
    return {pk: writers(by_language(texts), sources[pk]) for pk, texts in found.items()}


def writers(texts: Mapping[str, ProductText], source: str) -> dict[str, str]:
    """Language → who wrote it, of one piece's texts by language (read with catalogue.provenance.with_provenance).

    A title alone is no description: where the source has one, a translation must have one, too.
    """
    described = source in texts and texts[source].description
    written = {code: row.written_by or "" for code, row in texts.items() if row.description or not described}
    return {source: ""} | written
