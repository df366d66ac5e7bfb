"""Mails about an order, in plain text: to the buyer in the order's language, to each workshop in its own."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from marketplace.fulfilment.levy_words import levy_label
from marketplace.fulfilment.models import Consignment, ConsignmentLevy
from marketplace.money import Money, format_money
from marketplace.payments.models import Payment


def send_order_paid(payment_pk: int) -> None:
    """Tell the buyer and every workshop of a paid order: a task for each mail, so that one failure stops no other."""
    tell_buyer.enqueue(payment_pk)
    consignments = Consignment.objects.filter(order__payment=payment_pk).order_by("pk")
    for consignment_pk in consignments.values_list("pk", flat=True):
        tell_workshop.enqueue(consignment_pk)


@task()
def tell_buyer(payment_pk: int) -> int:
    """Answers the number of mails sent."""
    payment = Payment.objects.select_related("order__shipping_address__country").get(pk=payment_pk)
    consignments = payment.order.consignments.select_related("workshop__village").prefetch_related("levies").order_by("pk")
    order, language = payment.order, payment.language
    with translation.override(language):
        context = {
            "order": order,
            "url": f"{settings.SITE_URL}/{language}/orders/{order.number}/",
            "consignments": (parts := [_part(row, language) for row in consignments]),
            "due_on_arrival": any(part["unknown"] or any(row["border"] for row in part["levies"]) for part in parts),
            "total": format_money(Money(payment.amount, payment.currency), language),
            "shop": settings.MARKETPLACE_SHOP_NAME,
        }
        subject = _("Your order %(number)s is paid") % {"number": order.number}
        body = render_to_string("marketplace/payments/mail_buyer.txt", context)
    return EmailMessage(subject, body, to=[order.guest_email or order.email]).send()


def _part(consignment, language: str) -> dict:
    return {
        "workshop": str(consignment.workshop),
        "lines": list(consignment.lines),
        "goods": format_money(Money(consignment.goods, consignment.currency), language),
        "shipping": format_money(Money(consignment.shipping, consignment.currency), language),
        "levies": [
            {"label": levy_label(row), "amount": format_money(Money(row.amount, row.currency), language)} | {"border": border}
            for row in consignment.levies.all()
            for border in [row.collected != ConsignmentLevy.Collected.CHECKOUT]
        ],
        "unknown": bool(consignment.unknown),
    }


@task()
def tell_workshop(consignment_pk: int) -> int:
    """Answers the number of mails sent: none for a workshop without members."""
    consignment = Consignment.objects.select_related("workshop").get(pk=consignment_pk)
    language = consignment.workshop.source_language
    people = [row.user for row in consignment.workshop.members.select_related("user")]
    addresses = [user.email for user in people if user.email and user.is_active]
    if not addresses:
        return 0
    with translation.override(language if translation.check_for_language(language) else settings.LANGUAGE_CODE):
        lines = [_in_own_words(line) for line in consignment.lines]
        context = {"consignment": consignment, "lines": lines, "url": f"{settings.SITE_URL}/desk/"}
        subject = _("New consignment %(number)s to pack") % {"number": consignment.number}
        body = render_to_string("marketplace/payments/mail_workshop.txt", context)
    return EmailMessage(subject, body, to=addresses).send()


def _in_own_words(line):
    """The order's line under the title that the maker gave the piece; the order has it in the buyer's language."""
    if line.product:
        line.title = line.product.own_title
    return line
