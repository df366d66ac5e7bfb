"""What pages of the tree tell machines. Each function is a method of its mixin: (page, context) → nodes.

Everything is taken from what the templates draw, so that the two cannot differ; no statement is asked for it. A village's
visit days are linked_data.visits.
"""

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from storefront import links, preload
from storefront.linked_data import nodes, visits
from storefront.listing.cards import draw
from storefront.listing.directory import Directory, get_directory
from storefront.page_origin import language_of


def story(page, context: Mapping) -> list[dict]:
    directory = get_directory(language_of(page))
    village, craft = directory.villages.get(page.village_id), directory.crafts.get(page.craft_id)
    workshop = directory.workshops.get(page.workshop_id)
    about = [
        nodes.place(village, [craft.name] if craft else []),
        nodes.node("DefinedTerm", name=craft.name, url=nodes.canonical(craft.url)) if craft else {},
        nodes.organization(workshop),
    ]
    article = nodes.node(
        "Article",
        **_of_page(page, context),
        headline=page.title,
        datePublished=_moment(page.first_published_at),
        dateModified=_moment(page.last_published_at),
        # As the card and oEmbed name it.
        author=nodes.node("Organization", name=village.name, url=nodes.canonical(village.url)) if village else None,
        publisher=nodes.shop(directory.sections.get("home", f"/{directory.language}/")),
        about=[thing for thing in about if thing],
        mentions=[nodes.piece(card) for card in draw_mentioned(page, context["shelf_cards"])],
        **_translations(page, context),
    )
    return [article, _breadcrumbs(_("Stories"), "stories", page, directory)]


def village(page, context: Mapping) -> list[dict]:
    directory = get_directory(language_of(page))
    found = directory.villages.get(page.village_id)
    # One name and one address for the village in the whole graph: those of its page.
    here = nodes.place(found, [card["title"] for card in context["crafts"]])
    own = _of_page(page, context) | {"name": page.title}
    here |= nodes.node("TouristAttraction", **{name: own[name] for name in ("name", "url", "description")})
    attraction = here | nodes.node("TouristAttraction", **own)
    attraction.pop("inLanguage", None)
    days = [visits.event(day, here) for day in context.get("visits", ())]
    return [attraction, *days, _breadcrumbs(_("Villages"), "villages", page, directory)]


def craft(page, context: Mapping) -> list[dict]:
    directory = get_directory(language_of(page))
    found = directory.crafts.get(page.craft_id)
    collection = nodes.node(
        "CollectionPage",
        **_of_page(page, context),
        name=page.title,
        about=nodes.node("DefinedTerm", name=found.name) if found else None,
        mentions=[nodes.piece(card) for card in context["pieces"]],
    )
    return [collection, _breadcrumbs(_("Crafts"), "crafts", page, directory)]


def workshop(page, context: Mapping) -> list[dict]:
    directory = get_directory(language_of(page))
    place = directory.workshops.get(page.workshop_id)
    maker = nodes.node(
        "Organization",
        **_of_page(page, context),
        name=page.title,
        foundingDate=str(context["since"]) if context["since"] else None,
        location=nodes.place(directory.villages.get(place.village_id) if place else None),
    )
    maker.pop("inLanguage", None)
    return [maker, _breadcrumbs(_("Workshops"), "workshops", page, directory)]


def _of_page(page, context: Mapping) -> dict:
    """What all of them have: address, words, picture, language of the words."""
    spots = getattr(context["request"], "spots", {})
    return {
        "url": nodes.canonical(links.canonical(spots, language_of(page))),
        "description": page.intro,
        "inLanguage": context["page_lang"],
        "image": [url for url in (context["social"]["image"], nodes.largest(context["hero"])) if url],
    }


def _moment(value) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _translations(page, context: Mapping) -> dict:
    """Of which work this is a translation, or which are translations of it; nothing of those that stand in for one."""
    own = links.in_own_words(getattr(context["request"], "spots", {}))
    lang = context["page_lang"]
    source = getattr(page, "source_language", lang)
    works = {
        code: nodes.node("Article", url=nodes.canonical(url), inLanguage=code)
        for code, url in own.items()
        if code != lang
    }
    if lang != source:
        return {"translationOfWork": works.get(source)}
    return {"workTranslation": list(works.values())}


def _breadcrumbs(label: str, section: str, page, directory: Directory) -> dict:
    url = directory.sections.get(section, "")
    above = [{"label": label, "url": url}] if url else []
    return nodes.breadcrumbs([*above, {"label": page.title, "url": ""}])


def draw_mentioned(page, shelves: Mapping[str, list[dict]]) -> list[dict]:
    """Drawn cards of the pieces in the story's body, each once, in its order. ``shelves``: page_contexts.shelf_cards."""
    known = {card["pk"]: card for cards in shelves.values() for card in cards}
    store = preload.current()
    found = mentioned(page, shelves)
    drawn = iter(draw(store.cards[pk] for pk in found if pk in store.cards and pk not in known)) if store else iter(())
    return [known.get(pk) or next(drawn) for pk in found]


def mentioned(page, shelves: Mapping[str, list[dict]]) -> list[int]:
    """Ids of the visible pieces in the story's body, each once, in its order. At most one statement."""
    store = preload.current()
    if store is None:
        return []
    preload.load_cards(store, set())
    found: list[int] = []
    for block in page.body.raw_data:
        value = block["value"]
        if block["type"] == "product":
            found += [pk for pk in [value["product"]] if pk in store.cards]
        elif block["type"] == "shelf" and value.get("mode") == "chosen":
            rows = (item["value"] if isinstance(item, dict) else item for item in value.get("products", []))
            found += [pk for pk in rows if pk in store.cards]
        elif block["type"] == "shelf":
            found += [card["pk"] for card in shelves.get(value.get("mode"), ())]
    return list(dict.fromkeys(found))
