"""Wagtail's two indexes (search, and what refers to what) are made once, after the demo's pages, not at every save."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db.models.signals import post_save
from modelsearch.index import get_indexed_models
from modelsearch.signal_handlers import post_save_signal_handler
from wagtail.models import Page, ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update


@contextmanager
def indexed_at_the_end() -> Iterator[None]:
    """Within the block saves change no index; at its end both are true for all pages and pictures."""
    listening = [
        model
        for model in get_indexed_models()
        if post_save.disconnect(post_save_signal_handler, sender=model)
    ]
    try:
        with disable_reference_index_auto_update():
            yield
    finally:
        for model in listening:
            post_save.connect(post_save_signal_handler, sender=model)
    for page in Page.objects.specific().iterator(chunk_size=100):
        ReferenceIndex.create_or_update_for_object(page)
    call_command("wagtail_update_index", verbosity=0)
