"""Who translated what a card shows, read in the statement that reads the card's subject."""

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from catalogue.models import ProductText, TranslationRecord
from catalogue.provenance import label
from catalogue.text import chain
from storefront.listing.models import ProductCard


def with_records(cards: QuerySet[ProductCard], language: str) -> QuerySet[ProductCard]:
    """Cards with the record of the first translation that readers of ``language`` may be shown; see label_of."""
    codes = chain(language, language)
    rank = Case(*(When(locale__language_code=code, then=Value(place)) for place, code in enumerate(codes)))
    keys = ProductText.objects.filter(owner=OuterRef(OuterRef("pk"))).values("translation_key")
    records = TranslationRecord.objects.filter(translation_key__in=keys, locale__language_code__in=codes)
    first = records.order_by(rank)
    return cards.annotate(
        record_language=Subquery(first.values("locale__language_code")[:1]),
        written_by=Subquery(first.values("written_by")[:1]),
        stale=Subquery(first.values("stale")[:1]),
    )


def label_of(card: ProductCard, lang: str) -> str:
    """Who translated the words of ``card`` (from with_records) in ``lang``; empty for the maker's own."""
    if lang == card.source_language:
        return ""
    known = card.record_language == lang
    return label(card.written_by if known else "", card.stale if known else False, card.source_language)
