"""How a notice gets out: one message of the outbox for each way and address, so that no failure stops another."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.fulfilment.sealing import unseal
from marketplace.notices import push
from marketplace.notices.contacts import EMAIL, PHONE, Contact, contacts_of
from marketplace.notices.models import Notice, PushSubscription
from marketplace.notices.preferences import Reader, known_language, reader_of
from marketplace.notices.sending import send_mail, send_sms
from marketplace.notices.words import Kind, Words, kinds
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage

TO_CONTACT, TO_BROWSER = "notice.contact", "notice.push"
NOW = timedelta(0)


def digest_of(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def send_out(notice: Notice) -> None:
    """Write the messages of a notice in the caller's transaction. A repeat writes none twice.

    In her quiet hours a mail goes out, for it wakes nobody; what rings waits, unless it is urgent.
    """
    if notice.user is None:
        _add(TO_CONTACT, f"notice:{notice.pk}", {"notice": notice.pk}, NOW)
        return
    reader, entry = reader_of(notice.user, notice.language), kinds[notice.kind]
    now = timezone.now()
    until = None if entry.urgent else reader.quiet_until(now)
    rings = until - now if until else NOW
    for contact in chosen_contacts(reader, everywhere=entry.everywhere):
        key = digest_of(contact.value)
        payload = {"notice": notice.pk, "to": key}
        _add(TO_CONTACT, f"notice:{notice.pk}:{key}", payload, NOW if contact.kind == EMAIL else rings)
    if reader.chosen.by_push:
        for row in PushSubscription.objects.filter(user=notice.user):
            payload = {"notice": notice.pk, "subscription": row.pk}
            _add(TO_BROWSER, f"notice:{notice.pk}:push:{row.pk}", payload, rings)


def chosen_contacts(reader: Reader, *, everywhere: bool = False) -> list[Contact]:
    """Where a notice goes: her addresses of the kinds she chose. Nobody is out of reach by what she chose: where nothing
    is left, the first address there is. ``everywhere``: all addresses.
    """
    known = contacts_of(reader.user)
    if everywhere:
        return known
    mail = [contact for contact in known if contact.kind == EMAIL and reader.chosen.by_mail]
    phones = [contact for contact in known if contact.kind == PHONE and reader.chosen.by_sms]
    if reader.chosen.pk is None and mail:
        # Who said nothing is not written to twice, and an SMS costs the shop money.
        phones = []
    if mail or phones:
        return mail + phones
    reached = reader.chosen.by_push and PushSubscription.objects.filter(user=reader.user).exists()
    return [] if reached else known[:1]


def _add(kind: str, key: str, payload: dict, after: timedelta) -> None:
    outbox.add(kind=kind, key=key, payload=payload, after=after)


def absolute(url: str, language: str) -> str:
    """A link that opens on this site in ``language``; a whole address stays as it is."""
    if not url.startswith("/"):
        return url
    spoken = language if language in settings.MARKETPLACE_STOREFRONT_LANGUAGES else settings.LANGUAGE_CODE
    return f"{settings.SITE_URL}/{spoken}{url}"


def written(notice: Notice, entry: Kind, language: str) -> tuple[Words | None, str]:
    """(words, whole link) in ``language``, which is active meanwhile."""
    with translation.override(language):
        words = entry.function(notice.values)
    return words, absolute(unseal(notice.link) if notice.link else "", language)


@outbox.handler(TO_CONTACT)
def to_contact(message: OutboxMessage) -> None:
    notice = _notice(message)
    if notice is None:
        return
    contact = _still_there(notice, message.payload.get("to"))
    if contact is None:
        return
    language = reader_of(notice.user, notice.language).language if notice.user else known_language(notice.language)
    words, link = written(notice, kinds[notice.kind], language)
    if words is not None:
        _send(contact, words, link, language, message.key, to_member=notice.user is not None)
    if notice.user is None:
        notice.contact = notice.link = ""
        notice.save(update_fields=["contact", "link"])


def _notice(message: OutboxMessage) -> Notice | None:
    """None: the person is gone."""
    return Notice.objects.filter(pk=message.payload["notice"]).select_related("user").first()


def _still_there(notice: Notice, key: str | None) -> Contact | None:
    """The address, unless it was removed meanwhile or its owner disabled."""
    if notice.user is None:
        return Contact(*unseal(notice.contact).split(":", 1)) if notice.contact else None
    if not notice.user.is_active:
        return None
    return next((row for row in contacts_of(notice.user) if digest_of(row.value) == key), None)


def _send(contact: Contact, words: Words, link: str, language: str, key: str, *, to_member: bool) -> None:
    if contact.kind == PHONE:
        send_sms(to=contact.value, text=words.sms or words.subject, last=link, key=key)
        return
    parts = [words.text, link]
    if to_member:
        with translation.override(language):
            said = _("How you are told, and how to be told less:")
        parts.append(f"{said}\n{absolute('/account/told/', language)}")
    send_mail(to=contact.value, subject=words.subject, text="\n\n".join(filter(None, parts)), key=key)


@outbox.handler(TO_BROWSER)
def to_browser(message: OutboxMessage) -> None:
    notice = _notice(message)
    row = PushSubscription.objects.filter(pk=message.payload["subscription"]).first()
    if notice is None or row is None or row.user_id != notice.user_id or not notice.user.is_active:
        return
    language = reader_of(notice.user, notice.language).language
    words, link = written(notice, kinds[notice.kind], language)
    if words is None:
        return
    try:
        push.send(row, push.Shown(text=words.short, url=link, language=language, tag=f"notice-{notice.pk}"))
    except push.Gone:
        row.delete()
        # Perhaps it was the only way: then another is taken.
        send_out(notice)
