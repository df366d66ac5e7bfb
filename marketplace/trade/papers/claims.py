"""What of a consignment can claim a lower duty: evidence on file, for an agreement that both ends belong to."""

from itertools import groupby

from marketplace.trade.landed import RuleBook
from marketplace.trade.models import OriginEvidence
from marketplace.trade.papers.declaration import Declaration, OriginClaim


def claims_for(declaration: Declaration) -> tuple[OriginClaim, ...]:
    """One claim per agreement, signature and period that holds on the declaration's day. The workshop signs as exporter."""
    pieces = {line.piece for line in declaration.lines} - {None}
    evidence = OriginEvidence.objects.filter(
        product__in=pieces, valid_from__lte=declaration.on, valid_to__gte=declaration.on
    ).order_by("agreement", "signed_by", "valid_from", "valid_to", "product")
    found = []
    for (agreement, signed_by, start, end), rows in groupby(evidence, _signature):
        if not _covers(agreement, declaration):
            continue
        criteria = {row.product_id: row.criterion for row in rows}
        numbers = [number for number, line in enumerate(declaration.lines, 1) if line.piece in criteria]
        found.append(
            OriginClaim(
                agreement=agreement,
                role="exporter",
                certifier=declaration.sender,
                exporter=declaration.sender,
                importer=declaration.addressee,
                lines=tuple(numbers),
                criteria=tuple(criteria[declaration.lines[number - 1].piece] for number in numbers),
                signed_by=signed_by,
                signed_on=start,
                blanket_from=start,
                blanket_to=end,
            )
        )
    return tuple(found)


def _signature(row: OriginEvidence) -> tuple:
    return row.agreement, row.signed_by, row.valid_from, row.valid_to


def _covers(agreement: str, declaration: Declaration) -> bool:
    """Whether the agreement is known, in force and between the two ends."""
    group = RuleBook.load().group(agreement, declaration.on)
    ends = {declaration.sender.economy, declaration.addressee.economy}
    return group is not None and group.kind == "agreement" and ends <= set(group.members)
