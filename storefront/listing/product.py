"""The page of one piece."""

from django.conf import settings
from django.db.models import Case, Prefetch, Value, When, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductImage, ProductText
from catalogue.text import by_language, choose, language_name, shown_in
from marketplace.economies.names import economy_name
from marketplace.money import Money, format_money
from storefront import page_contexts, preload
from storefront.embeds.discovery import discovery
from storefront.listing.cards import draw, product_path
from storefront.listing.directory import Directory, get_directory
from storefront.listing.models import ProductCard
from storefront.pictures import LARGE, describe
from storefront.public import public_page

State = ProductCard.State


@public_page
def detail(request: HttpRequest, product_slug: str, pk: int) -> HttpResponse:
    """A piece by its number; an old or wrong slug is redirected, a hidden or missing piece is 404."""
    product = _load(pk)
    if product is None:
        raise Http404(_("This piece is not in the shop."))
    if product.slug != product_slug:
        return HttpResponsePermanentRedirect(product_path(get_language(), product.slug, pk))
    request.oembed = discovery(product_path(get_language(), product.slug, pk))
    with preload.holding() as store:
        context = describe_product(product, store)
        return render(request, "storefront/catalogue/product.html", context)


def _load(pk: int) -> Product | None:
    """A visible standalone or parent product, its texts, pictures and stock: four statements, however many rows."""
    texts = Prefetch("texts", queryset=ProductText.objects.select_related("locale"))
    family = Prefetch(
        "children",
        queryset=Product.objects.filter(is_public=True).order_by("id").prefetch_related("stockrecords", texts),
    )
    pictures = ProductImage.objects.select_related("picture").order_by("display_order", "id")
    related = [texts, Prefetch("images", queryset=pictures), "images__picture__renditions", "stockrecords"]
    rows = Product.objects.filter(pk=pk, is_public=True, card__visible=True).exclude(structure=Product.CHILD)
    product = rows.select_related("card", "craft").prefetch_related(*related).first()
    if product is not None and product.is_parent:
        # Only pieces with variants pay for reading them.
        prefetch_related_objects([product], family)
    return product


def describe_product(product: Product, store: preload.Preloaded) -> dict:
    """Context of catalogue/product.html (see docs/templates.md)."""
    language = get_language()
    directory, card = get_directory(language), product.card
    text = choose(by_language(product.texts.all()), language, product.source_language)
    story = _story(card, language)
    workshop = directory.workshops.get(card.workshop_id)
    village = directory.villages.get(card.village_id)
    preload.load_images(store, {row.hero_id for row in (story, workshop) if row and row.hero_id})
    variants = [_variant(child, language) for child in product.children.all()] if product.is_parent else []
    title = text.title if text else product.title
    lang = text.language if text else product.source_language
    return {
        "product": {
            "title": title,
            "lang": lang,
            "lang_label": shown_in(lang, language),
            "origin_label": origin_label(lang, product.source_language),
            "summary": text.summary if text else "",
            "description_paragraphs": text.paragraphs if text else [product.description],
            "code": product.upc or "",
        },
        "pictures": _pictures(product, title, lang),
        "workshop": page_contexts.place_link(workshop) | {"portrait": {}, "village": village.name if village else ""} if workshop else None,
        "village": page_contexts.place_link(village),
        "craft": page_contexts.place_link(directory.crafts.get(card.craft_id)),
        "story": page_contexts.story_card(story, directory) if story else None,
        "facts": facts(product, card, directory),
        "price": Money(card.price, card.currency),
        "price_text": draw([card])[0]["price_text"],
        "from_price": card.from_price,
        "state": card.state,
        "state_text": state_text(card.state, card.lead_days),
        "buyable": card.state != State.SOLD_OUT,
        "variants": variants,
        "add_url": reverse("basket-add"),
        "product_id": product.pk,
        "max_quantity": 1 if product.supply == Product.Supply.ONE_OF_A_KIND else settings.MARKETPLACE_MAX_LINE_QUANTITY,
        "related": draw(_related(card)),
        "breadcrumbs": breadcrumbs(directory, village, title),
        "sample_note": _("A sample from the demo: place, people and piece are invented."),
        "social_image": card.picture.get("src", ""),
    }


