"""What follows from a message: a machine translates it where one is set up, and the other side is told."""

import logging
from functools import partial
from html import escape

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.models import Locale
from wagtail_localize.strings import StringValue

from catalogue.glossary import rules_for
from marketplace.fulfilment.conversations import keep_translation
from marketplace.fulfilment.models import Message
from marketplace.notices import services as notices
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage
from marketplace.payments.order_links import order_url
from marketplace.workshops.models import Right
from storefront.checkout.messages_shown import describe_messages
from storefront.translations.asking import Unavailable, ask, translator_for

log = logging.getLogger(__name__)
Side = Message.Side
MAIL = "mail.message_to_buyer"


def follow_up(message: Message) -> None:
    """Inside the transaction that wrote it."""
    # First, so that the mail holds the translation where the machine is quick.
    transaction.on_commit(partial(_translate_later, message.pk), robust=True)
    if message.side == Side.BUYER:
        _tell_makers(message)
    else:
        outbox.add(kind=MAIL, key=f"{MAIL}:{message.pk}", payload={"message": message.pk})


def _translate_later(pk: int) -> None:
    translate_message.enqueue(pk)


@task()
def translate_message(pk: int) -> bool:
    """Whether the words of a message are there in the other side's language. Without a machine, the original is shown."""
    rows = Message.objects.select_related("consignment__order__payment", "consignment__workshop")
    message = rows.filter(pk=pk).exclude(text="").first()
    if message is None:
        return False
    language = _language_of_reader(message)
    locales = {row.language_code: row for row in Locale.objects.filter(language_code__in=[message.language, language])}
    source, target = locales.get(message.language), locales.get(language)
    if source is None or target is None or source == target:
        return False
    try:
        text, tool = _translate(message.text, source, target)
    except Unavailable as problem:
        log.info("message %s stays in %s: %s", pk, message.language, problem)
        return False
    keep_translation(message=message, language=language, text=text, tool=tool)
    return True


def _language_of_reader(message: Message) -> str:
    consignment = message.consignment
    return consignment.workshop.source_language if message.side == Side.BUYER else consignment.order.payment.language


def _translate(text: str, source: Locale, target: Locale) -> tuple[str, str]:
    """Line by line, as plain text on both ends. Raises Unavailable."""
    lines = text.split("\n")
    marked = {line: escape(line, quote=False) for line in lines if line.strip()}
    translator = translator_for(source, target)
    made, _flagged = ask(
        translator, marked.values(), source, target, rules_for(source.language_code, target.language_code)
    )
    found = [StringValue(made[marked[line]]).render_text() if line in marked else line for line in lines]
    return "\n".join(found), str(translator.display_name)


def _tell_makers(message: Message) -> None:
    """All who pack, each in her own language and way."""
    consignment = message.consignment
    workshop = consignment.workshop
    # Without host and language: each member has her own.
    with translation.override(settings.LANGUAGE_CODE):
        path = reverse("desk:conversation", kwargs={"workshop": workshop.slug, "pk": consignment.pk})
    path = path.removeprefix(f"/{settings.LANGUAGE_CODE}")
    notices.tell_workshop(
        workshop=workshop,
        rights=[Right.PACK],
        kind="buyer_wrote",
        key=str(message.pk),
        values={"consignment": consignment.number},
        url=path,
    )


@outbox.mail(MAIL)
def to_buyer(message: OutboxMessage) -> EmailMessage | None:
    """In the order's language, with the words as the buyer's page shows them. None for an order without an address."""
    rows = Message.objects.select_related("consignment__order__payment", "consignment__workshop")
    row = rows.get(pk=message.payload["message"])
    order = row.consignment.order
    address, language = order.guest_email or order.email, order.payment.language
    if not address:
        return None
    with translation.override(language):
        shown = next(one for one in describe_messages(row.consignment, Side.BUYER, _no_photo) if one["pk"] == row.pk)
        context = {
            "workshop": str(row.consignment.workshop),
            "message": shown,
            "has_photo": bool(row.photo),
            "url": order_url(order.number, language),
            "shop": settings.MARKETPLACE_SHOP_NAME,
        }
        subject = _("A message about your order %(number)s") % {"number": order.number}
        return EmailMessage(subject, render_to_string("storefront/order/mail_message.txt", context), to=[address])


def _no_photo(kind: str, pk: int) -> str:
    return ""
