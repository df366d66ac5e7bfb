"""The maker's side of a conversation, with the photos of both."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.fulfilment import conversations
from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment, Message
from marketplace.workshops.models import Right
from storefront.checkout.conversation import photo_of
from storefront.checkout.message_form import MessageForm
from storefront.checkout.message_news import follow_up
from storefront.checkout.messages_shown import describe_messages, describe_parcel_photos
from storefront.desk.scope import Desk, desk_view

MAKER = Message.Side.MAKER


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.PACK)
def page(desk: Desk, pk: int) -> HttpResponse:
    """All messages; a POST writes one, or with ``action`` "read" says that those of the buyer are read."""
    row, request, today = desk.consignment(pk), desk.request, today_at(desk.workshop.village)
    if request.method != "POST":
        return _show(desk, row, MessageForm(MAKER, today))
    here = desk.url("conversation", pk=row.pk)
    if request.POST.get("action") == "read":
        conversations.mark_read(consignment=row, side=MAKER)
        return redirect(here)
    form = MessageForm(MAKER, today, request.POST, request.FILES)
    with transaction.atomic():
        written, new, status = form.try_write(consignment=row, author=request.user)
        if new:
            follow_up(written)
    if written is None:
        return _show(desk, row, form, status=status)
    messages.success(request, _("Your message is sent."))
    return redirect(f"{here}#m{written.pk}")


@require_safe
@desk_view(needs=Right.PACK)
def photo(desk: Desk, pk: int, kind: str, photo: int) -> HttpResponse:
    """A photo of the consignment: of a message, or of the parcel as it left."""
    return photo_of(desk.consignment(pk), kind, photo, parcels=True)


def describe_talk(row: Consignment, desk: Desk) -> dict:
    """The way to the messages, for the consignment's page. One statement."""
    sides = list(row.messages.values_list("side", "read_at"))
    return {
        "url": desk.url("conversation", pk=row.pk),
        "count": len(sides),
        "unread": sum(1 for side, read_at in sides if side != MAKER and read_at is None),
    }


def describe_photos(row: Consignment, desk: Desk) -> list[dict]:
    """How the parcel looked when it left. One statement."""
    with desk.own_clock():
        return describe_parcel_photos(row, _photo_url(desk, row))


def _photo_url(desk: Desk, row: Consignment):
    def url(kind: str, pk: int) -> str:
        return desk.url("consignment-photo", pk=row.pk, kind=kind, photo=pk)

    return url


def _show(desk: Desk, row: Consignment, form: MessageForm, status: int = 200) -> HttpResponse:
    with desk.own_clock():
        shown = describe_messages(row, MAKER, _photo_url(desk, row))
    open_ = conversations.is_open(row)
    context = {
        "number": row.number,
        "consignment_url": desk.url("consignment", pk=row.pk),
        "conversation": shown,
        "unread": any(one["unread"] for one in shown),
        "parcel_photos": describe_photos(row, desk),
        "form": form if open_ else None,
        "closed": "" if open_ else conversations.why_closed(),
    }
    return desk.render("conversation", context, status=status)
