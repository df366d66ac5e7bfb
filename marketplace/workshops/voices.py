"""A maker's story in her own voice: kept, replaced, taken away. Each verb is one transaction."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.log_actions import log

from catalogue.models import Product
from marketplace.workshops import hands
from marketplace.workshops.models import VoiceNote, Workshop

CHANGED = "wagtail.edit"


def voice_of(product: Product) -> VoiceNote | None:
    """The recording of the story of ``product``, if there is one. A variant's is that of its piece."""
    return VoiceNote.objects.filter(product=product.parent_id or product.pk, kind=VoiceNote.Kind.STORY).first()


@transaction.atomic
def set_voice(
    *, workshop: Workshop, product: Product, content: ContentFile, mime: str, seconds: int, language: str = "", user=None
) -> VoiceNote:
    """Keep ``content`` (clean sound, named by its maker) as the original of the story; an earlier recording goes.

    The same recording once more changes nothing. ``language`` is the piece's own unless told.
    """
    locked = _own(workshop, product)
    content.seek(0)
    data = content.read()
    fingerprint = hashlib.sha256(data).hexdigest()
    known = voice_of(locked)
    if known is not None and known.sha256 == fingerprint:
        return known
    if known is not None:
        known.delete()
    note = VoiceNote(
        product=locked,
        language=language or locked.source_language,
        mime=mime,
        seconds=seconds,
        size=len(data),
        sha256=fingerprint,
        made_by=user,
    )
    note.file.save(content.name, ContentFile(data), save=False)
    note.save()
    _log(workshop, locked, user, {"voice": fingerprint, "seconds": seconds})
    return note


@transaction.atomic
def remove_voice(*, workshop: Workshop, product: Product, user=None) -> bool:
    """Take the recording away, with its file. Answers whether there was one."""
    locked = _own(workshop, product)
    known = voice_of(locked)
    if known is None:
        return False
    known.delete()
    _log(workshop, locked, user, {"voice": None})
    return True


@transaction.atomic
def mark_written(*, workshop: Workshop, product: Product, written: bool = True, user=None) -> bool:
    """Say whether the written story was typed from the recording. Answers False where there is no recording."""
    locked = _own(workshop, product)
    known = voice_of(locked)
    if known is None:
        return False
    if known.written_from_voice != written:
        known.written_from_voice = written
        known.save(update_fields=["written_from_voice"])
        _log(workshop, locked, user, {"written_from_voice": written})
    return True


def _own(workshop: Workshop, product: Product) -> Product:
    """The piece, locked. Raises LookupError for another workshop's: callers look pieces up within one."""
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is no piece of workshop {workshop.slug}.")
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)


def _log(workshop: Workshop, product: Product, user, data: dict) -> None:
    log(instance=product, action=CHANGED, user=user, data=data | (hands.of(workshop, user) or {}))
