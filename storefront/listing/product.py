"""The page of one piece."""

from decimal import Decimal

from django.conf import settings
from django.db.models import Case, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductText
from catalogue.provenance import with_provenance
from catalogue.text import by_language, choose, language_name
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.economies.requirements import unmet, writers
from marketplace.money import Money, format_money
from storefront import page_contexts, preload
from storefront.embeds.discovery import discovery
from storefront.lang import in_language
from storefront.linked_data import product as linked_data
from storefront.linked_data.script import as_script
from storefront.listing.cards import card_spots, draw
from storefront.listing.directory import Directory, get_directory
from storefront.listing.listed_by import listed_by
from storefront.listing.models import ProductCard
from storefront.listing.product_words import describe_returns, describe_words, label_of_variants
from storefront.listing.shares import describe_shares
from storefront.listing.voice import describe_voice, with_voice
from storefront.market.choice import start
from storefront.market.door import at_your_door
from storefront.market.prices import selling_price
from storefront.pictures import LARGE, Loaded, describe, social
from storefront.public import public_page

State = ProductCard.State


@public_page
def detail(request: HttpRequest, product_slug: str, pk: int) -> HttpResponse:
    """A piece by its number; a slug of old or of another language is redirected, a hidden or missing piece is 404."""
    product = _load(pk)
    if product is None:
        raise Http404(_("This piece is not in the shop."))
    request.spots = card_spots(product.card)
    here = request.spots[get_language()].url
    if iri_to_uri(request.path) != here:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{here}?{query}" if query else here)
    request.oembed = discovery(here, query=request.GET)
    with preload.holding() as store:
        context = describe_product(product, store)
        return render(request, "storefront/catalogue/product.html", context)


def _load(pk: int) -> Product | None:
    """A visible standalone or parent product with its card."""
    rows = Product.objects.filter(pk=pk, is_public=True, card__visible=True).exclude(structure=Product.CHILD)
    return with_voice(rows.select_related("card")).first()


def _texts(product: Product) -> dict[int, dict[str, ProductText]]:
    """Product id → language code → words, of the piece and of its variants. One statement."""
    rows = product.texts.select_related("locale")
    if product.is_parent:
        family = Product.objects.filter(Q(pk=product.pk) | Q(parent=product.pk)).values("pk")
        rows = ProductText.objects.filter(owner__in=family).select_related("locale", "owner")
    found: dict[int, list[ProductText]] = {}
    for row in with_provenance(rows):
        found.setdefault(row.owner_id, []).append(row)
    return {pk: by_language(texts) for pk, texts in found.items()}


def describe_product(product: Product, store: preload.Preloaded) -> dict:
    """Context of catalogue/product.html."""
    language = get_language()
    directory, card, texts = get_directory(language), product.card, _texts(product)
    nearest = ("story", card.village_id, card.workshop_id, card.craft_id)
    story = directory.keep(nearest, lambda: _story(card, language))
    workshop = directory.workshops.get(card.workshop_id)
    village = directory.villages.get(card.village_id)
    shown = list(product.images.order_by("display_order", "id").values_list("picture_id", flat=True))
    preload.load_images(store, {pk for pk in (*shown, story and story.hero_id) if pk})
    variants = _variants(product, texts, language) if product.is_parent else []
    words = describe_words(texts.get(product.pk, {}), product, language)
    title, lang = words["title"], words["lang"]
    written = writers(texts.get(product.pk, {}), product.source_language)
    door = at_your_door(product, card, written)
    price = selling_price(Money(card.price, card.currency))
    context = {
        "product": words,
        "pictures": _pictures([store.images[pk] for pk in shown if pk in store.images], title, lang),
        "workshop": page_contexts.place_link(workshop)
        | {"portrait": {}, "village": village.name if village else ""}
        if workshop
        else None,
        "voice": describe_voice(product),
        "listed_by": listed_by(card.workshop_id, directory),
        "village": page_contexts.place_link(village),
        "craft": page_contexts.place_link(directory.crafts.get(card.craft_id)),
        "story": page_contexts.story_card(story, directory) if story else None,
        "facts": facts(product, card, directory),
        "price": price,
        "shares": describe_shares(price, workshop, village),
        "price_text": draw([card])[0]["price_text"],
        "from_price": card.from_price,
        "state": card.state,
        "state_text": state_text(card.state, card.lead_days),
        "not_sold": [] if door else not_sold(directory, written),
        "door": door,
        "returns": describe_returns(),
        "buyable": card.state != State.SOLD_OUT and not door.get("refusals"),
        "variants": variants,
        "variants_label": label_of_variants(variants, language),
        "add_url": reverse("basket-add"),
        "product_id": product.pk,
        "max_quantity": 1
        if product.supply == Product.Supply.ONE_OF_A_KIND
        else settings.MARKETPLACE_MAX_LINE_QUANTITY,
        "related": draw(_related(card)),
        "breadcrumbs": breadcrumbs(directory, village, title, lang),
        "sample_note": _("A sample from the demo: place, people and piece are invented.")
        if workshop and workshop.sample
        else "",
        "social": social(
            title,
            words["summary"],
            store.images.get(next(iter(shown), None)),
            "product",
            alt=title,
            lang=lang,
            more=linked_data.open_graph(price, card.state, door),
        ),
    }
    here = card_spots(card)[language].url
    return context | {"linked_data": as_script(linked_data.product(product, context, directory, here))}


