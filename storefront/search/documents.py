"""What the index says of a thing in one language."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.html import strip_tags

from catalogue.text import by_language
from storefront.listing.models import ProductCard
from storefront.listing.place_pages import OWN_WORDS
from storefront.restrictions import restricted
from storefront.search.analysis import exact, joined, language_token, tokens
from storefront.search.models import SearchEntry
from storefront.search.names import Names

Kind = SearchEntry.Kind
RANKS = {Kind.CRAFT: 0, Kind.VILLAGE: 0, Kind.WORKSHOP: 0, Kind.STORY: 1, Kind.PRODUCT: 2}
# Places stand in no order of time.
TIMELESS = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_BODY = 20_000  # characters


def of_piece(card: ProductCard, descriptions: Mapping[str, str], names: Names) -> Iterator[SearchEntry]:
    """One entry for each language in which the piece has words. ``descriptions``: language → text."""
    materials = [int(pk) for pk in card.materials.split()]
    for language, text in card.texts.items():
        places = [
            names.of(*place, language)
            for place in (("workshop", card.workshop_id), ("village", card.village_id))
        ]
        about = [
            names.of("craft", card.craft_id, language),
            *(names.of("material", pk, language) for pk in materials),
        ]
        yield _entry(
            Kind.PRODUCT,
            card.product_id,
            language,
            listed_at=card.listed_at,
            title=text["title"],
            codes=card.code,
            names=[*places, *about],
            body=f"{text['summary']}\n{descriptions.get(language, '')}",
        )


def of_place(kind: str, owner, pages: Mapping[str, object]) -> Iterator[SearchEntry]:
    """Entries of a village, craft or workshop. ``pages``: language → its page, whose words belong to it."""
    for language, row in by_language(owner.texts.all()).items():
        page = pages.get(language)
        words = [getattr(row, "region", ""), row.summary, *([page.title, *page_words(page)] if page else [])]
        yield _entry(kind, owner.pk, language, listed_at=TIMELESS, title=row.name, body="\n".join(words))


def of_story(page, names: Names) -> SearchEntry:
    language = page.locale.language_code
    subjects = (("village", page.village_id), ("craft", page.craft_id), ("workshop", page.workshop_id))
    return _entry(
        Kind.STORY,
        page.pk,
        language,
        thing=story_thing(page),
        listed_at=page.first_published_at or TIMELESS,
        title=page.title,
        names=[names.of(kind, pk, language) for kind, pk in subjects],
        body="\n".join(page_words(page)),
        url_path=page.url_path,
    )


def public(pages: QuerySet) -> QuerySet:
    """Those pages whose words everybody may read, in their own language."""
    return pages.filter(OWN_WORDS, live=True).exclude(restricted()).select_related("locale")


def page_words(page) -> Iterable[str]:
    """The introduction, and all that is written in the body."""
    body = page._meta.get_field("body").get_searchable_content(page.body)
    return [page.intro, *(strip_tags(str(words)) for words in body)]


def story_thing(page) -> str:
    return f"{Kind.STORY}-{page.translation_key.hex[:24]}"


def _entry(
    kind: str,
    object_id: int,
    language: str,
    *,
    title: str,
    body: str,
    listed_at: datetime,
    names: Iterable[str] = (),
    codes: str = "",
    thing: str = "",
    url_path: str = "",
) -> SearchEntry:
    head = list(dict.fromkeys([*tokens(title, language), *joined(title), *_code_tokens(codes)]))
    # A token that comes twice counts once in both databases.
    said = [language_token(language), *("h" + token for token in head), *("b" + token for token in head)]
    said += [_named(name, language) for name in names]
    said.append(_said(body[:LONGEST_BODY], language))
    return SearchEntry(
        thing=thing or f"{kind}-{object_id}",
        kind=kind,
        object_id=object_id,
        language=language,
        rank=RANKS[kind],
        listed_at=listed_at,
        title=title[:255],
        url_path=url_path,
        exact=exact(title),
        tokens=" ".join(filter(None, said)),
    )


@lru_cache(maxsize=4_096)
def _named(name: str, language: str) -> str:
    return " ".join("b" + token for token in tokens(name, language) | dict.fromkeys(joined(name)))


@lru_cache(maxsize=1_024)
def _said(text: str, language: str) -> str:
    """Remembered, since a workshop's pieces often share their words, and generated ones do."""
    return " ".join("b" + token for token in tokens(text, language))


def _code_tokens(code: str) -> list[str]:
    """A piece's code in its parts and as one: both "SM-012" and "sm012" find it."""
    if not code:
        return []
    whole = exact(code).replace(" ", "")
    return [*tokens(code, ""), *(["a" + whole] if whole.isascii() and whole.isalnum() else [])]
