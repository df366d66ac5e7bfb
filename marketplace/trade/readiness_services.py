"""What a maker says of a piece for customs. Each verb is one transaction."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum import ean
from stdnum.exceptions import ValidationError as NotValid
from wagtail.log_actions import log

from catalogue.export import HS6, split_species
from catalogue.models import Product
from marketplace.trade.descriptions import description_problem
from marketplace.trade.models.evidence import Certificate, TariffCode
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop

TARIFF_CODE = re.compile(r"[0-9]{8,12}", re.ASCII)
# What the readiness page may change of a piece; everything else has its own page.
FIELDS = (
    "customs_description", "origin", "net_weight_g", "species", "contains", "alcohol_percent", "gtin", "maker_code",
)  # fmt: skip


@transaction.atomic
def set_customs_facts(*, workshop: Workshop, product: Product, values: Mapping[str, Any], user=None) -> Product:
    """Write the fields out of FIELDS that ``values`` names. Grams; alcohol in percent of the volume. Raises Refused.

    Raises LookupError for a piece of another workshop.
    """
    piece = _locked(workshop, product)
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ValueError(f"Not for this page: {sorted(unknown)}")
    check_facts(values)
    changed = [name for name, value in values.items() if getattr(piece, name) != value]
    if changed:
        for name in changed:
            setattr(piece, name, values[name])
        piece.save(update_fields=[*changed, "date_updated"])
        log(instance=piece, action="wagtail.edit", user=user, data={"customs": sorted(changed)})
    return piece


@transaction.atomic
def record_certificate(*, workshop: Workshop, product: Product, certificate: Certificate, user=None) -> Certificate:
    """The maker's word that a paper exists. It clears a rule only after a person has checked it. Raises Refused."""
    piece = _locked(workshop, product)
    same = {"kind": certificate.kind, "number": certificate.number, "body": certificate.body}
    if piece.certificates.filter(**same).exists():
        raise Refused(_("This certificate is already recorded for this piece."), "number")
    if certificate.valid_to and certificate.valid_to < certificate.issued_on:
        raise Refused(_("The last day is before the first."), "valid_to")
    certificate.product = piece
    certificate.save()
    log(instance=piece, action="wagtail.edit", user=user, data={"certificate": certificate.number})
    return certificate


@transaction.atomic
def set_tariff_code(*, workshop: Workshop, product: Product, destination: str, code: str, user=None) -> TariffCode:
    """The piece's code in one destination's own tariff; it goes on from the piece's HS code. Raises Refused."""
    piece, digits = _locked(workshop, product), code.replace(".", "").replace(" ", "")
    if not TARIFF_CODE.fullmatch(digits):
        raise Refused(_("Please give all digits of the code, eight to twelve."), "tariff_code")
    if piece.hs_code and digits[:HS6] != piece.hs_code[:HS6]:
        text = _("This code is of another heading. It should begin with %(code)s.")
        raise Refused(text % {"code": piece.hs_code[:HS6]}, "tariff_code")
    row, _new = TariffCode.objects.update_or_create(
        product=piece, destination=destination, defaults={"code": digits, "set_by": user}
    )
    log(instance=piece, action="wagtail.edit", user=user, data={"tariff_code": f"{destination} {digits}"})
    return row


@transaction.atomic
def check_certificate(*, certificate: Certificate, user) -> Certificate:
    """A person of the staff has seen the paper, and it is what it says."""
    locked = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if locked.checked_at is None:
        locked.checked_by, locked.checked_at = user, timezone.now()
        locked.save(update_fields=["checked_by", "checked_at"])
        log(instance=locked, action="wagtail.edit", user=user, data={"checked": locked.number})
    return locked


def check_facts(values: Mapping[str, Any]) -> None:
    """Raises Refused for what customs would not take."""
    problem = values.get("customs_description") and description_problem(values["customs_description"])
    if problem:
        raise Refused(problem, "customs_description")
    unreal = [name for name in split_species(values.get("species", "")) if not _is_scientific(name)]
    if unreal:
        text = _("“%(name)s” is no scientific name. Please write it in Latin, such as “Bambusa vulgaris”.")
        raise Refused(text % {"name": unreal[0]}, "species")
    if values.get("gtin"):
        try:
            ean.validate(values["gtin"])
        except NotValid as wrong:
            raise Refused(_("This is no bar code: please check every digit."), "gtin") from wrong
    if set(values.get("contains", ())) - set(Product.Contains.values):
        raise Refused(_("Please choose from the list."), "contains")


def _is_scientific(name: str) -> bool:
    """ "Bambusa vulgaris", "Dalbergia spp.": a genus with a capital, then lower case; letters of Latin alone."""
    genus, _space, rest = name.partition(" ")
    letters = rest.replace(".", "").replace("-", "").replace(" ", "").replace("×", "")
    plain = genus.isascii() and genus.isalpha() and letters.isascii() and (letters.isalpha() or not letters)
    return plain and genus.istitle() and len(genus) > 2 and bool(rest) and rest == rest.lower()


def _locked(workshop: Workshop, product: Product) -> Product:
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is not a piece of workshop {workshop.slug}.")
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
