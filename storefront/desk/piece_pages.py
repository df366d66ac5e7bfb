"""Add a piece, change a piece."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from catalogue.text import by_language
from marketplace.economies.requirements import writers_of
from marketplace.workshops import services
from marketplace.workshops.details import MOST_PICTURES, Refused
from marketplace.workshops.models import Right
from marketplace.workshops.voices import mark_written
from storefront.desk.describe import describe_piece
from storefront.desk.forms import PieceForm, VariantForm, initial_of
from storefront.desk.price_forms import calculator_for, tell_worked_out
from storefront.desk.scope import Desk, desk_view
from storefront.desk.steps.pages import next_step
from storefront.desk.uploading import describe_voice, keep_voice
from storefront.desk.what_i_receive import describe_worked_out
from storefront.listing.refresh import once_at_the_end
from storefront.upload_limits import takes_photos

form_page = require_http_methods(["GET", "HEAD", "POST"])


@takes_photos
@form_page
@desk_view(needs=Right.LIST)
def add(desk: Desk) -> HttpResponse:
    """A new piece. The form sent twice leads to the one piece that it made."""
    kwargs = {"user": desk.request.user, "language": desk.workshop.source_language, "workshop": desk.workshop}
    if desk.request.method != "POST":
        return _show(desk, PieceForm(initial=_first_guess(desk), **kwargs))
    form = PieceForm(desk.request.POST, desk.request.FILES, **kwargs)
    if "work_out" in desk.request.POST:
        return _work_out(desk, form, [])

    def save() -> Product:
        return services.list_piece(
            workshop=desk.workshop,
            details=form.details(),
            photos=form.picture_change().added,
            user=desk.request.user,
            key=form.key,
        )

    # The second of two has nothing to save, and its photos may be used up already.
    product = _saved(form, [], save) or services.listed_before(
        workshop=desk.workshop, user=desk.request.user, key=form.key
    )
    if product is None:
        return _show(desk, form, status=400)
    messages.success(desk.request, _("“%(title)s” is in the shop now.") % {"title": product.title})
    tell_worked_out(desk.request, form)
    return redirect(desk.url("piece", pk=product.pk))


@takes_photos
@form_page
@desk_view(needs=Right.LIST)
def edit(desk: Desk, pk: int) -> HttpResponse:
    """A piece of this workshop as its maker changes it; a draft goes on where it stopped."""
    product = desk.piece(pk)
    if product.stage == Product.Stage.DRAFT:
        return redirect(desk.url("piece-step", pk=pk, step=next_step(product)))
    children = _children_of(product)
    kwargs = {"user": desk.request.user, "language": product.source_language} | {
        "product": product,
        "workshop": desk.workshop,
    }
    if desk.request.method != "POST":
        return _show(desk, PieceForm(initial=_initial(product), **kwargs), _variant_forms(desk, children))
    form = PieceForm(desk.request.POST, desk.request.FILES, **kwargs)
    variants = _variant_forms(desk, children, desk.request.POST)
    if "work_out" in desk.request.POST:
        return _work_out(desk, form, variants)

    if mistake := keep_voice(desk, product):
        return _show(desk, form, variants, status=400, voice_error=mistake)

    def save() -> Product:
        mark_written(
            workshop=desk.workshop,
            product=product,
            written=form.cleaned_data.get("from_voice", False),
            user=desk.request.user,
        )
        return services.change_piece(
            workshop=desk.workshop,
            product=product,
            details=form.details(),
            variants={row.product.pk: row.details() for row in variants},
            photos=form.picture_change(),
            shown=form.shown,
            user=desk.request.user,
        )

    if _saved(form, variants, save) is None:
        return _show(desk, form, variants, status=400)
    messages.success(desk.request, _("Saved."))
    tell_worked_out(desk.request, form, *variants)
    return redirect(desk.url("piece", pk=product.pk))


def _work_out(desk: Desk, form: PieceForm, variants: list[VariantForm]) -> HttpResponse:
    """The same form again with its prices filled in, and who gets what of them. Nothing is saved but photos for later."""
    form.is_valid()
    form.keep_photos()
    for row in variants or ([form] if "price" in form.fields else []):
        worked = row.work_out()
        row.worked = describe_worked_out(worked, None if variants else form.product) if worked else None
    if variants:
        form.errors.clear()
    return _show(desk, form, variants, status=400 if any(row.errors for row in (form, *variants)) else 200)


def _saved(form: PieceForm, variants: list[VariantForm], save: Callable[[], Product]) -> Product | None:
    """What ``save`` made; None when something typed is wrong: then the photos are kept for next time."""
    # All are asked, so that every mistake is marked at once.
    valid = [row.is_valid() for row in (form, *variants)]
    if all(valid):
        try:
            with transaction.atomic(), once_at_the_end():
                product = save()
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            form.forget_photos()
            return product
    form.keep_photos()
    return None


def _show(
    desk: Desk,
    form: PieceForm,
    variants: list[VariantForm] | None = None,
    status: int = 200,
    voice_error: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "variants": variants or [],
        "piece": describe_piece(form.product, desk, writers_of([form.product])[form.product.pk]) if form.product else None,
        "pictures": form.described_pictures(),
        "most_pictures": MOST_PICTURES,
        "voice": describe_voice(desk, form.product, form.voice, voice_error) if form.product else None,
    }
    return desk.render("piece", context, status=status)


def _first_guess(desk: Desk) -> dict:
    """Most workshops make the same kind of thing again."""
    last = desk.pieces().order_by("-date_created", "-pk").first()
    values = {"supply": Product.Supply.STOCK}
    return (
        values | {"craft": last.craft_id, "materials": [row.pk for row in last.materials.all()]}
        if last
        else values
    )


def _initial(product: Product) -> dict:
    text = by_language(product.texts.select_related("locale")).get(product.source_language)
    return initial_of(product, text, None if product.is_parent else product.stockrecords.first())


def _children_of(product: Product) -> list[Product]:
    """In their order, with their stock; read once, for the forms and for what is said about the piece."""
    if not product.is_parent:
        return []
    prefetch_related_objects([product], Prefetch("children", Product.objects.prefetch_related("stockrecords")))
    return sorted(product.children.all(), key=lambda row: row.pk)


def _variant_forms(desk: Desk, products: list[Product], data=None) -> list[VariantForm]:
    """One for each; all of them ask for terms and rates together."""
    calculator = calculator_for(desk.workshop)
    forms = []
    for product in products:
        record = next(iter(product.stockrecords.all()), None)
        initial = {"price": record.price if record else None, "net_weight_g": product.net_weight_g}
        forms.append(
            VariantForm(data, initial=initial, product=product, workshop=desk.workshop, calculator=calculator)
        )
    return forms
