"""The buyer's side of a conversation: found as the page of the order is, by account, browser or signed link."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace import formats
from marketplace.fulfilment import conversations
from marketplace.fulfilment.models import Consignment, Message
from marketplace.payments.models import Payment
from storefront.checkout.cancelling import buyer_of
from storefront.checkout.finding import find_payment
from storefront.checkout.message_form import MessageForm
from storefront.checkout.message_news import follow_up
from storefront.checkout.messages_shown import (
    OF_MESSAGE,
    OF_PARCEL,
    describe_messages,
    describe_parcel_photos,
    has_claim,
)
from storefront.private_files import private_file_response

BUYER = Message.Side.BUYER


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, number: str, consignment: str) -> HttpResponse:
    """All messages; a POST writes one, or with ``action`` "read" says that those of the maker are read."""
    row = _found(request, number, consignment, reading=request.method != "POST")
    if request.method != "POST":
        return _show(request, row, MessageForm(BUYER, timezone.localdate()))
    if request.POST.get("action") == "read":
        conversations.mark_read(consignment=row, side=BUYER)
        return redirect(_url(row))
    form = MessageForm(BUYER, timezone.localdate(), request.POST, request.FILES)
    with transaction.atomic():
        written, new, status = form.try_write(consignment=row, author=buyer_of(request))
        if new:
            follow_up(written)
    if written is None:
        return _show(request, row, form, status=status)
    messages.success(request, _("Your message is sent."))
    return redirect(f"{_url(row)}#m{written.pk}")


@never_cache
@require_safe
def photo(request: HttpRequest, number: str, consignment: str, kind: str, pk: int) -> HttpResponse:
    """A photo of the conversation; the maker's of the parcel as it left only once the buyer sent one of her own.

    Staff see it at once: they decide about claims.
    """
    row = _found(request, number, consignment, reading=True)
    return photo_of(row, kind, pk, parcels=_is_staff(request) or has_claim(row))


def photo_of(row: Consignment, kind: str, pk: int, *, parcels: bool) -> HttpResponse:
    """The file of one photo of the consignment. Raises Http404 for any other."""
    if kind == OF_MESSAGE:
        file = get_object_or_404(row.messages.exclude(photo=""), pk=pk).photo
    elif kind == OF_PARCEL and parcels:
        file = get_object_or_404(row.photos, pk=pk).file
    else:
        raise Http404
    return private_file_response(file, filename=f"{row.number}-{kind}-{pk}.jpg", inline=True)


def describe_conversations(payment: Payment, consignments: list[Consignment]) -> dict[int, dict]:
    """Consignment id → the way to its messages, for the page of the order: empty before it is paid. One statement."""
    if payment.paid_at is None:
        return {}
    rows = Message.objects.filter(consignment__in=consignments).order_by("pk")
    found: dict[int, list[tuple]] = {}
    for pk, side, read_at in rows.values_list("consignment", "side", "read_at"):
        found.setdefault(pk, []).append((side, read_at))
    return {
        row.pk: {
            "url": _url(row),
            "count": len(found.get(row.pk, [])),
            "unread": sum(1 for side, read_at in found.get(row.pk, []) if side != BUYER and read_at is None),
        }
        for row in consignments
        if found.get(row.pk) or conversations.is_open(row)
    }


def promise_of(row: Consignment) -> str:
    """By when it leaves, as it was told before paying; empty once it left, and for orders from before it was kept."""
    if row.send_by is None or row.state not in (Consignment.State.PLACED, Consignment.State.PACKED):
        return ""
    return _("Leaves the workshop by %(day)s") % {"day": formats.day(row.send_by)}


def _found(request: HttpRequest, number: str, consignment: str, *, reading: bool) -> Consignment:
    """Of a paid order that this reader may open; staff may look. Raises Http404."""
    payment = find_payment(request, number, reading=reading)
    if payment.paid_at is None:
        raise Http404
    rows = payment.order.consignments.select_related("workshop__village").prefetch_related("workshop__texts__locale")
    row = get_object_or_404(rows, number=consignment)
    payment.order.payment, row.order = payment, payment.order
    return row


def _show(request: HttpRequest, row: Consignment, form: MessageForm, status: int = 200) -> HttpResponse:
    def photo_url(kind: str, pk: int) -> str:
        known = {"number": row.order.number, "consignment": row.number}
        return reverse("order-messages-photo", kwargs=known | {"kind": kind, "pk": pk})

    shown = describe_messages(row, BUYER, photo_url)
    claim = any(one["mine"] and one["photo"] for one in shown) or _is_staff(request)
    context = {
        "order_number": row.order.number,
        "order_url": reverse("order", kwargs={"number": row.order.number}),
        "workshop": str(row.workshop),
        "workshop_lang": getattr(row.workshop.text(), "language", ""),
        "conversation": shown,
        "unread": any(one["unread"] for one in shown),
        "parcel_photos": describe_parcel_photos(row, photo_url) if claim else [],
        "form": form if conversations.is_open(row) else None,
        "closed": "" if conversations.is_open(row) else conversations.why_closed(),
    }
    return render(request, "storefront/order/conversation.html", context, status=status)


def _is_staff(request: HttpRequest) -> bool:
    return request.user.has_perm("order.view_order")


def _url(row: Consignment) -> str:
    return reverse("order-messages", kwargs={"number": row.order.number, "consignment": row.number})
