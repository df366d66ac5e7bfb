"""Atom and RSS by Django's generator, with what it lacks: pictures, languages, and words that XML cannot hold."""

from datetime import datetime

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date

from storefront.embeds.answers import NOT_XML

MEDIA = "http://search.yahoo.com/mrss/"


def clean(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return NOT_XML.sub("", text)


def _picture(handler, item: dict) -> None:
    """The item's picture in the words of Media RSS."""
    picture = item["picture"]
    if picture:
        sizes = {"width": str(picture["width"]), "height": str(picture["height"])}
        handler.startElement("media:content", {"url": picture["src"], "medium": "image", "type": "image/jpeg", **sizes})
        if picture["alt"]:
            handler.addQuickElement("media:description", clean(picture["alt"]), {"type": "plain"})
        handler.endElement("media:content")


def _translations(handler, item: dict, name: str) -> None:
    """Links to the same story in each language, its own among them. ``name``: the element."""
    for code, url in item["alternates"].items():
        handler.addQuickElement(name, "", {"rel": "alternate", "type": "text/html", "hreflang": code, "href": url})


class _Dated:
    """``feed["updated"]`` is when something in it changed; the generator's own guess is today, in an empty one."""

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]


class AtomFeed(_Dated, Atom1Feed):
    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {"xmlns:media": MEDIA}

    def add_root_elements(self, handler) -> None:
        super().add_root_elements(handler)
        for code, url in self.feed["alternates"].items():
            handler.addQuickElement(
                "link", "", {"rel": "alternate", "type": "application/atom+xml", "hreflang": code, "href": url}
            )

    def add_item_elements(self, handler, item: dict) -> None:
        super().add_item_elements(handler, item)
        # Its own address comes first and once more last: some readers take the one, some the other.
        _translations(handler, item, "link")
        if item["picture"]:
            handler.addQuickElement("link", "", {"rel": "enclosure", "type": "image/jpeg", "href": item["picture"]["src"]})
        _picture(handler, item)


class RssFeed(_Dated, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {"xmlns:media": MEDIA}

    def add_item_elements(self, handler, item: dict) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        _translations(handler, item, "atom:link")
        picture = item["picture"]
        # RSS 2.0 wants the bytes of an enclosure: without a file there is none.
        if picture and picture["bytes"]:
            about = {"url": picture["src"], "length": str(picture["bytes"]), "type": "image/jpeg"}
            handler.addQuickElement("enclosure", "", about)
        _picture(handler, item)
