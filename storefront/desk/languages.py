"""Where a piece can be read, and the maker's own words in further languages."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Product, ProductText
from catalogue.provenance import WrittenBy, with_provenance
from catalogue.text import by_language, language_name
from marketplace.economies.requirements import writers
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Right
from marketplace.workshops.words import Overtaken, PieceWords, keep_words, read_words, write_words
from storefront.desk.describe import describe_coverage
from storefront.desk.scope import Desk, desk_view
from storefront.desk.words_form import LabelForm, WordsForm
from storefront.listing.cards import card_path
from storefront.listing.refresh import once_at_the_end


@require_safe
@desk_view(needs=Right.LIST)
def listing(desk: Desk, pk: int) -> HttpResponse:
    """The shop's languages, and how it stands with the piece in each."""
    product = desk.piece(pk)
    rows = _rows(product)
    context = {
        "piece": _piece(desk, product),
        "coverage": describe_coverage(writers(rows, product.source_language)),
        "rows": [_describe(desk, product, code, rows) for code in _offered(product)],
    }
    return desk.render("piece_languages", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def edit(desk: Desk, pk: int, language: str) -> HttpResponse:
    """The piece's words in one language; a POST writes them, or with ``action`` keep says that they are right."""
    product = desk.piece(pk)
    if language == product.source_language or language not in _offered(product):
        raise Http404
    if desk.request.method == "POST":
        return _save(desk, product, language)
    now = read_words(product, language) if language in _rows(product) else PieceWords()
    form = WordsForm(initial=vars(now), language=language, seen=read_words(product, language).seen)
    return _show(desk, product, language, form, _label_forms(product, language, now))


def _save(desk: Desk, product: Product, language: str) -> HttpResponse:
    form = WordsForm(desk.request.POST, language=language)
    keeps = desk.request.POST.get("action") == "keep"
    labels = _label_forms(product, language, data=desk.request.POST)
    valid = all([form.is_valid(), *(row.is_valid() for row in labels)])
    if not keeps and not valid:
        return _show(desk, product, language, form, labels, status=400)
    common = {
        "workshop": desk.workshop,
        "product": product,
        "language": language,
        "seen": form.seen,
        "user": desk.request.user,
    }
    try:
        with transaction.atomic(), once_at_the_end():
            if keeps:
                keep_words(**common)
            else:
                write_words(**common, words=form.words(labels))
    except Overtaken as problem:
        form.overtaken(problem)
        return _show(desk, product, language, form, labels, theirs=problem.words, status=409)
    except Refused as problem:
        form.add_error(problem.field or None, str(problem))
        return _show(desk, product, language, form, labels, status=400)
    done = _("“%(title)s”: the words in %(language)s are saved.")
    messages.success(desk.request, done % {"title": product.title, "language": language_name(language)})
    return redirect(desk.url("piece-languages", pk=product.pk))


def _show(
    desk: Desk,
    product: Product,
    language: str,
    form: WordsForm,
    labels: list[LabelForm],
    theirs: PieceWords | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = _rows(product)
    own = rows.get(product.source_language)
    context = {
        "piece": _piece(desk, product),
        "form": form,
        "labels": labels,
        "own": own or ProductText(title=product.title, description=product.description),
        "there": rows.get(language),
        "theirs": theirs,
        "language": _describe(desk, product, language, rows),
    }
    return desk.render("piece_words", context, status=status)


def _rows(product: Product) -> dict[str, ProductText]:
    """Language code → the piece's words with ``written_by`` and ``stale``. One statement."""
    return by_language(with_provenance(product.texts.select_related("locale")))


def _offered(product: Product) -> list[str]:
    """The shop's languages, the maker's own first."""
    return list(dict.fromkeys([product.source_language, *settings.MARKETPLACE_STOREFRONT_LANGUAGES]))


def _piece(desk: Desk, product: Product) -> dict:
    return {
        "pk": product.pk,
        "title": product.title,
        "lang": product.source_language,
        "language": language_name(product.source_language),
        "url": desk.url("piece", pk=product.pk),
    }


def _describe(desk: Desk, product: Product, code: str, rows: dict[str, ProductText]) -> dict:
    """A language in the list: its name, how it stands, and where to see and to write the words."""
    row, own = rows.get(code), code == product.source_language
    part = row is not None and code not in writers(rows, product.source_language)
    shown = row is not None and code in settings.MARKETPLACE_STOREFRONT_LANGUAGES and hasattr(product, "card")
    shown = shown and product.card.visible
    return {
        "code": code,
        "name": language_name(code),
        "own": own,
        "title": row.title if row else "",
        "state": "own" if own else "missing" if row is None or part else "stale" if row.stale else "done",
        "state_text": _state_text(own, row, part),
        "stale": bool(row and row.stale and not own),
        "shop_url": card_path(product.card, code) if shown else "",
        "url": desk.url("piece", pk=product.pk)
        if own
        else desk.url("piece-words", pk=product.pk, language=code),
    }


def _state_text(own: bool, row: ProductText | None, part: bool) -> str:
    if own:
        return _("Your own words")
    if row is None:
        return _("Nothing yet")
    who = {
        WrittenBy.MAKER.value: _("Written by you"),
        WrittenBy.EDITOR.value: _("Written by an editor"),
        WrittenBy.MACHINE.value: _("Written by a machine"),
    }.get(row.written_by, _("Translated"))
    missing = _("The description is still missing")
    return f"{who} · {missing}" if part else who


def _label_forms(
    product: Product, language: str, words: PieceWords | None = None, data: dict | None = None
) -> list[LabelForm]:
    """A form for the name of each variant, in their order."""
    if not product.is_parent:
        return []
    return [
        LabelForm(
            data, variant=variant, language=language, label=words.labels.get(variant.pk, "") if words else ""
        )
        for variant in product.children.order_by("pk")
    ]
