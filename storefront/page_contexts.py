"""What each page type shows beside its own fields. Each function is a method of its mixin: (page, request) → dict."""

from django.core.paginator import Paginator
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.text import chain, shown_in
from marketplace import formats
from marketplace.economies.names import economy_name
from storefront import preload
from storefront.feeds.addresses import feed
from storefront.listing.cards import draw
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.listed_by import listed_by
from storefront.listing.models import ProductCard
from storefront.listing.place_pages import OWN_WORDS
from storefront.listing.visits import coming, describe_visit
from storefront.market.choice import start
from storefront.page_origin import language_of, own_language, waiting_parts
from storefront.paging import describe_paging
from storefront.pictures import LARGE, PORTRAIT, WIDE, describe, social
from storefront.restrictions import restricted

STORIES_PER_PAGE = 12
PLACES_PER_PAGE = 24
ON_SHELF = 12
# So many of the newest pieces tell which crafts a village practises, and which villages a craft.
SAMPLE = 48
# All that a story's card shows; a page has some forty fields more.
CARD_FIELDS = (
    "title",
    "url_path",
    "intro",
    "hero_id",
    "hero_alt",
    "village_id",
    "first_published_at",
    "locale__language_code",
)


def home(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    stories = newest_stories(directory, 4)
    villages = [place for place in directory.villages.values() if place.url][:6]
    crafts = [place for place in directory.crafts.values() if place.url][:8]
    load_for(stories, villages, crafts)
    return {
        "hero": hero(page),
        "hero_url": directory.address_of(stories[0].url_path, stories[0].locale.language_code) if stories else "",
        "featured": [story_card(story, directory) for story in stories],
        "new_pieces": draw(newest()[:8]),
        "villages": [place_card(place, directory) for place in villages],
        "crafts": [place_card(place, directory) for place in crafts],
        "how": [
            {
                "title": step.value["title"],
                "text": step.value["text"],
                "part": step.id,
                "label": waiting_parts(page)["waiting"].get(step.id, ""),
            }
            for step in page.how
        ],
    }


def story(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    more = [row for row in newest_stories(directory, 4) if row.pk != page.pk][:3]
    load_for(more)
    shelf = shelf_cards(page, directory)
    return {
        "hero": hero(page),
        "village": place_link(directory.villages.get(page.village_id)),
        "craft": place_link(directory.crafts.get(page.craft_id)),
        "workshop": place_link(directory.workshops.get(page.workshop_id)),
        "shelf_cards": shelf,
        "village_pieces": [] if "village" in _shelves(page) else shelf["village"],
        "more_stories": [story_card(story, directory) for story in more],
    }


def village(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    place = directory.villages.get(page.village_id)
    stories = newest_stories(directory, 3, village_id=page.village_id)
    workshops = [row for row in directory.workshops.values() if row.village_id == page.village_id][:12]
    rows = list(newest().filter(village_id=page.village_id)[:SAMPLE])
    pieces = draw(rows[:8])
    crafts = of_cards(rows, "craft_id", directory.crafts)
    load_for(stories, workshops, crafts)
    return {
        "hero": hero(page),
        "village": place_link(place),
        "visits": [describe_visit(visit, directory.language) for visit in coming(directory, page.village_id)],
        "visits_url": feed(directory.language, f"villages/{place.slug}.ics") if place else "",
        "feeds": _feeds(directory, "villages", place),
        "workshops": [place_card(row, directory) for row in workshops],
        "crafts": [place_card(row, directory) for row in crafts],
        "stories": [story_card(row, directory) for row in stories],
        "pieces": pieces,
        "shelf_cards": {"village": pieces, "workshop": []},
        "pieces_url": f"{start()}{directory.language}/products/?village={place.slug}" if place else "",
    }


def craft(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    place = directory.crafts.get(page.craft_id)
    stories = newest_stories(directory, 3, craft_id=page.craft_id)
    rows = list(newest().filter(craft_id=page.craft_id)[:SAMPLE])
    villages = of_cards(rows, "village_id", directory.villages)
    workshops = of_cards(rows, "workshop_id", directory.workshops)
    load_for(stories, villages, workshops)
    return {
        "hero": hero(page),
        "craft": place_link(place),
        "feeds": _feeds(directory, "crafts", place),
        "villages": [place_card(row, directory) for row in villages],
        "workshops": [place_card(row, directory) for row in workshops],
        "stories": [story_card(row, directory) for row in stories],
        "pieces": draw(rows[:8]),
        "shelf_cards": {"village": [], "workshop": []},
        "pieces_url": f"{start()}{directory.language}/products/?craft={place.slug}" if place else "",
    }


def workshop(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    place = directory.workshops.get(page.workshop_id)
    stories = newest_stories(directory, 3, workshop_id=page.workshop_id)
    load_for(stories)
    row = page.workshop
    pieces = draw(newest().filter(workshop_id=page.workshop_id)[:8])
    return {
        "hero": hero(page),
        "portrait": describe(_image(page.portrait_id), PORTRAIT, alt=row.contact),
        "workshop": place_link(place),
        "listed_by": listed_by(page.workshop_id, directory),
        "village": place_link(directory.villages.get(place.village_id) if place else None),
        "since": row.since,
        "members": row.makers,
        "contact": row.contact,
        "kind_label": row.get_kind_display(),
        "stories": [story_card(item, directory) for item in stories],
        "pieces": pieces,
        "shelf_cards": {"village": [], "workshop": pieces},
        "pieces_url": f"{start()}{directory.language}/products/?workshop={place.slug}" if place else "",
    }


def story_index(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    shown = Paginator(stories_for(directory.language), STORIES_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(shown.object_list)
    load_for(rows)
    return {
        "hero": hero(page),
        "items": [story_card(row, directory) for row in rows],
        "paging": describe_paging(shown, request),
    }


def place_index(page, request: HttpRequest) -> dict:
    directory = get_directory(language_of(page))
    places = {"village": directory.villages, "craft": directory.crafts, "workshop": directory.workshops}[
        page.places
    ]
    listed = sorted(
        (place for place in places.values() if place.url), key=lambda place: (place.economy, place.name)
    )
    shown = Paginator(listed, PLACES_PER_PAGE).get_page(request.GET.get("page"))
    load_for(shown.object_list)
    return {
        "hero": hero(page),
        "places": page.places,
        "items": [place_card(place, directory) for place in shown.object_list],
        "paging": describe_paging(shown, request),
    }


def of_cards(rows: list[ProductCard], field: str, places: dict[int, Place]) -> list[Place]:
    """The places with pages that these cards name in ``field``, each once, in the cards' order."""
    found = dict.fromkeys(getattr(row, field) for row in rows)
    return [places[pk] for pk in found if pk in places and places[pk].url]


def newest():
    """Visible cards, newest first."""
    return ProductCard.objects.filter(visible=True).order_by("-listed_at", "-product_id")


def newest_stories(directory: Directory, number: int, **subject: int) -> list:
    """The newest stories about ``subject`` for the directory's readers, kept until one is published."""
    key = ("stories", number, *subject.items())
    return directory.keep(key, lambda: list(stories_for(directory.language).filter(**subject)[:number]))


def stories_for(language: str):
    """Live stories, newest first: each once, in ``language`` or its fallback; what is not for everyone is left out."""
    from storefront.models import StoryPage

    whens = [When(locale__language_code=code, then=Value(place)) for place, code in enumerate(chain(language, language))]
    rank = Case(*whens, default=Value(len(whens)))
    rows = StoryPage.objects.filter(OWN_WORDS, live=True).alias(rank=rank)
    better = Q(rank__lt=OuterRef("rank")) | Q(rank=OuterRef("rank"), pk__lt=OuterRef("pk"))
    rows = rows.exclude(Exists(rows.filter(better, translation_key=OuterRef("translation_key"))))
    found = rows.exclude(restricted()).select_related("locale").only(*CARD_FIELDS)
    return found.order_by("-first_published_at", "-pk")


def _shelves(page) -> set[str]:
    """Which kinds of shelf the page's body has (see blocks.ShelfBlock)."""
    return {block["value"].get("mode") for block in page.body.raw_data if block["type"] == "shelf"}


def shelf_cards(page, directory: Directory) -> dict[str, list[dict]]:
    """Cards for shelves that show all of the page's village or workshop; without such a shelf, a few of the village."""
    modes = _shelves(page)
    village = newest().filter(village_id=page.village_id)[: ON_SHELF if "village" in modes else 4]
    workshop = newest().filter(workshop_id=page.workshop_id)[:ON_SHELF] if "workshop" in modes else []
    return {"village": draw(village), "workshop": draw(workshop)}


def _image(pk):
    store = preload.current()
    return store.images.get(pk) if store and pk else None


def load_for(*groups) -> None:
    """Read the main pictures of stories and places in all ``groups``, and the page's own, in one statement."""
    store = preload.current()
    if store is not None:
        preload.load_images(store, {row.hero_id for group in groups for row in group if row.hero_id})


def hero(page) -> dict:
    waits = "hero_alt" in (getattr(page, "waiting", None) or {})
    lang = page.source_language if waits else own_language(page)
    return describe(_image(page.hero_id), LARGE, alt=page.hero_alt, lang=lang)


def _feeds(directory: Directory, kind: str, place: Place | None) -> list[dict]:
    """What the head says of feeds about a village or craft."""
    if place is None:
        return []
    # A title is in one language; a name from another is not put into it.
    own = place.lang == directory.language
    title = _("Stories: %(place)s") % {"place": place.name} if own else _("Stories about this place")
    return [{"type": "application/atom+xml", "title": title, "href": feed(directory.language, f"{kind}/{place.slug}.atom")}]


def social_of(page) -> dict:
    """What other sites show of a link to this page."""
    kind = "article" if page.embed_kind == "story" else "website"
    words = {"alt": page.hero_alt, "lang": own_language(page)}
    return social(page.title, page.intro, _image(page.hero_id), kind, **words)


def place_link(place: Place | None) -> dict | None:
    """A place for templates: name, lang, lang_label, url, slug, summary, region, economy (its name)."""
    if place is None:
        return None
    return {
        "name": place.name,
        "lang": place.lang,
        "lang_label": shown_in(place.lang, get_language()),
        "url": place.link,
        "slug": place.slug,
        "summary": place.summary,
        "region": place.region,
        "economy": economy_name(place.economy) if place.economy else "",
    }


def place_card(place: Place, directory: Directory) -> dict:
    village = directory.villages.get(place.village_id) if place.village_id else None
    return {
        "url": place.link,
        "title": place.name,
        "lang": place.lang,
        "lang_label": shown_in(place.lang, directory.language),
        "summary": place.summary,
        "village": place_link(village),
        "economy": economy_name(place.economy) if place.economy else "",
        "picture": describe(_image(place.hero_id), WIDE, alt=place.hero_alt, lang=place.hero_lang),
    }


def story_card(row, directory: Directory) -> dict:
    village = directory.villages.get(row.village_id)
    date, lang = row.first_published_at, row.locale.language_code
    return {
        "url": directory.address_of(row.url_path, lang),
        "title": row.title,
        "lang": lang,
        "lang_label": shown_in(lang, directory.language),
        "intro": row.intro,
        "village": place_link(village),
        "economy": economy_name(village.economy) if village else "",
        "date": formats.day(date) if date else "",
        "picture": describe(_image(row.hero_id), WIDE, alt=row.hero_alt, lang=lang),
    }
