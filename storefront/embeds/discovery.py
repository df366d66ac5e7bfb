"""How an embeddable page says where its oEmbed answers are: in the head, and as ``Link`` headers."""

from urllib.parse import urlencode

from django.http import QueryDict

from storefront.embeds.addresses import absolute
from storefront.embeds.kinds import kinds
from storefront.embeds.locating import card_beside

TYPES = {"json": "application/json+oembed", "xml": "text/xml+oembed"}


def discovery(page_url: str, own: str = "", query: QueryDict | None = None) -> dict:
    """For the page at path ``page_url``: ``links`` (href, type) for the head, ``header`` with the same.

    ``own``: the kind of its card. Where the page's address asks for another one (``?card=map``), so do the links.
    """
    wanted = query.get("card", "") if query else ""
    other = f"?card={wanted}" if wanted in kinds and card_beside(own, wanted) == wanted != own else ""
    url = absolute(page_url) + other
    links = [
        {"href": f"{absolute('/oembed/')}?{urlencode({'url': url, 'format': name})}", "type": media_type}
        for name, media_type in TYPES.items()
    ]
    header = ", ".join(f'<{link["href"]}>; rel="alternate"; type="{link["type"]}"' for link in links)
    return {"links": links, "header": header}
