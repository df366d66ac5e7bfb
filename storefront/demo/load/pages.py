"""The page tree in English, and through wagtail-localize in every language that a page is wholly told in."""

import html
import uuid
from datetime import UTC, datetime, time

from django.utils import timezone
from wagtail.models import Page, Site

from catalogue.models import Craft, Product
from marketplace.workshops.models import Village, Workshop
from storefront import models
from storefront.demo import content
from storefront.demo.drawing import of_block
from storefront.demo.load.images import by_name
from storefront.demo.load.places import locale
from storefront.demo.load.translate import translate
from storefront.demo.load.words import Words, complete, credit, scene
from storefront.search import index as search

SECTIONS = (
    ("stories", models.StoryIndexPage),
    ("villages", models.VillageIndexPage),
    ("crafts", models.CraftIndexPage),
    ("workshops", models.WorkshopIndexPage),
)


def load_pages() -> int:
    """Make the tree where it is missing. Answers the number of pages made (in all languages)."""
    before = Page.objects.count()
    home = _home()
    for slug, model in SECTIONS:
        texts = content.pages()[slug]
        words = Words(complete(texts))
        text = words.told(texts)
        page = _page(
            home, model, slug, text["title"], intro=text["intro"], hero_name=f"section-{slug}", words=words
        )
        {"stories": _stories, "villages": _villages, "crafts": _crafts, "workshops": _workshops}[slug](page)
    return Page.objects.count() - before


def _home() -> models.HomePage:
    texts = content.pages()["home"]
    words = Words(complete(texts))
    text = words.told(texts)
    root = Page.objects.get(depth=1)
    home = models.HomePage.objects.filter(locale=locale("en")).first()
    if home is None:
        # Wagtail's own welcome page makes way.
        Page.objects.filter(depth=2, content_type__model="page").delete()
        root.refresh_from_db()
        home = _page(
            root,
            models.HomePage,
            "home",
            text["title"],
            intro=text["lead"],
            hero_name="home",
            words=words,
            how=[
                {"type": "step", "value": step, "id": _id("home", number)} for number, step in enumerate(text["how"])
            ],
        )
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    site.root_page = home.page_ptr if hasattr(home, "page_ptr") else home
    site.site_name = "Village & Hand"
    site.save()
    return home


def _page(parent, model, slug: str, title: str, *, intro: str, hero_name: str, words: Words, **fields):
    """The live page at ``slug`` below ``parent`` with its translations; an existing one is left alone."""
    known = parent.get_children().filter(slug=slug).first()
    if known is not None:
        return known.specific
    alt = words.told(scene(hero_scene(hero_name)))
    page = model(
        title=title,
        slug=slug,
        locale=locale("en"),
        intro=intro,
        hero=by_name()[hero_name],
        hero_alt=alt,
        first_published_at=timezone.now(),
        last_published_at=timezone.now(),
        **fields,
    )
    parent.add_child(instance=page)
    words.same(slug)
    for code, table in words.tables.items():
        translate(page, locale(code), table)
    return page


def date_stories() -> None:
    """Give all languages of a story its date, and let the search find them by it.

    After the commit: only then does wagtail-localize publish. The English page is written at once, without the signal
    that tells the index.
    """
    for row in content.stories():
        published = datetime.combine(datetime.fromisoformat(row["published"]).date(), time(8), UTC)
        stories = models.StoryPage.objects.filter(slug=row["slug"])
        keys = stories.filter(locale=locale("en")).values_list("translation_key", flat=True)
        models.StoryPage.objects.filter(translation_key__in=list(keys)).update(first_published_at=published)
    search.stories(models.StoryPage.objects.values_list("pk", flat=True))


def hero_scene(name: str) -> str:
    """Which scene a picture of drawing.all_pictures shows, for its description."""
    from storefront.demo.drawing import all_pictures

    return next(dict(picture.args)["scene"] for picture in all_pictures() if picture.name == name)


def _villages(index) -> None:
    for row in content.villages():
        words = Words(complete(row["text"], "description"))
        text = words.told(row["text"])
        body = [
            _text_block(row["slug"], 0, "", text["description"]),
            {"type": "map_point", "id": _id(row["slug"], 1), "value": _point(text["name"], row)},
        ]
        village = Village.objects.get(slug=row["slug"])
        _page(
            index,
            models.VillagePage,
            row["slug"],
            text["name"],
            intro=text["summary"],
            hero_name=f"village-{row['slug']}",
            words=words,
            village=village,
            body=body,
        )


