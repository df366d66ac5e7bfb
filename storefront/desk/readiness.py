"""Whether a piece can be sold abroad: what is missing, for which places, and the means to mend it right there."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalogue.models import Product
from marketplace.trade import hs_services, readiness_services
from marketplace.trade.hs import search
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Right
from storefront.desk.readiness_forms import CertificateForm, FactsForm, HsSearchForm, TariffForm
from storefront.desk.readiness_shown import describe_readiness, shop_places
from storefront.desk.scope import Desk, desk_view
from storefront.listing.refresh import once_at_the_end


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(needs=Right.LIST)
def page(desk: Desk, pk: int) -> HttpResponse:
    """The piece's readiness; a POST does ``action``: facts, tariff, certificate, choose or ask."""
    product = desk.piece(pk)
    if desk.request.method != "POST":
        return _show(desk, product)
    action = ACTIONS.get(desk.request.POST.get("action", ""))
    return action(desk, product) if action else HttpResponseBadRequest()


def _facts(desk: Desk, product: Product) -> HttpResponse:
    names = [name for name in desk.request.POST.getlist("fields") if name in FactsForm.base_fields]
    if not names:
        return HttpResponseBadRequest()
    form = FactsForm(desk.request.POST, only=names)
    return _done(
        desk,
        product,
        form,
        lambda common: readiness_services.set_customs_facts(
            values={name: form.cleaned_data[name] for name in names}, **common
        ),
        names[0],
    )


def _tariff(desk: Desk, product: Product) -> HttpResponse:
    form = TariffForm(desk.request.POST)
    if form.is_valid() and form.cleaned_data["destination"] not in shop_places(timezone.localdate()):
        raise Http404
    return _done(
        desk,
        product,
        form,
        lambda common: readiness_services.set_tariff_code(
            destination=form.cleaned_data["destination"], code=form.cleaned_data["tariff_code"], **common
        ),
        "tariff_code",
    )


def _certificate(desk: Desk, product: Product) -> HttpResponse:
    form = CertificateForm(desk.request.POST, today=timezone.localdate())
    return _done(
        desk,
        product,
        form,
        lambda common: readiness_services.record_certificate(certificate=form.save(commit=False), **common),
        "certificate",
    )


def _choose(desk: Desk, product: Product) -> HttpResponse:
    """A code from the list or one that she knows; marked as the maker's own choice."""
    code, words = (desk.request.POST.get(name, "")[:120] for name in ("code", "words"))
    form = _EmptyForm({})
    return _done(
        desk, product, form, lambda common: hs_services.choose_code(code=code, words=words, **common), "hs_code"
    )


def _ask(desk: Desk, product: Product) -> HttpResponse:
    form = HsSearchForm(desk.request.POST)
    if not form.is_valid() and "words" in form.errors:
        return _show(desk, product, broken=("hs_code", form), status=400)
    made_of, words = form.cleaned_data.get("material", []), form.cleaned_data["words"]
    found = search(words, materials=made_of, language=get_language())
    values = {
        "words": words,
        "language": get_language(),
        "materials": made_of,
        "candidates": [row.line.code for row in found],
    }
    return _done(
        desk,
        product,
        _EmptyForm({}),
        lambda common: hs_services.ask_about_code(**values, **common),
        "hs_code",
        _("Your question is with us. You will find the answer here."),
    )


ACTIONS = {"facts": _facts, "tariff": _tariff, "certificate": _certificate, "choose": _choose, "ask": _ask}


class _EmptyForm(forms.Form):
    """Carries a refusal to the page for what has no fields of its own."""


def _done(desk: Desk, product: Product, form, verb, field: str, said: str = "") -> HttpResponse:
    """Do it and come back to the page, or the page with what is wrong beside its field."""
    if form.is_valid():
        try:
            with once_at_the_end():
                verb({"workshop": desk.workshop, "product": product, "user": desk.request.user})
        except Refused as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(desk.request, said or _("Saved."))
            return redirect(desk.url("piece-readiness", pk=product.pk))
    return _show(desk, product, broken=(field, form), status=400)


def _show(desk: Desk, product: Product, broken: tuple | None = None, status: int = 200) -> HttpResponse:
    """``broken``: the field or gap whose form was refused, and that form."""
    context = describe_readiness(product, desk, asked=_asked(desk, broken), broken=broken)
    return desk.render("readiness", context, status=status)


def _asked(desk: Desk, broken: tuple | None) -> HsSearchForm | None:
    """The search for an HS code that the address asks for."""
    if broken and isinstance(broken[1], HsSearchForm):
        return broken[1]
    return HsSearchForm(desk.request.GET) if "words" in desk.request.GET else None
