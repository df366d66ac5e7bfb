"""A piece as an officer checks it: who did what, on a page and as a file."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalogue.models import Product
from marketplace.fulfilment.files import file_response
from marketplace.safe_tables import write_csv
from marketplace.workshops.models import Workshop
from storefront.officer.chain import chain_of
from storefront.officer.scope import Office, officer_view


@require_safe
@officer_view
def page(office: Office, pk: int) -> HttpResponse:
    product = office.piece(pk)
    workshop = product.partner.workshop
    return office.render("piece", describe_chain(product, workshop), at=workshop.village)


@require_safe
@officer_view
def file(office: Office, pk: int) -> HttpResponse:
    product = office.piece(pk)
    return chain_file(product, product.partner.workshop)


def describe_chain(product: Product, workshop: Workshop) -> dict:
    return {"piece": product, "workshop": workshop, "deeds": chain_of(product, workshop)}


def chain_file(product: Product, workshop: Workshop) -> HttpResponse:
    """CSV, UTF-8 with its mark, times in UTC (ISO 8601)."""
    head = [_("When (UTC)"), _("What"), _("By"), _("In the name of"), _("For"), _("Consent")]
    rows = [
        [deed.at.strftime("%Y-%m-%dT%H:%M:%SZ"), deed.what, deed.by, deed.office, deed.maker, deed.consent]
        for deed in chain_of(product, workshop)
    ]
    data = write_csv(head, rows, bom=True)
    return file_response(data, "text/csv; charset=utf-8", f"{product.upc or product.pk}-who-did-what.csv")