def _crafts(index) -> None:
    for row in content.crafts():
        words = Words(complete(row["text"], "description"))
        text = words.told(row["text"])
        _page(
            index,
            models.CraftPage,
            row["slug"],
            text["name"],
            intro=text["summary"],
            hero_name=f"craft-{row['slug']}",
            words=words,
            craft=Craft.objects.get(slug=row["slug"]),
            body=[_text_block(row["slug"], 0, "", text["description"])],
        )


def _workshops(index) -> None:
    for row in content.workshops():
        words = Words(complete(row["text"], "description"))
        text = words.told(row["text"])
        _page(
            index,
            models.WorkshopPage,
            row["slug"],
            text["name"],
            intro=text["summary"],
            hero_name=f"workshop-{row['slug']}",
            words=words,
            workshop=Workshop.objects.get(slug=row["slug"]),
            portrait=by_name()[f"portrait-{row['slug']}"],
            body=[_text_block(row["slug"], 0, "", text["description"])],
        )


def _stories(index) -> None:
    products = dict(Product.objects.filter(upc__isnull=False).values_list("upc", "pk"))
    for row in content.stories():
        words = Words(complete(row["text"]))
        text = words.told(row["text"])
        body = [
            _block(row["slug"], number, block, words, products) for number, block in enumerate(row["block"])
        ]
        _page(
            index,
            models.StoryPage,
            row["slug"],
            text["title"],
            intro=text["intro"],
            hero_name=f"story-{row['slug']}",
            words=words,
            village=Village.objects.get(slug=row["village"]),
            craft=Craft.objects.filter(slug=row["craft"]).first(),
            workshop=Workshop.objects.filter(slug=row.get("workshop", "")).first(),
            body=body,
        )


def _block(slug: str, number: int, block: dict, words: Words, products: dict[str, int]) -> dict:
    """One block of a story as StreamField holds it."""
    kind = block["type"]
    text = words.told(block) if "en" in block else {}
    images = [by_name()[picture.name].pk for picture in of_block(slug, number, block)]
    drawn = words.told(credit())
    if kind == "text":
        return _text_block(slug, number, text.get("heading", ""), text["paragraphs"])
    if kind == "map":
        village = next(row for row in content.villages() if row["slug"] == _village_of(slug))
        return {"type": "map_point", "id": _id(slug, number), "value": _point(text["label"], village)}
    if kind == "picture":
        value = {"image": images[0], "alt": text["alt"], "caption": text.get("caption", ""), "credit": drawn}
    elif kind == "gallery":
        pictures = [
            {"image": pk, "alt": alt, "credit": drawn} for pk, alt in zip(images, text["alts"], strict=True)
        ]
        value = {"pictures": _items(slug, number, pictures), "caption": text.get("caption", "")}
    elif kind == "quote":
        value = {"quote": text["quote"], "speaker": text["speaker"], "role": text.get("role", "")}
    elif kind == "steps":
        no_picture = {"picture": None, "alt": "", "credit": ""}
        steps = [{"title": step["title"], "text": step["text"], **no_picture} for step in text["steps"]]
        value = {"title": text.get("title", ""), "steps": _items(slug, number, steps)}
    elif kind == "product":
        value = {"product": products[block["code"]]}
    else:
        chosen = [products[code] for code in block.get("codes", [])]
        value = {
            "title": text.get("title", ""),
            "mode": block["mode"],
            "products": _items(slug, number, chosen),
        }
    return {"type": kind, "id": _id(slug, number), "value": value}


def _village_of(slug: str) -> str:
    return next(row["village"] for row in content.stories() if row["slug"] == slug)


def _point(label: str, village: dict) -> dict:
    """Degrees as an editor's form stores them: as text, since a float has more places than the block allows."""
    return {"label": label, "latitude": str(village["lat"]), "longitude": str(village["lon"])}


def _text_block(slug: str, number: int, heading: str, paragraphs: list[str]) -> dict:
    text = "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    return {"type": "text", "id": _id(slug, number), "value": {"heading": heading, "text": text}}


def _items(slug: str, number: int, values: list) -> list[dict]:
    return [
        {"type": "item", "id": _id(slug, number, index), "value": value} for index, value in enumerate(values)
    ]


def _id(*parts) -> str:
    """The same block id on every machine: translations hang on it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts))))
