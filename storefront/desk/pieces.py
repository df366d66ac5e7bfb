"""The list of a workshop's pieces, with the two things that change every day: stock, and shown or hidden."""

import uuid
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from marketplace.economies.requirements import writers_of
from marketplace.workshops import drafting, services, stages
from marketplace.workshops.details import MOST_IN_STOCK, Refused
from marketplace.workshops.models import Right
from storefront.desk.describe import describe_piece
from storefront.desk.fields import WholeNumber, clean_words
from storefront.desk.scope import Desk, desk_view
from storefront.listing.models import ProductCard
from storefront.paging import describe_paging

PER_PAGE = 12  # so many rows stay under 100 kB, in Thai too
SHOWN, SOLD_OUT, HIDDEN, DRAFT, ARCHIVED = STATES = ("shown", "sold_out", "hidden", "draft", "archived")
Stage = Product.Stage


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def listing(desk: Desk) -> HttpResponse:
    """The pieces found; a POST does ``action`` to the piece with the id ``piece``."""
    if desk.request.method != "POST":
        return _show(desk)
    act = ACTIONS.get(desk.request.POST.get("action", ""))
    return act(desk) if act else HttpResponseBadRequest()


def _set_stock(desk: Desk) -> HttpResponse:
    """Back to the list where it was, or the same list with the mistake beside its field."""
    data, product = desk.request.POST, desk.stocked(_named_piece(desk))
    typed, number = data.get("stock", "")[:20], WholeNumber(least=0, most=MOST_IN_STOCK)
    try:
        quantity = number.clean(typed)
        seen = WholeNumber(least=0, most=MOST_IN_STOCK, required=False).clean(data.get("shown", ""))
        services.set_stock(workshop=desk.workshop, product=product, quantity=quantity, shown=seen)
    except Refused as problem:
        return _show(desk, mistake={"pk": product.pk, "typed": typed, "why": str(problem)})
    except ValidationError as problem:
        return _show(desk, mistake={"pk": product.pk, "typed": typed, "why": " ".join(problem.messages)})
    messages.success(
        desk.request,
        _("“%(title)s”: %(number)s for sale.") % {"title": product.own_title, "number": quantity},
    )
    return _back(desk, product.parent_id or product.pk)


def _act(desk: Desk, deed: Callable[..., object], done: str) -> HttpResponse:
    """Do ``deed`` to the named piece and say so, or why not."""
    product = desk.piece(_named_piece(desk))
    try:
        deed(workshop=desk.workshop, product=product, user=desk.request.user)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    else:
        messages.success(desk.request, done % {"title": product.title or product.upc})
    return _back(desk, product.pk)


def _publish(desk: Desk) -> HttpResponse:
    """A draft is looked at first."""
    product = desk.piece(_named_piece(desk))
    if product.stage == Stage.DRAFT:
        return redirect(desk.url("piece-step", pk=product.pk, step="ready"))
    done = (
        _("“%(title)s” is shown in the shop.")
        if desk.workshop.is_open
        else _("“%(title)s” comes into the shop as soon as your workshop is open.")
    )
    return _act(desk, stages.publish, done)


def _pause(desk: Desk) -> HttpResponse:
    done = _("“%(title)s” is hidden. Nobody can find or buy it.")
    return _act(desk, partial(stages.set_aside, stage=Stage.PAUSED), done)


def _archive(desk: Desk) -> HttpResponse:
    done = _("“%(title)s” is put away. You find it under “Put away”.")
    return _act(desk, partial(stages.set_aside, stage=Stage.ARCHIVED), done)


def _copy(desk: Desk) -> HttpResponse:
    """A new draft that says the same; sent twice, it is one."""
    product, request = desk.piece(_named_piece(desk)), desk.request
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return HttpResponseBadRequest()
    copy = drafting.duplicate(workshop=desk.workshop, product=product, user=request.user, key=key)
    messages.success(
        request,
        _("This is a copy. The photos show the other piece and were not copied. Say how many you have, too."),
    )
    return redirect(desk.url("piece-step", pk=copy.pk, step="photos"))


def _discard(desk: Desk) -> HttpResponse:
    product = desk.piece(_named_piece(desk))
    try:
        drafting.discard(workshop=desk.workshop, product=product)
    except Refused as problem:
        messages.error(desk.request, str(problem))
    else:
        messages.success(desk.request, _("The draft is thrown away."))
    return redirect(f"{desk.url('pieces')}?state={DRAFT}")


ACTIONS = {
    "stock": _set_stock,
    "show": _publish,
    "hide": _pause,
    "archive": _archive,
    "copy": _copy,
    "discard": _discard,
}


def _named_piece(desk: Desk) -> int:
    text = desk.request.POST.get("piece", "")
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Http404
    return int(text)


def _back(desk: Desk, pk: int) -> HttpResponse:
    return redirect(f"{desk.request.get_full_path()}#piece-{pk}")


def _show(desk: Desk, mistake: dict | None = None) -> HttpResponse:
    request, here = desk.request, desk.url("pieces")
    words = clean_words(request.GET.get("q", "")[:100], lines=False)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    page = _page(desk, words, state)
    described = writers_of(page)
    choices = (
        ("", _("All")),
        (SHOWN, _("Shown")),
        (SOLD_OUT, _("Sold out")),
        (HIDDEN, _("Hidden")),
        (DRAFT, _("Drafts")),
        (ARCHIVED, _("Put away")),
    )
    context = {
        "pieces": [describe_piece(row, desk, described[row.pk]) for row in page],
        "total": page.paginator.count,
        "q": words,
        "state": state,
        "filters": [
            {"label": label, "url": f"{here}?state={value}" if value else here, "current": state == value}
            for value, label in choices
        ],
        "paging": describe_paging(page, request),
        "mistake": mistake,
    }
    return desk.render("pieces", context, status=400 if mistake else 200)


def _page(desk: Desk, words: str, state: str) -> Page:
    rows, number = found(desk, words, state), desk.request.GET.get("page")
    if not words:
        return Paginator(rows, PER_PAGE).get_page(number)
    # Words are looked for in every piece of the workshop: once, and not again for the number of those found.
    page = Paginator(list(rows.values_list("pk", flat=True)), PER_PAGE).get_page(number)
    page.object_list = _drawn(desk).filter(pk__in=page.object_list)
    return page


def _drawn(desk: Desk) -> QuerySet[Product]:
    """All pieces with what the list draws, newest first."""
    variants = Product.objects.prefetch_related("stockrecords")
    rows = desk.pieces().select_related("card").order_by("-date_created", "-pk")
    return rows.prefetch_related("stockrecords", Prefetch("children", queryset=variants))


def found(desk: Desk, words: str, state: str) -> QuerySet[Product]:
    """Pieces with all ``words`` in a title, in any language, or in the code; newest first."""
    rows = _drawn(desk)
    for word in words.split():
        # The card holds the titles and both codes; a draft without a price has none.
        bare = Q(title__icontains=word) | Q(upc__icontains=word) | Q(maker_code__icontains=word)
        rows = rows.filter(Q(card__search_text__contains=word.casefold()) | Q(card=None) & bare)
    if not state:
        rows = rows.exclude(stage=Stage.ARCHIVED)
    elif state in (DRAFT, ARCHIVED):
        rows = rows.filter(stage=state)
    elif state == HIDDEN:
        rows = rows.filter(is_public=False, stage__in=(Stage.PAUSED, Stage.LIVE))
    else:
        rows = rows.filter(is_public=True)
        rows = rows.filter(card__state=ProductCard.State.SOLD_OUT) if state == SOLD_OUT else rows
    return rows