def not_sold(directory: Directory, written: dict[str, str]) -> list[str]:
    """A sentence for each destination that requires a language which the piece is not described in."""
    return [
        _("Not sold to %(destination)s yet: its description is not in %(language)s.")
        % {"destination": economy_name(row.destination), "language": language_name(row.language)}
        for row in unmet(directory.required, written)
    ]


def state_text(state: str, lead_days: int | None) -> str:
    """Availability in plain words."""
    if state == State.MADE_TO_ORDER:
        days = lead_days or 0
        if not days:
            return _("Made to order for you")
        return ngettext(
            "Made to order, ready to send in %(days)s day",
            "Made to order, ready to send in %(days)s days",
            days,
        ) % {"days": days}
    return {
        State.IN_STOCK: _("In stock, ready to send"),
        State.ONE_OF_A_KIND: _("One of a kind, ready to send"),
        State.SOLD_OUT: _("Sold out"),
    }[state]


def facts(product: Product, card: ProductCard, directory: Directory) -> list[dict]:
    """What a customs officer and a careful buyer ask for; what is not known is left out."""
    found = (directory.materials.get(int(pk)) for pk in card.materials.split())
    materials = [in_language(row.name, row.lang) for row in found if row]
    rows = [
        # Every part is safe, and so are the commas between them.
        (_("Materials"), mark_safe(formats.joined(materials))),
        (_("Size"), formats.size((product.length_mm, product.width_mm, product.height_mm))),
        (_("Net weight"), formats.weight(product.net_weight_g)),
        (_("Made in"), economy_name(product.origin) if product.origin else ""),
        (_("HS code"), product.hs_code),
        (_("Piece code"), product.upc or ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def breadcrumbs(directory: Directory, village, title: str, lang: str) -> list[dict]:
    shop = f"{start()}{directory.language}/products/"
    found = [{"label": _("Shop"), "url": shop, "lang": directory.language}]
    if village:
        found.append({"label": village.name, "url": f"{shop}?village={village.slug}", "lang": village.lang})
    return [*found, {"label": title, "url": "", "lang": lang}]


def _pictures(images: list[Loaded], title: str, lang: str) -> list[dict]:
    drawn = []
    for number, image in enumerate(images, start=1):
        alt = (
            title if number == 1 else _("%(title)s, picture %(number)s") % {"title": title, "number": number}
        )
        drawn.append(describe(image, LARGE, alt=alt, lang=lang))
    return [pic for pic in drawn if pic]


def _variants(product: Product, texts: dict[int, dict[str, ProductText]], language: str) -> list[dict]:
    """The variants in their order with price and stock, in one statement."""
    stock = [f"stockrecords__{name}" for name in ("price", "price_currency", "num_in_stock", "num_allocated")]
    rows = Product.objects.filter(parent=product, is_public=True).order_by("id", "stockrecords__id")
    first = {}
    for pk, *row in rows.values_list("pk", "title", "source_language", *stock):
        first.setdefault(pk, row)
    return [_variant(pk, product, texts.get(pk, {}), language, *row) for pk, row in first.items()]


def _variant(
    pk: int,
    parent: Product,
    texts: dict[str, ProductText],
    language: str,
    title: str,
    source: str,
    amount: Decimal | None,
    currency: str | None,
    in_stock: int | None,
    allocated: int | None,
) -> dict:
    text = choose(texts, language, source)
    left = (in_stock or 0) - (allocated or 0)
    sold_out = currency is None or (not parent.made_to_order and left <= 0)
    state = State.SOLD_OUT if sold_out else State.MADE_TO_ORDER if parent.made_to_order else State.IN_STOCK
    price = selling_price(Money(amount, currency)) if currency and amount is not None else None
    return {
        "id": pk,
        "label": text.title if text else title,
        "lang": text.language if text else source,
        "price": price,
        "price_text": format_money(price, language) if price else "",
        "state": state,
        "state_text": _("Sold out") if sold_out else "",
        "buyable": not sold_out,
    }


def _story(card: ProductCard, language: str):
    """The newest story about this piece's workshop, else its craft in its village, else its village."""
    nearness = Case(
        When(workshop_id=card.workshop_id, then=Value(0)),
        When(craft_id=card.craft_id, then=Value(1)),
        default=Value(2),
    )
    rows = page_contexts.stories_for(language).filter(village_id=card.village_id)
    return rows.order_by(nearness, "-first_published_at", "-pk").first()


def _related(card: ProductCard):
    rows = ProductCard.objects.filter(visible=True, village_id=card.village_id).exclude(pk=card.pk)
    return rows.order_by("-listed_at", "-product_id")[:4]
