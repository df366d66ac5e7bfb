"""Buyer and maker write to each other about a consignment. Each verb is one transaction."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace import formats
from marketplace.fulfilment.models import Consignment, Message, MessageTranslation
from marketplace.fulfilment.phrases import BY_CODE

Side = Message.Side
HOUR = timedelta(hours=1)


class CannotWrite(Exception):
    """This message cannot be written; nothing was changed. Carries a sentence for the person."""


class Closed(CannotWrite):
    """The conversation is over."""


class TooMany(CannotWrite):
    """So many messages in an hour."""


@transaction.atomic
def write(
    *,
    consignment: Consignment,
    side: str,
    key: UUID,
    language: str,
    author=None,
    text: str = "",
    phrase: str = "",
    values: Mapping[str, str] | None = None,
    photo: ContentFile | None = None,
) -> tuple[Message, bool]:
    """Write one message; all of the other side's are read with it. Answers it, and whether it is new.

    The same ``key`` (of the form) again answers the first one. ``photo`` is cleaned already. Raises Closed, TooMany, or
    CannotWrite for a message that says nothing, too much, or a phrase that is not this side's.
    """
    # Two clicks at once wait here for each other.
    locked = Consignment.objects.select_for_update(of=("self",), no_key=True).get(pk=consignment.pk)
    known = written(consignment=locked, side=side, key=key)
    if known is not None:
        return known, False
    check_may_write(consignment=locked, side=side)
    _check_words(side, text, phrase, values or {}, photo)
    message = Message.objects.create(
        consignment=locked,
        side=side,
        author=author,
        language=language,
        text=text,
        phrase=phrase,
        values=dict(values or {}) if phrase else {},
        photo=photo or "",
        key=key,
    )
    mark_read(consignment=locked, side=side)
    return message, True


def written(*, consignment: Consignment, side: str, key: UUID) -> Message | None:
    """What was written in the form of this key before."""
    return Message.objects.filter(consignment=consignment, side=side, key=key).first()


def check_may_write(*, consignment: Consignment, side: str) -> None:
    """Whether ``side`` may write anything now. Raises Closed or TooMany."""
    if not is_open(consignment):
        raise Closed(why_closed())
    most = settings.MARKETPLACE_MESSAGES["MOST_AN_HOUR"]
    rows = Message.objects.filter(consignment=consignment, side=side, created_at__gt=timezone.now() - HOUR)
    if rows.count() >= most:
        raise TooMany(_("These are many messages. Please go on in an hour."))


def check_length(text: str) -> None:
    """Raises CannotWrite for more than one message may hold (MARKETPLACE_MESSAGES["LONGEST"])."""
    most = settings.MARKETPLACE_MESSAGES["LONGEST"]
    if len(text) > most:
        words = {"count": formats.number(len(text)), "most": formats.number(most)}
        raise CannotWrite(_("This is too long: it has %(count)s signs. A message has at most %(most)s.") % words)


def mark_read(*, consignment: Consignment, side: str) -> int:
    """``side`` has read what others wrote, and waits for no answer of its own. Answers how many were unread."""
    rows = Message.objects.filter(consignment=consignment, read_at=None).exclude(side=side)
    return rows.update(read_at=timezone.now())


def keep_translation(*, message: Message, language: str, text: str, tool: str) -> None:
    """The words of a message in another language. A second one for the same language changes nothing."""
    row = MessageTranslation(message=message, language=language, text=text, tool=tool[:80])
    MessageTranslation.objects.bulk_create([row], ignore_conflicts=True)


def asked(consignments: QuerySet[Consignment]) -> QuerySet[Consignment]:
    """Those of which a buyer waits for an answer."""
    unread = Message.objects.filter(consignment=OuterRef("pk"), side=Side.BUYER, read_at=None)
    return consignments.filter(Exists(unread))


def closes_at(consignment: Consignment) -> datetime | None:
    """From when on nobody writes any more; None while nobody knows."""
    end = consignment.delivered_at or consignment.cancelled_at
    return end + timedelta(days=settings.MARKETPLACE_MESSAGES["DAYS_AFTER"]) if end else None


def is_open(consignment: Consignment) -> bool:
    end = closes_at(consignment)
    return end is None or timezone.now() < end


def why_closed() -> str:
    """For whoever wants to write and comes too late."""
    days = settings.MARKETPLACE_MESSAGES["DAYS_AFTER"]
    text = ngettext(
        "This conversation is closed: it ended %(days)s day after the parcel. Please write to the shop.",
        "This conversation is closed: it ended %(days)s days after the parcel. Please write to the shop.",
        days,
    )
    return text % {"days": days}


def _check_words(side: str, text: str, phrase: str, values: Mapping[str, str], photo) -> None:
    check_length(text)
    if not (text or phrase or photo):
        raise CannotWrite(_("Please choose a sentence or write one."))
    known = BY_CODE.get(phrase)
    if phrase and (known is None or known.side != side):
        raise CannotWrite(_("Please choose one of the sentences."))
    if known and known.dated and not _is_day(values.get("date", "")):
        raise CannotWrite(_("Please choose the day, too."))


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except (TypeError, ValueError):
        return False
