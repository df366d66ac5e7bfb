"""Sounds that people send: nothing is kept but the sound.

Each kind of file is read by its content, whatever its name says, and written anew without notes, places and pictures.
Nothing is decoded or converted: that would need a codec with a history of holes.
"""

import math
import secrets
import struct
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from storefront.sounds import mp3, mp4, ogg, wav, webm
from storefront.sounds.refused import NotSound

MEGABYTE = 1024 * 1024
# Name's ending and type of what is kept, by the reader that knows the file.
READERS = ((webm, "weba", "audio/webm"), (ogg, "ogg", "audio/ogg"), (mp4, "m4a", "audio/mp4"), (wav, "wav", "audio/wav"))
# It has no signature of its own, so it comes last.
LAST = (mp3, "mp3", "audio/mpeg")
ENDINGS = {mime: ending for _reader, ending, mime in (*READERS, LAST)}


class BadSound(ValueError):
    """The file is no sound that can be used; the message is for the person who sent it."""


@dataclass(frozen=True)
class CleanVoice:
    """A recording as it may be kept: randomly named, ``seconds`` long (rounded up), of type ``mime``."""

    content: ContentFile
    seconds: int
    mime: str


def clean_voice(uploaded: UploadedFile) -> CleanVoice:
    """``uploaded`` without anything but its sound. WebM, Ogg, M4A, MP3 and WAV can be read. Raises BadSound."""
    limits = settings.MARKETPLACE_VOICE
    if uploaded.size > limits["MOST_BYTES"]:
        most = limits["MOST_BYTES"] // MEGABYTE
        raise BadSound(_("This recording is larger than %(most)s MB.") % {"most": most})
    uploaded.seek(0)
    data = uploaded.read()
    reader, ending, mime = next((row for row in READERS if row[0].knows(data)), LAST)
    try:
        content, seconds = reader.clean(data)
    except NotSound as problem:
        raise BadSound(_sentence(problem)) from problem
    # What a reader stumbles over is damaged, or made to be.
    except (ValueError, LookupError, EOFError, OverflowError, ArithmeticError, struct.error) as problem:
        raise BadSound(_sentence(NotSound())) from problem
    if not 0 < seconds < math.inf:
        raise BadSound(_("Nothing can be heard in this recording. Please record it again."))
    if seconds > limits["MOST_SECONDS"] + 1:
        most = limits["MOST_SECONDS"] // 60
        raise BadSound(_("This recording is longer than %(most)s minutes. Please make it shorter.") % {"most": most})
    named = ContentFile(content, name=f"{secrets.token_hex(16)}.{ending}")
    return CleanVoice(named, math.ceil(seconds), mime)


def _sentence(problem: NotSound) -> str:
    if problem.has_pictures:
        return _("This is a film. Please send a recording of your voice only.")
    return _("This is not a recording that can be used. Please send a WebM, Ogg, M4A, MP3 or WAV file.")
