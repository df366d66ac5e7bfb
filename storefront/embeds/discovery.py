"""How an embeddable page says where its oEmbed answers are: in the head, and as ``Link`` headers."""

from urllib.parse import urlencode

from django.http import QueryDict

from storefront.embeds.addresses import absolute
from storefront.embeds.kinds import kinds
from storefront.embeds.locating import card_beside
from storefront.embeds.options import read_options

TYPES = {"json": "application/json+oembed", "xml": "text/xml+oembed"}


def discovery(page_url: str, own: str = "", query: QueryDict | None = None) -> dict:
    """For the page at path ``page_url``: ``links`` (href, type) for the head, ``header`` with the same.

    ``own``: the kind of its card. What the page's address says of the card, its kind (``?card=map``) and its looks, the
    links say, too: who asks as they say gets the card that the address promises.
    """
    url = absolute(page_url)
    if query:
        wanted = query.get("card", "")
        other = f"?card={wanted}" if wanted in kinds and card_beside(own, wanted) == wanted != own else ""
        looks = read_options(query).without_code().query
        url += other + (looks.replace("?", "&", 1) if other else looks)
    links = [
        {"href": f"{absolute('/oembed/')}?{urlencode({'url': url, 'format': name})}", "type": media_type}
        for name, media_type in TYPES.items()
    ]
    header = ", ".join(f'<{link["href"]}>; rel="alternate"; type="{link["type"]}"' for link in links)
    return {"links": links, "header": header}
