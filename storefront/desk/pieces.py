"""The list of a workshop's pieces, with the two things that change every day: stock, and shown or hidden."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from marketplace.economies.requirements import writers_of
from marketplace.workshops import services
from marketplace.workshops.details import MOST_IN_STOCK, Refused
from storefront.desk.describe import describe_piece
from storefront.desk.fields import WholeNumber, clean_words
from storefront.desk.scope import Desk, desk_view
from storefront.listing.models import ProductCard
from storefront.paging import describe_paging

PER_PAGE = 24
SHOWN, SOLD_OUT, HIDDEN = "shown", "sold_out", "hidden"


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view
def listing(desk: Desk) -> HttpResponse:
    """The pieces found; a POST does ``action`` (stock, show or hide) to the piece with the id ``piece``."""
    if desk.request.method != "POST":
        return _show(desk)
    action = desk.request.POST.get("action")
    if action == "stock":
        return _set_stock(desk)
    if action in ("show", "hide"):
        return _set_visible(desk, visible=action == "show")
    return HttpResponseBadRequest()


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


def _set_visible(desk: Desk, *, visible: bool) -> HttpResponse:
    product = desk.piece(_named_piece(desk))
    services.set_visible(workshop=desk.workshop, product=product, visible=visible, user=desk.request.user)
    done = (
        _("“%(title)s” is shown in the shop.")
        if visible
        else _("“%(title)s” is hidden. Nobody can find or buy it.")
    )
    messages.success(desk.request, done % {"title": product.title})
    return _back(desk, product.pk)


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
    state = state if state in (SHOWN, SOLD_OUT, HIDDEN) else ""
    page = Paginator(_found(desk, words, state), PER_PAGE).get_page(request.GET.get("page"))
    described = writers_of(page)
    choices = (("", _("All")), (SHOWN, _("Shown")), (SOLD_OUT, _("Sold out")), (HIDDEN, _("Hidden")))
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


def _found(desk: Desk, words: str, state: str) -> QuerySet[Product]:
    """Pieces with all ``words`` in a title, in any language, or in the code; newest first."""
    variants = Product.objects.prefetch_related("stockrecords")
    rows = (
        desk.pieces()
        .select_related("card")
        .prefetch_related("stockrecords", Prefetch("children", queryset=variants))
    )
    for word in words.split():
        rows = rows.filter(
            Q(card__search_text__contains=word.casefold()) | Q(title__icontains=word) | Q(upc__icontains=word)
        )
    if state == HIDDEN:
        rows = rows.filter(is_public=False)
    elif state == SHOWN:
        rows = rows.filter(is_public=True)
    elif state == SOLD_OUT:
        rows = rows.filter(is_public=True, card__state=ProductCard.State.SOLD_OUT)
    return rows.order_by("-date_created", "-pk")
