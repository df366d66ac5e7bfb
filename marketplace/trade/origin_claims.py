"""Which agreements a piece may claim, by the proofs of origin that are on file."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from marketplace.trade.models.evidence import OriginEvidence


class OriginClaim(NamedTuple):
    """An agreement and the last day of its proof; ``criterion`` is WO, PE, CTC, RVC or SP."""

    agreement: str
    valid_to: date
    criterion: str
    signed_by: str


def origin_claims(products: Iterable[int], *, on: date) -> dict[int, list[OriginClaim]]:
    """Id of a piece → proofs that are valid on a day, the one that lasts longest first. One statement.

    Proofs belong to pieces: ask for a variant's piece.
    """
    rows = OriginEvidence.objects.filter(product__in=set(products), valid_from__lte=on, valid_to__gte=on)
    found: dict[int, list[OriginClaim]] = {}
    names = ("product_id", "agreement", "valid_to", "criterion", "signed_by")
    for pk, *claim in rows.order_by("-valid_to", "agreement", "pk").values_list(*names):
        found.setdefault(pk, []).append(OriginClaim(*claim))
    return found
