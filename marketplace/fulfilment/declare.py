"""From a consignment to its Declaration: what was paid, what was weighed, who sends it and who gets it.

Customs values are the prices that were paid: a voucher lowers each line's by its share. Nothing is converted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from catalogue.models import ProductText
from marketplace.economies.addresses import AddressParts, address_rules
from marketplace.economies.registrations import registrations_on
from marketplace.fulfilment.carriers.contract import get_carriers
from marketplace.fulfilment.customs_ids import customs_id_of, needed_customs_id
from marketplace.fulfilment.levy_words import levy_label
from marketplace.fulfilment.models import Consignment, CustomsId
from marketplace.fulfilment.recipients import parts_of
from marketplace.fulfilment.senders import sender_of
from marketplace.money import Money, allocate
from marketplace.trade.models import Certificate
from marketplace.trade.papers.claims import claims_for
from marketplace.trade.papers.kit import (
    Charge,
    Declaration,
    Licence,
    Line,
    Paper,
    PaperBook,
    PaperProblem,
    Parcel,
    Party,
    Scheme,
    papers,
    papers_for,
)
from marketplace.trade.papers.words import vague_words
from marketplace.trade.readiness_facts import facts_of
from marketplace.trade.restriction_rules import Rules

# Parcel.tracking_issuer of a number that a post gave out begins so.
POST = "S10:"


@dataclass(frozen=True)
class PaperState:
    """A paper of a consignment: whether it is needed, and what keeps it from being made."""

    paper: Paper
    needed: bool
    problems: list[PaperProblem]


def papers_of(consignment: Consignment, *, on: date | None = None) -> list[PaperState]:
    """Every paper: the needed ones first, in the order of their use. The buyer's customs id stays sealed."""
    declaration, book = declaration_of(consignment, on=on)
    needed = papers_for(declaration, book)
    others = [paper.name for paper in papers if paper.name not in needed and paper.name != "origin"]
    if not declaration.abroad:
        others = [name for name in others if name == "invoice"]
    return [
        PaperState(papers[name], name in needed, papers[name].problems(declaration, book)) for name in (*needed, *others)
    ]


def make_paper(consignment: Consignment, name: str, *, on: date | None = None) -> tuple[Paper, str, bytes]:
    """A paper with its file name. Raises registry.Unknown, PaperRefused, and CannotOpen for a customs id without its key."""
    paper = papers[name]
    declaration, book = declaration_of(consignment, on=on, open_customs_id=True)
    return paper, paper.file_name(declaration), paper.render(declaration, book)


def declaration_of(
    consignment: Consignment, *, on: date | None = None, open_customs_id: bool = False
) -> tuple[Declaration, PaperBook]:
    """The consignment as its papers tell it on a day (default: today), and the rows that count that day.

    ``open_customs_id``: the buyer's number in clear, for rendering only; else as it is shown, masked.
    """
    on = on or timezone.localdate()
    order, book = consignment.order, PaperBook.load(on)
    sender = sender_of(consignment.workshop)
    addressee = _addressee(consignment, open_customs_id)
    lines = _lines(consignment, addressee, on)
    payment = getattr(order, "payment", None)
    paid = timezone.localdate(payment.paid_at) if payment and payment.paid_at else timezone.localdate(order.date_placed)
    language = payment.language if payment else settings.LANGUAGE_CODE
    declaration = Declaration(
        number=consignment.number,
        on=on,
        sender=sender,
        addressee=addressee,
        lines=tuple(_placed(consignment, lines)),
        parcels=_parcels(consignment),
        gift=bool(getattr(getattr(order.shipping_address, "recipient", None), "gift", False)),
        postage=Money(consignment.shipping, consignment.currency),
        charges=_charges(consignment, language),
        invoice_number=consignment.number,
        invoice_date=paid,
        incoterm=consignment.incoterm,
        incoterm_place=addressee.address.latin("city") or addressee.economy,
        signed_by=sender.name,
        customs_id_wanted=_wanted(consignment, sender.economy, addressee.economy, on),
        language=language,
        shop=settings.MARKETPLACE_SHOP_NAME,
        reason="Sale of goods",
    )
    schemes = _schemes(consignment, declaration, book, paid)
    return replace(declaration, schemes=schemes, claims=claims_for(declaration)), book


def _addressee(consignment: Consignment, open_customs_id: bool) -> Party:
    order = consignment.order
    address = order.shipping_address
    if address is None:
        return Party(AddressParts(""))
    if open_customs_id:
        found = customs_id_of(consignment)
        number = found.number if found else ""
    else:
        kept = CustomsId.objects.filter(recipient__address=address).first()
        number = kept.masked if kept else ""
    return Party(
        parts_of(address),
        address_rules(address.country_id).language,
        phone=str(address.phone_number or ""),
        email=order.email or "",
        customs_id=number,
    )


def _wanted(consignment: Consignment, origin: str, destination: str, on: date) -> str:
    """The name of the number that customs ask the addressee for; empty where they do not."""
    carriers = get_carriers()
    used = {carriers[row.carrier].channel.value for row in consignment.parcels.all() if row.carrier in carriers}
    for channel in sorted(used) or ["post"]:
        if kinds := needed_customs_id(destination, channel, on, origins={origin}):
            return str(kinds[0].label)
    return ""


