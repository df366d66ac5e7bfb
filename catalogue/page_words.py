"""The words of a page, read from what is stored: no picture or piece is fetched, and odd data stops nothing."""

from collections.abc import Iterator

from django.db import models
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import get_text_for_indexing
from wagtail_localize.fields import get_translatable_fields

# Addresses are translated, too, but they are nothing that a reader reads.
NOT_WORDS = ("slug",)
PLAIN = (blocks.CharBlock, blocks.TextBlock, blocks.BlockQuoteBlock)


def words_of_page(page: Page) -> tuple[str, ...]:
    """What is written in the translatable fields of ``page`` (of its own type), in their order; empty ones left out."""
    found: list[str] = []
    for translatable in get_translatable_fields(type(page)):
        if translatable.field_name in NOT_WORDS or not translatable.is_translated(page):
            continue
        field = translatable.get_field(type(page))
        if isinstance(field, StreamField):
            found += _words(field.stream_block, getattr(page, field.name).raw_data)
        elif isinstance(field, RichTextField):
            found.append(get_text_for_indexing(getattr(page, field.name) or ""))
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            found.append(getattr(page, field.attname) or "")
    return tuple(word for word in found if word)


def _words(block: blocks.Block, raw) -> Iterator[str]:
    """The words in what is stored for ``block``."""
    if isinstance(block, blocks.StreamBlock):
        for item in raw or ():
            if child := block.child_blocks.get(item["type"]):
                yield from _words(child, item["value"])
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _words(child, (raw or {}).get(name))
    elif isinstance(block, blocks.ListBlock):
        for item in raw or ():
            yield from _words(block.child_block, item["value"] if _is_wrapped(item) else item)
    elif isinstance(block, blocks.RichTextBlock):
        yield get_text_for_indexing(str(raw or ""))
    elif isinstance(block, PLAIN):
        yield str(raw or "")


def _is_wrapped(item) -> bool:
    """Whether an entry of a list is stored with its id."""
    return isinstance(item, dict) and item.get("type") == "item" and "value" in item
