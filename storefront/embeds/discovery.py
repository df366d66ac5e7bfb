"""How an embeddable page says where its oEmbed answers are: in the head, and as ``Link`` headers."""

from urllib.parse import urlencode

from storefront.embeds.addresses import absolute

TYPES = {"json": "application/json+oembed", "xml": "text/xml+oembed"}


def discovery(page_url: str) -> dict:
    """For the page at path ``page_url``: ``links`` (href, type) for the head, ``header`` with the same."""
    url = absolute(page_url)
    links = [
        {"href": f"{absolute('/oembed/')}?{urlencode({'url': url, 'format': name})}", "type": media_type}
        for name, media_type in TYPES.items()
    ]
    header = ", ".join(f'<{link["href"]}>; rel="alternate"; type="{link["type"]}"' for link in links)
    return {"links": links, "header": header}
