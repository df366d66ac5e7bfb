"""What tells Wagtail, Drupal and the registry of oEmbed where the cards are, as text to copy. Pure but for the settings."""

import json
import re
from urllib.parse import quote

from django.conf import settings
from django.utils.text import slugify

from storefront.agency.examples import Shown
from storefront.embeds.addresses import absolute


def wagtail_provider() -> str:
    """For the settings of a Wagtail site, as Python."""
    pattern = f"^{re.escape(settings.SITE_URL)}/.+$"
    # A raw string holds no quotation mark that ends it, and no address has one.
    return (
        "WAGTAILEMBEDS_FINDERS = [\n"
        "    {\n"
        '        "class": "wagtail.embeds.finders.oembed",\n'
        f'        "providers": [{{"endpoint": {json.dumps(absolute("/oembed/"))}, "urls": [r"{pattern}"]}}],\n'
        "    },\n"
        '    {"class": "wagtail.embeds.finders.oembed"},\n'
        "]\n"
    )


def drupal_provider() -> str:
    """For Drupal with the module oEmbed Providers, as YAML. The label is the name that our answers give."""
    return (
        f"id: {_name('_')}\n"
        f"label: {_quoted(settings.MARKETPLACE_SHOP_NAME)}\n"
        f"provider_url: {_quoted(absolute('/'))}\n"
        "endpoints:\n"
        "  - schemes:\n"
        f"      - {_quoted(absolute('/') + '*')}\n"
        f"    url: {_quoted(absolute('/oembed.') + '{format}')}\n"
        "    discovery: true\n"
        "    formats:\n"
        "      json: true\n"
        "      xml: true\n"
    )


def registry_entry(shown: Shown | None) -> str:
    """As the registry at oembed.com wants it, for an operator who wants to be in it."""
    lines = [
        f"- provider_name: {_quoted(settings.MARKETPLACE_SHOP_NAME)}",
        f"  provider_url: {_quoted(absolute('/'))}",
        "  endpoints:",
        "  - schemes:",
        f"    - {_quoted(absolute('/') + '*')}",
        f"    url: {_quoted(absolute('/oembed/'))}",
        "    discovery: true",
    ]
    if shown is not None:
        page = quote(absolute(shown.subject.url), safe="")
        lines += ["    example_urls:", f"    - {_quoted(absolute('/oembed/') + '?url=' + page)}"]
    return "\n".join(lines) + "\n"


def _name(dash: str) -> str:
    return slugify(settings.MARKETPLACE_SHOP_NAME).replace("-", dash) or "shop"


def _quoted(text: str) -> str:
    """A YAML string in single quotation marks."""
    return "'" + text.replace("'", "''") + "'"