def _lines(consignment: Consignment, addressee: Party, on: date) -> dict[int, Line]:
    """Order line id → its goods line, whole."""
    rows = list(consignment.lines.select_related("product"))
    titles, bloc = _titles(rows), Rules.load().bloc(addressee.economy)
    facts = facts_of([row.product for row in rows if row.product])
    licences = _licences(rows, addressee.economy, on)
    found = {}
    for row in rows:
        known = facts.get(row.product_id)
        net = known.net_weight_g if known else None
        found[row.pk] = Line(
            description=known.customs_description if known else "",
            quantity=row.quantity,
            net_weight_g=net * row.quantity if net else None,
            value=Money(row.line_price_incl_tax, consignment.currency),
            hs=known.tariff_code(addressee.economy, bloc) if known else "",
            origin=known.origin if known else "",
            local_description=_local(titles.get(_piece(row), {}), addressee),
            title=row.title,
            sku=row.partner_sku,
            maker_id=known.maker_code if known else "",
            gtin=known.gtin if known else "",
            licences=licences.get(_piece(row), ()),
            piece=_piece(row),
        )
    return found


def _piece(row) -> int | None:
    return (row.product.parent_id or row.product_id) if row.product else None


def _titles(rows: Iterable) -> dict[int, dict[str, str]]:
    """Piece → language → its title."""
    found: dict[int, dict[str, str]] = {}
    for text in ProductText.objects.filter(owner__in={_piece(row) for row in rows} - {None}).select_related("locale"):
        found.setdefault(text.owner_id, {})[text.language] = text.title
    return found


def _local(titles: dict[str, str], addressee: Party) -> str:
    """The title in the destination's own language where there is one that says something."""
    language = addressee.language.lower()
    title = titles.get(language) or titles.get(language.split("-")[0], "")
    return "" if language.startswith(("en", "fr")) or vague_words().is_vague(title) else title


def _licences(rows: Iterable, destination: str, on: date) -> dict[int, tuple[Licence, ...]]:
    """Piece → its checked certificates that count for the destination on the day."""
    pieces = {_piece(row) for row in rows} - {None}
    valid = Q(valid_to=None) | Q(valid_to__gte=on)
    found: dict[int, tuple[Licence, ...]] = {}
    for row in Certificate.objects.filter(
        valid, product__in=pieces, destination__in=["", destination], checked_at__isnull=False, issued_on__lte=on
    ).order_by("kind", "number"):
        licence = Licence(row.kind.replace("_", " "), row.number, row.issued_on)
        found[row.product_id] = (*found.get(row.product_id, ()), licence)
    return found


def _placed(consignment: Consignment, lines: dict[int, Line]) -> Iterable[Line]:
    """The lines by parcel. One that lies in several is several, its weight and value shared by number of pieces."""
    parcels = list(consignment.parcels.all())
    inside = {parcel.number: {int(pk): count for pk, count in parcel.contents.items()} for parcel in parcels}
    if len(parcels) < 2 or not all(inside.values()):
        yield from lines.values()
        return
    for pk, line in lines.items():
        counts = {number: content[pk] for number, content in inside.items() if content.get(pk)}
        if sum(counts.values()) != line.quantity:
            yield line
            continue
        for (number, count), value in zip(counts.items(), allocate(line.value, list(counts.values())), strict=True):
            net = line.net_weight_g // line.quantity * count if line.net_weight_g else None
            yield replace(line, quantity=count, value=value, net_weight_g=net, parcel=number)


def _parcels(consignment: Consignment) -> tuple[Parcel, ...]:
    """With what the scales said; the postage shared by weight."""
    rows = list(consignment.parcels.all())
    weights = [row.gross_weight_g or 0 for row in rows]
    postage = Money(consignment.shipping, consignment.currency)
    shares = allocate(postage, weights) if any(weights) else [None] * len(rows)
    return tuple(
        Parcel(
            row.number,
            row.gross_weight_g,
            row.tracking if row.tracking_issuer.startswith(POST) else "",
            row.sides_mm,
            postage=share,
        )
        for row, share in zip(rows, shares, strict=True)
    )


def _charges(consignment: Consignment, language: str) -> tuple[Charge, ...]:
    """The taxes and duties that were paid with the order."""
    return tuple(
        Charge(levy_label(levy, "en"), Money(levy.amount, levy.currency), levy_label(levy, language))
        for levy in consignment.levies.all()
        if levy.collected == "checkout" and levy.amount
    )


def _schemes(
    consignment: Consignment, declaration: Declaration, book: PaperBook, paid: date
) -> tuple[Scheme, ...]:
    """The operator's numbers there, where tax was collected with the order: else the buyer would pay it once more."""
    if not consignment.taxes:
        return ()
    economy = declaration.addressee.economy
    places = {economy, Rules.load().bloc(economy)} - {""}
    return tuple(
        Scheme(row.scheme, row.number, book.applies("electronic-only", declaration, row.scheme))
        for row in registrations_on(paid)
        if row.covers in places
    )
