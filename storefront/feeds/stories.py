"""Stories as entries of a feed: those told in its language, newest first. A story that is not translated is in other feeds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, PageLogEntry

from storefront.feeds.addresses import feed as feed_path
from storefront.feeds.answers import CACHE_CONTROL, feed
from storefront.feeds.xml import AtomFeed, RssFeed, clean
from storefront.linked_data.nodes import absolute
from storefront.links import in_own_words
from storefront.listing.directory import Directory, Place, get_directory
from storefront.page_contexts import stories_for
from storefront.pictures import SOCIAL, describe, weight
from storefront.serving import spots_of, twins_of

MOST = 30
FIELDS = ("title", "url_path", "intro", "hero_id", "hero_alt", "village_id", "craft_id", "translation_key")
DATES = ("first_published_at", "last_published_at")
# When nothing is in a feed: any moment will do, as long as it stays.
NEVER = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class About:
    """What the stories of a feed are about; ``name`` is its address's end, ``place`` None for all stories."""

    name: str
    page_url: str
    title: str
    subject: dict[str, int]
    place: Place | None = None


@feed
def stories(request: HttpRequest, kind: str) -> HttpResponse:
    """All stories. ``kind`` is "atom" or "rss"."""
    directory = get_directory(get_language())
    url = directory.sections.get("stories", f"/{directory.language}/")
    return _answer(About("stories", url, _("Stories"), {}), directory, kind)


@feed
def of_village(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    directory = get_directory(get_language())
    return _about(_find(directory.villages, slug), "villages", "village_id", directory, kind)


@feed
def of_craft(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    directory = get_directory(get_language())
    return _about(_find(directory.crafts, slug), "crafts", "craft_id", directory, kind)


def _find(places: dict[int, Place], slug: str) -> Place:
    """The place with a public page that has this slug, else 404."""
    for place in places.values():
        if place.slug == slug and place.is_public:
            return place
    raise Http404


def _about(place: Place, folder: str, field: str, directory: Directory, kind: str) -> HttpResponse:
    title = _("Stories: %(place)s") % {"place": place.name}
    return _answer(About(f"{folder}/{place.slug}", place.url, title, {field: place.id}, place), directory, kind)


def _answer(about: About, directory: Directory, kind: str) -> HttpResponse:
    rows = stories_for(directory.language).filter(locale__language_code=directory.language, **about.subject)
    rows = list(rows.only(*FIELDS, *DATES, "locale__language_code")[:MOST])
    updated = max((row.last_published_at or row.first_published_at or NEVER for row in rows), default=NEVER)
    written = _feed(about, directory, kind, updated)
    describe_row = _describing(rows, directory)
    for row in rows:
        written.add_item(**describe_row(row))
    response = HttpResponse(written.writeString("utf-8"), content_type=written.content_type)
    response["Cache-Control"] = CACHE_CONTROL
    response["Last-Modified"] = http_date(max(updated, _touched()).timestamp())
    return response


def _touched() -> datetime:
    """When somebody last did something to a page: a story that went away has changed the feed, too. One statement."""
    return PageLogEntry.objects.aggregate(at=Max("timestamp"))["at"] or NEVER


def _feed(about: About, directory: Directory, kind: str, updated: datetime) -> AtomFeed | RssFeed:
    language, name = directory.language, f"{about.name}.{kind}"
    others = [code for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES if code != language]
    maker = AtomFeed if kind == "atom" else RssFeed
    return maker(
        title=clean(f"{about.title} · {settings.MARKETPLACE_SHOP_NAME}"),
        link=absolute(about.page_url),
        description=_("Stories of villages, their crafts and the people who make things there."),
        language=language,
        author_name=settings.MARKETPLACE_SHOP_NAME,
        feed_url=absolute(feed_path(language, name)),
        feed_guid=_tag(f"{language}/{about.name}"),
        alternates={code: absolute(feed_path(code, name)) for code in others},
        updated=updated,
    )


def _tag(name: str) -> str:
    """A name that stays when addresses change (RFC 4151). The year is that in which the shop's host got these names."""
    host = settings.SITE_URL.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"tag:{host},{NEVER.year}:{name}"


def _describing(rows: list, directory: Directory) -> Callable[[object], dict]:
    """What makes an item of a row; the pictures and translations of all rows are read beforehand, in two statements."""
    pictures = directory.load_pictures({row.hero_id for row in rows if row.hero_id})
    families: dict[object, list] = {}
    for twin in twins_of(Page.objects.filter(pk__in=[row.pk for row in rows])) if rows else ():
        if twin.live:
            families.setdefault(twin.key, []).append(twin)

    def item(row) -> dict:
        village, craft = directory.villages.get(row.village_id), directory.crafts.get(row.craft_id)
        own = in_own_words(spots_of(families[row.translation_key], directory.roots))
        hero = pictures.get(row.hero_id)
        picture = describe(hero, SOCIAL, alt=row.hero_alt)
        return {
            "title": clean(row.title),
            "link": absolute(directory.address_of(row.url_path, directory.language)),
            # Readers of feeds take it for HTML.
            "description": escape(clean(row.intro)),
            "author_name": clean(village.name) if village else settings.MARKETPLACE_SHOP_NAME,
            "pubdate": row.first_published_at,
            "updateddate": row.last_published_at or row.first_published_at or NEVER,
            "unique_id": _tag(f"story-{row.pk}"),
            "unique_id_is_permalink": False,
            "categories": [clean(craft.name)] if craft else [],
            "alternates": {code: absolute(own[code]) for code in sorted(own, key=lambda code: code == directory.language)},
            "picture": picture | {"src": absolute(picture["src"]), "bytes": weight(hero, SOCIAL[0])} if picture else None,
        }

    return item
