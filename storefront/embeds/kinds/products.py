"""The card of one piece."""

from django.utils.translation import gettext_lazy as _

from storefront.embeds.addresses import Place as Address
from storefront.embeds.kinds.base import kinds
from storefront.embeds.kinds.lead import PIECE, lighter
from storefront.embeds.kinds.pages import craft_of, gone, places_of
from storefront.embeds.kinds.shelves import draw_pieces, first_picture
from storefront.embeds.origins import label_of, with_records
from storefront.embeds.subjects import Found, Gone, Subject
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.models import ProductCard


def locate(place: Address) -> int | None:
    return place.product_pk


@kinds.register("product", call=_("See this piece"), locate=locate)
def product(language: str, pk: int) -> Found:
    card = with_records(ProductCard.objects.filter(pk=pk), language).first()
    if card is None:
        return None
    directory = get_directory(language)
    village = directory.villages.get(card.village_id)
    if card.visible:
        return _of_card(language, card, village, directory)
    if village and village.url:
        return Gone(village.url, village.name, village.lang)
    return gone(language, None)


def _of_card(language: str, card: ProductCard, village: Place | None, directory: Directory) -> Subject:
    [drawn] = draw_pieces([card], language)
    workshop = directory.workshops.get(card.workshop_id)
    own = ((workshop.name, workshop.lang),) if workshop else ()
    return Subject(
        kind="product",
        language=language,
        pk=card.pk,
        slug=card.slug,
        url=drawn["url"],
        title=drawn["title"],
        lang=drawn["lang"],
        lang_label=drawn["lang_label"],
        origin_label=label_of(card, drawn["lang"]),
        text=drawn["summary"],
        places=own + places_of(village, card.economy),
        craft=craft_of(directory, card.craft_id),
        author=workshop.name if workshop else "",
        author_url=workshop.url if workshop else "",
        picture=drawn["picture"],
        lead=lighter(drawn["picture"], first_picture(card.pk, directory), PIECE),
        piece=drawn,
    )
