"""Codes of six digits by mail or SMS: who can read one has the mailbox or the telephone in her hand."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from marketplace.notices import limits
from marketplace.notices.contacts import PHONE, Contact, _plain_digits, owner_of
from marketplace.notices.limits import TooMany
from marketplace.notices.models import LoginCode
from marketplace.notices.sending import send_mail, send_sms, site_host
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage

__all__ = ["TooMany", "check_code", "clean", "count_asking", "send_code"]
DIGITS, MINUTES, MOST_TRIES = 6, 10, 5
HOUR = 60 * 60
SENT = "notice.code"


@transaction.atomic
def send_code(*, contact: Contact, purpose: str, language: str, sender: str = "") -> str:
    """Send a code, to known and unknown contacts alike. Answers a ticket for check_code; keep it in the session.

    ``sender``: the asking browser's network address. Raises TooMany.
    """
    contact = Contact(*contact)
    count_asking(contact, sender)
    if contact.kind == PHONE and owner_of(contact) is None:
        # Numbers that cost money by the call are tried in long rows.
        limits.count("codes to strangers", most=settings.MARKETPLACE_CODES["STRANGERS"], seconds=HOUR)
    code = LoginCode.objects.create(
        kind=contact.kind,
        contact=contact.value,
        purpose=purpose,
        language=language,
        ticket=secrets.token_urlsafe(32),
        salt=secrets.token_urlsafe(32),
        expires_at=timezone.now() + timedelta(minutes=MINUTES),
    )
    outbox.add(kind=SENT, key=f"{SENT}:{code.pk}", payload={"code": code.pk})
    return code.ticket


def count_asking(contact: Contact, sender: str) -> None:
    """Before anything is sent to a contact because somebody asked for it. Raises TooMany."""
    rules = settings.MARKETPLACE_CODES
    if sender:
        limits.count("code from", sender, most=rules["PER_ADDRESS"], seconds=HOUR)
    limits.count("code to", contact.value, most=rules["PER_CONTACT"], seconds=HOUR)


def check_code(*, contact: Contact, purpose: str, code: str, ticket: str = "", sender: str = "") -> bool:
    """Whether ``code`` is the one that was sent last to ``contact`` for ``purpose``; it is used up when it is.

    With ``ticket``, the one that this browser asked for: then nobody else's wrong tries spoil it. Raises TooMany.
    """
    contact = Contact(*contact)
    if sender:
        limits.count("code tried from", sender, most=settings.MARKETPLACE_CODES["TRIES_PER_ADDRESS"], seconds=HOUR)
    typed = "".join(sign for sign in _plain_digits(code or "") if sign.isascii() and sign.isdigit())
    with transaction.atomic():
        row = _last(contact, purpose, ticket)
        if row is None:
            return False
        row.tries += 1
        right = constant_time_compare(typed, _digits(row))
        if right:
            row.used_at = timezone.now()
        row.save(update_fields=["tries", "used_at"])
        return right


def _last(contact: Contact, purpose: str, ticket: str) -> LoginCode | None:
    rows = LoginCode.objects.filter(kind=contact.kind, contact=contact.value, purpose=purpose)
    if ticket:
        rows = rows.filter(ticket=ticket)
    row = rows.select_for_update().order_by("-made_at", "-pk").first()
    if row is None or row.used_at or row.tries >= MOST_TRIES or timezone.now() >= row.expires_at:
        return None
    return row


def _digits(row: LoginCode) -> str:
    mac = salted_hmac("marketplace.notices.codes", f"{row.salt}:{row.contact}:{row.purpose}", algorithm="sha256")
    return str(int(mac.hexdigest(), 16) % 10**DIGITS).zfill(DIGITS)


def clean() -> int:
    """Delete codes of yesterday and before. Answers how many."""
    return LoginCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


@outbox.handler(SENT)
def send(message: OutboxMessage) -> None:
    """A code that could not be sent while it worked is given up: staff hear of it, and nobody gets a dead code."""
    row = LoginCode.objects.filter(pk=message.payload["code"]).first()
    if row is None or row.used_at:
        return
    if timezone.now() >= row.expires_at:
        raise outbox.GiveUp("a code could not be sent while it was valid")
    with translation.override(row.language):
        words = {"code": _digits(row), "shop": settings.MARKETPLACE_SHOP_NAME, "minutes": MINUTES}
        said = _("%(code)s is your code for %(shop)s. It works for %(minutes)s minutes. Give it to nobody.") % words
        subject = _("%(code)s is your code for %(shop)s") % words
    if row.kind == PHONE:
        # The last line lets the browser fill the code in by itself, on this site only (WICG, origin-bound codes).
        send_sms(to=row.contact, text=said, last=f"@{site_host()} #{words['code']}", key=message.key)
    else:
        send_mail(to=row.contact, subject=subject, text=said, key=message.key)