def origin_label(lang: str, source: str) -> str:
    """"Translated from Vietnamese" when the words shown are not the maker's own; else empty."""
    return "" if lang == source else _("Translated from %(language)s") % {"language": language_name(source)}


def state_text(state: str, lead_days: int | None) -> str:
    """Availability in plain words."""
    if state == State.MADE_TO_ORDER:
        days = lead_days or 0
        if not days:
            return _("Made to order for you")
        return ngettext(
            "Made to order, ready to send in %(days)s day", "Made to order, ready to send in %(days)s days", days
        ) % {"days": days}
    return {
        State.IN_STOCK: _("In stock, ready to send"),
        State.ONE_OF_A_KIND: _("One of a kind, ready to send"),
        State.SOLD_OUT: _("Sold out"),
    }[state]


def facts(product: Product, card: ProductCard, directory: Directory) -> list[dict]:
    """What a customs officer and a careful buyer ask for; what is not known is left out."""
    materials = [directory.materials[int(pk)].name for pk in card.materials.split() if int(pk) in directory.materials]
    sizes = [size for size in (product.length_mm, product.width_mm, product.height_mm) if size]
    rows = [
        (_("Materials"), ", ".join(materials)),
        (_("Size"), " × ".join(f"{size / 10:g}" for size in sizes) + " cm" if sizes else ""),
        (_("Net weight"), weight_text(product.net_weight_g)),
        (_("Made in"), economy_name(product.origin) if product.origin else ""),
        (_("HS code"), product.hs_code),
        (_("Piece code"), product.upc or ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def weight_text(grams: int | None) -> str:
    if not grams:
        return ""
    return f"{grams} g" if grams < 1000 else f"{grams / 1000:g} kg"


def breadcrumbs(directory: Directory, village, title: str) -> list[dict]:
    found = [{"label": _("Shop"), "url": f"/{directory.language}/products/"}]
    if village:
        found.append({"label": village.name, "url": f"/{directory.language}/products/?village={village.slug}"})
    return [*found, {"label": title, "url": ""}]


def _pictures(product: Product, title: str, lang: str) -> list[dict]:
    images = [row.picture for row in product.images.all() if row.picture]
    drawn = []
    for number, image in enumerate(images, start=1):
        alt = title if number == 1 else _("%(title)s, picture %(number)s") % {"title": title, "number": number}
        drawn.append(describe(image, LARGE, alt=alt, lang=lang))
    return [pic for pic in drawn if pic]


def _variant(child: Product, language: str) -> dict:
    record = next(iter(child.stockrecords.all()), None)
    text = choose(by_language(child.texts.all()), language, child.source_language)
    sold_out = record is None or (not child.parent.made_to_order and record.net_stock_level <= 0)
    state = State.SOLD_OUT if sold_out else State.MADE_TO_ORDER if child.parent.made_to_order else State.IN_STOCK
    price = Money(record.price, record.price_currency) if record else None
    return {
        "id": child.pk,
        "label": text.title if text else child.title,
        "price": price,
        "price_text": format_money(price, language) if price else "",
        "state": state,
        "state_text": _("Sold out") if sold_out else "",
        "buyable": not sold_out,
    }


def _story(card: ProductCard, language: str):
    """The newest story about this piece's workshop, else its craft in its village, else its village."""
    from storefront.models import StoryPage

    nearness = Case(
        When(workshop_id=card.workshop_id, then=Value(0)), When(craft_id=card.craft_id, then=Value(1)), default=Value(2)
    )
    rows = StoryPage.objects.filter(live=True, locale__language_code=language, village_id=card.village_id)
    return rows.select_related("locale").defer("body").order_by(nearness, "-first_published_at").first()


def _related(card: ProductCard):
    rows = ProductCard.objects.filter(visible=True, village_id=card.village_id).exclude(pk=card.pk)
    return rows.order_by("-listed_at", "-product_id")[:4]
