"""The two formats of oEmbed and what every answer of the embeds has in common."""

import json
import re
from hashlib import blake2b
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from storefront.etags import is_known

MEDIA_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
RETRY_AFTER = 30  # seconds
# What XML 1.0 cannot hold, even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode(format: str, root: str, values: dict[str, str | int]) -> bytes:
    """``values`` as JSON or as children of the XML element ``root``, UTF-8."""
    if format == "json":
        # Nobody has to trust the media type: without "<" it is no HTML.
        return json.dumps(values, ensure_ascii=False).replace("<", "\\u003c").encode()
    element = ElementTree.Element(root)
    for name, value in values.items():
        ElementTree.SubElement(element, name).text = NOT_XML.sub("", str(value))
    return b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + ElementTree.tostring(
        element, encoding="utf-8"
    )


def with_etag(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its ETag, or 304 with the same headers for a reader who has it already."""
    response["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
    if not is_known(request, response["ETag"]):
        return response
    # The headers of a 304 replace those of the stored answer, so the same ones have to travel.
    return HttpResponseNotModified(
        headers={name: value for name, value in response.items() if name != "Content-Type"}
    )
