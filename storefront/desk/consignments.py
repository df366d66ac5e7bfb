"""One consignment: what to pack, where it goes, and that it went."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace import formats
from marketplace.fulfilment import services
from marketplace.fulfilment.carriers.contract import BadNumber
from marketplace.fulfilment.deadlines import today_at
from marketplace.fulfilment.models import Consignment, Parcel
from marketplace.fulfilment.parcels import BadParcel, tracking_of
from marketplace.fulfilment.photos import add_dispatch_photo
from marketplace.payments.cancelling import may_cancel
from marketplace.payments.models import Refund
from marketplace.workshops.models import Right
from storefront.desk.conversation import describe_photos, describe_talk
from storefront.desk.describe import describe_fully
from storefront.desk.own_share import describe_own_share
from storefront.desk.papers import describe_papers
from storefront.desk.parcel_forms import ArrivedForm, PackForm, PhotoForm, SendForm
from storefront.desk.scope import Desk, desk_view
from storefront.uploads import BadPicture, clean_picture

State = Consignment.State
OPEN = (State.PLACED, State.PACKED)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.PACK)
def detail(desk: Desk, pk: int) -> HttpResponse:
    """One consignment; a POST says what happened to it: ``action`` is pack, unpack, weigh, send, photo or deliver."""
    consignment = desk.consignment(pk)
    if desk.request.method != "POST":
        return _show(desk, consignment)
    action = desk.request.POST.get("action")
    if action in ("pack", "weigh"):
        return _pack(desk, consignment, action)
    if action == "send":
        return _send(desk, consignment)
    if action == "photo":
        return _add_photo(desk, consignment)
    if action == "unpack":
        verb = partial(services.unpack, consignment=consignment)
        return _do(desk, consignment, verb, State.PLACED, _("It is to pack again."))
    if action == "deliver":
        return _deliver(desk, consignment)
    return HttpResponseBadRequest()


def _pack(desk: Desk, consignment: Consignment, action: str) -> HttpResponse:
    """The boxes with their weights; "weigh" corrects them before they leave."""
    form = PackForm(consignment, desk.request.POST)
    if not form.is_valid():
        return _show(desk, consignment, pack_form=form, status=400)
    verb, done = (
        (services.pack, _("Marked as packed."))
        if action == "pack"
        else (services.weigh, _("The weight is corrected."))
    )
    try:
        response = _do(
            desk,
            consignment,
            partial(verb, consignment=consignment, parcels=form.parcels),
            State.PACKED,
            done,
            pack_form=form,
        )
    except (BadNumber, BadParcel) as problem:
        form.add_error("tracking" if isinstance(problem, BadNumber) else "weight", str(problem))
        return _show(desk, consignment, pack_form=form, status=400)
    _tell_what_is_heavier(desk, consignment)
    return response


def _tell_what_is_heavier(desk: Desk, consignment: Consignment) -> None:
    """The buyer paid by the estimate; what the post asks for more is better known before it is asked."""
    for parcel in consignment.parcels.select_related("rate"):
        if parcel.rate and (parcel.gross_weight_g or 0) > parcel.rate.up_to_g:
            text = _("Parcel %(number)s is heavier than the buyer paid for: up to %(weight)s.")
            values = {"number": parcel.number, "weight": formats.weight(parcel.rate.up_to_g)}
            messages.warning(desk.request, text % values)


def _send(desk: Desk, consignment: Consignment) -> HttpResponse:
    """Nothing leaves unweighed: the papers and the post need what the scales say."""
    if consignment.state in OPEN and not _weighed(consignment):
        form = PackForm(consignment)
        messages.error(desk.request, _("Please weigh the packed parcel first."))
        return _show(desk, consignment, pack_form=form, status=400)
    form = SendForm(consignment, desk.request.POST, desk.request.FILES)
    # A photo that came over a slow line is kept, whatever else must be mended.
    form.is_valid()
    if "photo" in desk.request.FILES and (why := _keep_photo(desk, consignment)):
        form.add_error("photo", why)
    if not form.is_valid():
        return _show(desk, consignment, send_form=form, status=400)
    verb = partial(services.send, consignment=consignment, **form.sending)
    try:
        return _do(desk, consignment, verb, State.SENT, _("Marked as sent."), send_form=form)
    except BadNumber as problem:
        form.add_error("tracking", str(problem))
        return _show(desk, consignment, send_form=form, status=400)


def _deliver(desk: Desk, consignment: Consignment) -> HttpResponse:
    """Nobody says it by a slip of the thumb: one tick, then the button."""
    form = ArrivedForm(desk.request.POST)
    if consignment.state == State.SENT and not form.is_valid():
        return _show(desk, consignment, arrived_form=form, status=400)
    verb = partial(services.deliver, consignment=consignment)
    return _do(desk, consignment, verb, State.DELIVERED, _("Marked as delivered."))


def _add_photo(desk: Desk, consignment: Consignment) -> HttpResponse:
    """One that was forgotten when the parcel was sent."""
    form = PhotoForm(desk.request.POST, desk.request.FILES)
    if form.is_valid() and (why := _keep_photo(desk, consignment)):
        form.add_error("photo", why)
    if not form.is_valid():
        return _show(desk, consignment, photo_form=form, status=400)
    messages.success(desk.request, _("The photo is saved."))
    return redirect(desk.url("consignment", pk=consignment.pk))


def _keep_photo(desk: Desk, consignment: Consignment) -> str:
    """Why the photo that was sent is not kept; empty when it is."""
    try:
        photo = clean_picture(desk.request.FILES["photo"])
        add_dispatch_photo(consignment=consignment, photo=photo, by=desk.request.user)
    except (BadPicture, services.NotAllowed) as problem:
        return str(problem)
    return ""


def _do(
    desk: Desk, consignment: Consignment, verb: Callable, wanted: str, done: str, **forms: PackForm | SendForm
) -> HttpResponse:
    """``forms`` hold what was typed: it stays on the page when the deed is refused and may be tried again."""
    try:
        verb()
    except services.NotAllowed as problem:
        consignment.refresh_from_db(fields=["state"])
        # The same button pressed twice, or by two people, is no mistake.
        if consignment.state != wanted:
            messages.error(desk.request, str(problem))
            if forms and consignment.state in OPEN:
                return _show(desk, consignment, status=409, **forms)
    else:
        messages.success(desk.request, done)
    return redirect(desk.url("consignment", pk=consignment.pk))


def _weighed(consignment: Consignment) -> int:
    """Grams that the scales said of all parcels together; 0 while one of them is not weighed."""
    weights = [row.gross_weight_g for row in consignment.parcels.all()]
    return sum(weights) if all(weights) else 0


def _show(
    desk: Desk,
    consignment: Consignment,
    *,
    pack_form: PackForm | None = None,
    send_form: SendForm | None = None,
    photo_form: PhotoForm | None = None,
    arrived_form: ArrivedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waits, weighed = consignment.state in OPEN, _weighed(consignment)
    described = describe_fully(consignment, desk, today_at(desk.workshop.village))
    cannot_make = may_cancel(consignment, by=desk.request.user, as_=Refund.As.MAKER)
    with desk.own_clock():
        own = describe_own_share(consignment) if desk.may(Right.BOOKS) else {}
    context = {
        "consignment": described,
        "own": own,
        "weighed": formats.weight(weighed),
        # A packer packs; what it earns is for those who keep the books.
        "shows_money": desk.may(Right.BOOKS),
        "talk": describe_talk(consignment, desk),
        "photos": describe_photos(consignment, desk),
        "cannot_make_url": desk.url("consignment-cannot-make", pk=consignment.pk) if cannot_make else "",
        "parcels": [_describe_parcel(row) for row in consignment.parcels.all()],
        "tracking": tracking_of(consignment),
        "papers": describe_papers(consignment, desk),
        "pack_form": (pack_form or PackForm(consignment)) if waits else None,
        "send_form": (send_form or SendForm(consignment)) if waits and weighed else None,
        "photo_form": (photo_form or PhotoForm()) if consignment.state == State.SENT else None,
        "can_pack": consignment.state == State.PLACED,
        "can_unpack": consignment.state == State.PACKED,
        "arrived_form": (arrived_form or ArrivedForm()) if consignment.state == State.SENT else None,
    }
    return desk.render("consignment", context, status=status)


def _describe_parcel(row: Parcel) -> dict:
    return {
        "number": row.number,
        "weight": formats.weight(row.gross_weight_g),
        "planned": formats.weight(row.planned_weight_g),
        "size": formats.size(row.sides_mm),
    }
