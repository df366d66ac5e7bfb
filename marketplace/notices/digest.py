"""The one quiet message a day: in her language, at her hour, with all that waits; where nothing waits, no message."""

from collections import Counter
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task

from marketplace import formats
from marketplace.notices import codes, deadlines, limits, push
from marketplace.notices.contacts import PHONE, Contact
from marketplace.notices.delivery import absolute, chosen_contacts, digest_of, written
from marketplace.notices.models import Digest, Notice, PushSubscription
from marketplace.notices.preferences import Reader, reader_of
from marketplace.notices.sending import one_line, send_mail, send_sms
from marketplace.notices.words import Words, kinds
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage

TO_CONTACT, TO_BROWSER = "digest.contact", "digest.push"
# Read in one sitting; the desk has the rest.
MOST = 50
LONGEST_WAIT = timedelta(hours=26)


def send_digests(*, now: datetime | None = None) -> int:
    """Send everybody's daily message whose hour has come at ``now``. Run it once an hour or oftener. Answers how many.

    Before, it has those told whose parcels are due or late; it also throws away codes and counts that are over.
    """
    now = now or timezone.now()
    deadlines.announce(now=now)
    codes.clean()
    limits.clean()
    return sum(_make(pk, now) for pk in _waiting())


@task()
def send_digests_task() -> int:
    """The same as a task, for sites that run a scheduler of their own."""
    return send_digests()


def _waiting() -> list[int]:
    waits = Notice.objects.filter(user=OuterRef("pk"), in_digest=True, digest=None)
    return list(get_user_model().objects.filter(Exists(waits), is_active=True).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _make(user_pk: int, now: datetime) -> bool:
    """Her message of today, unless it is not yet her hour, she had it, or another process is at it."""
    user = get_user_model().objects.select_for_update(no_key=True).get(pk=user_pk)
    waiting = Notice.objects.filter(user=user, in_digest=True, digest=None)
    oldest = waiting.order_by("made_at").values_list("made_at", flat=True).first()
    if oldest is None:
        return False
    reader = reader_of(user)
    local = reader.local(now)
    if local.hour < reader.chosen.digest_hour and now - oldest < LONGEST_WAIT:
        return False
    digest, new = Digest.objects.get_or_create(user=user, day=local.date(), defaults={"made_at": now})
    if not new:
        return False
    waiting.update(digest=digest)
    _send_out(digest, reader)
    return True


def _send_out(digest: Digest, reader: Reader) -> None:
    for contact in chosen_contacts(reader):
        key = digest_of(contact.value)
        outbox.add(kind=TO_CONTACT, key=f"digest:{digest.pk}:{key}", payload={"digest": digest.pk, "to": key})
    if reader.chosen.by_push:
        for row in PushSubscription.objects.filter(user=reader.user):
            payload = {"digest": digest.pk, "subscription": row.pk}
            outbox.add(kind=TO_BROWSER, key=f"digest:{digest.pk}:push:{row.pk}", payload=payload)


def _said(digest: Digest, language: str) -> list[tuple[Words, str]]:
    """Words and links of its notices; a notice that cannot be written any more stops no other."""
    rows = digest.notices.order_by("made_at", "pk")
    found = [written(row, kinds[row.kind], language) for row in rows if row.kind in kinds]
    return [(words, link) for words, link in found if words is not None]


@outbox.handler(TO_CONTACT)
def to_contact(message: OutboxMessage) -> None:
    digest = Digest.objects.filter(pk=message.payload["digest"]).select_related("user").first()
    if digest is None or not digest.user.is_active:
        return
    reader = reader_of(digest.user)
    contact = next((row for row in chosen_contacts(reader) if digest_of(row.value) == message.payload["to"]), None)
    said = _said(digest, reader.language)
    if contact and said:
        with translation.override(reader.language):
            _send(contact, digest, said, reader.language, message.key)


def _send(contact: Contact, digest: Digest, said: list[tuple[Words, str]], language: str, key: str) -> None:
    desk = absolute("/desk/", language)
    if contact.kind == PHONE:
        send_sms(to=contact.value, text=_in_short(said), last=desk, key=key)
        return
    subject = _("Your day, %(day)s: %(number)s news") % {
        "day": formats.day(digest.day, language),
        "number": formats.number(len(said), language),
    }
    parts = [_one(words, link) for words, link in said[:MOST]]
    if len(said) > MOST:
        more = len(said) - MOST
        parts.append(ngettext("and %(number)s more on your desk", "and %(number)s more on your desk", more) % {"number": more})
    parts.append(f"{_('Your desk:')}\n{desk}")
    parts.append(f"{_('How you are told, and how to be told less:')}\n{absolute('/account/told/', language)}")
    send_mail(to=contact.value, subject=subject, text="\n\n".join(parts), key=key)


def _one(words: Words, link: str) -> str:
    return "\n".join(filter(None, [f"* {one_line(words.subject)}", words.text, link]))


def _in_short(said: list[tuple[Words, str]]) -> str:
    """Each sort of news once, with its number: "1 new order (3) · 1 new message"."""
    counts = Counter(words.short for words, _link in said)
    return " · ".join(text if number == 1 else f"{text} ({number})" for text, number in counts.items())


@outbox.handler(TO_BROWSER)
def to_browser(message: OutboxMessage) -> None:
    digest = Digest.objects.filter(pk=message.payload["digest"]).select_related("user").first()
    row = PushSubscription.objects.filter(pk=message.payload["subscription"]).first()
    if digest is None or row is None or row.user_id != digest.user_id or not digest.user.is_active:
        return
    reader = reader_of(digest.user)
    if said := _said(digest, reader.language):
        link = absolute("/desk/", reader.language)
        try:
            push.send(row, push.Shown(text=_in_short(said), url=link, language=reader.language, tag=f"digest-{digest.pk}"))
        except push.Gone:
            row.delete()
            _send_out(digest, reader_of(digest.user))
