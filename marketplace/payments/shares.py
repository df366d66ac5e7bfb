"""Who gets what of an order: chosen by the rules of its day, frozen when it is placed, never computed again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Q

from marketplace.economies.quote_rates import QuoteRates, RateMissing
from marketplace.fulfilment.models import Consignment, ConsignmentLevy
from marketplace.fulfilment.quotes import BasketQuote, ConsignmentQuote
from marketplace.money import Money, allocate, payable_step
from marketplace.payments.attribution import part_of_agency
from marketplace.payments.models import ConsignmentShare, OrderVia, ShareRule
from marketplace.workshops.models import Workshop

Party, Part = ConsignmentShare.Party, ConsignmentShare.Part
HUNDRED = Decimal(100)
# A rule kind of the landed-cost engine → who is owed it; every other kind is a tax.
LEVY_PARTIES = {"duty": Party.DUTY, "fee": Party.FEE, "data": Party.FEE}


@dataclass(frozen=True)
class Terms:
    """The percentages that count for a workshop on a day; ``rule`` is None where nobody decided anything."""

    commission: Decimal
    village_fund: Decimal
    rule: ShareRule | None = None

    @property
    def workshop(self) -> Decimal:
        """What the maker keeps, in percent."""
        return HUNDRED - self.commission - self.village_fund

    def split(self, money: Money) -> dict[Party, Money]:
        """``money`` among workshop, shop and village fund, by largest remainder: the parts add up exactly."""
        weights = [self.workshop, self.commission, self.village_fund]
        parts = allocate(money, weights, payable_step(money.currency))
        return dict(zip((Party.WORKSHOP, Party.COMMISSION, Party.VILLAGE_FUND), parts, strict=True))


def terms_for(workshops: Iterable[Workshop], *, on: date) -> dict[int, Terms]:
    """Workshop id → its terms on a day, in one statement. Without any rule the workshop keeps all."""
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    rules = list(ShareRule.objects.filter(in_force, valid_from__lte=on))
    return {workshop.pk: _terms(workshop, rules) for workshop in workshops}


def _terms(workshop: Workshop, rules: Sequence[ShareRule]) -> Terms:
    fitting = [rule for rule in rules if _fits(rule, workshop)]
    if not fitting:
        return Terms(Decimal(0), Decimal(0))
    rule = max(fitting, key=lambda rule: (_narrowness(rule), rule.valid_from, rule.pk))
    return Terms(rule.commission, rule.village_fund, rule)


def _fits(rule: ShareRule, workshop: Workshop) -> bool:
    return (
        rule.workshop_id in (None, workshop.pk)
        and rule.village_id in (None, workshop.village_id)
        and rule.economy_id in (None, workshop.village.economy_id)
    )


def _narrowness(rule: ShareRule) -> int:
    return 4 * bool(rule.workshop_id) + 2 * bool(rule.village_id) + bool(rule.economy_id)


def price_for(net: Money, terms: Terms, step: Decimal) -> Money:
    """The price, in whole steps of ``step``, of which the maker's percentage is ``net`` or just above; one currency.

    Raises ValueError where the terms leave the maker nothing.
    """
    if terms.workshop <= 0:
        raise ValueError("The terms leave the maker nothing.")
    steps = -(-(net.amount * HUNDRED / terms.workshop) // step)
    return Money((steps * step).quantize(step), net.currency)


def freeze(
    *,
    quote: BasketQuote,
    consignments: Sequence[Consignment],
    lines: Sequence,
    levies: Sequence[ConsignmentLevy],
    destination: str,
    via: OrderVia | None = None,
) -> list[ConsignmentShare]:
    """Write the shares of a new order, consignments in the quote's order. A consignment's add up to its total.

    ``lines``: all order lines; ``levies``: all that were written for the consignments; ``via``: who brought the order.

    A workshop's share is converted once, at the quote's rate, to what it is paid out in, and so is an agency's; where
    there is no rate, it is owed in the order's currency.
    """
    terms = terms_for([part.workshop for part in quote.consignments], on=quote.rates.on)
    found: list[ConsignmentShare] = []
    for consignment, part in zip(consignments, quote.consignments, strict=True):
        maker = _Maker(part, terms[part.workshop.pk], quote.rates, via if via and not via.excluded else None)
        found += _goods(consignment, maker, [line for line in lines if line.partner_id == part.workshop.partner_id])
        found += _shipping(consignment, maker)
        found += _levies(consignment, [row for row in levies if row.consignment_id == consignment.pk], destination)
    return ConsignmentShare.objects.bulk_create(share for share in found if share.amount)


class _Maker:
    """A workshop's side of a consignment: its terms, who is owed what of it and in which currency.

    ``via`` names the agency that earns of it; None for none.
    """

    def __init__(self, part: ConsignmentQuote, terms: Terms, rates: QuoteRates, via: OrderVia | None) -> None:
        self.part, self.terms, self._rates, self._via = part, terms, rates, via
        workshop = part.workshop
        self._currencies = {Party.WORKSHOP: workshop.village.economy.currency}
        self._names = {Party.WORKSHOP: workshop.code_prefix, Party.VILLAGE_FUND: workshop.village.slug}
        if via:
            self._currencies[Party.AGENCY], self._names[Party.AGENCY] = via.agency.currency, via.agency.code

    def parts(self, price: Money) -> list[tuple[Party, Money, Decimal]]:
        """Who gets what of a line, and by how many percent. The agency's part comes out of the shop's alone."""
        terms = self.terms
        percent = {
            Party.WORKSHOP: terms.workshop,
            Party.COMMISSION: terms.commission,
            Party.VILLAGE_FUND: terms.village_fund,
        }
        money = terms.split(price)
        if self._via:
            commission = money[Party.COMMISSION]
            part, by = part_of_agency(price, commission, percent=self._via.percent, most=terms.commission)
            money |= {Party.COMMISSION: commission - part, Party.AGENCY: part}
            percent |= {Party.COMMISSION: terms.commission - by, Party.AGENCY: by}
        return [(party, amount, percent[party]) for party, amount in money.items()]

    def share(self, consignment: Consignment, party: Party, money: Money, **fields) -> ConsignmentShare:
        own = self._own(money, self._currencies.get(party, money.currency))
        holder = fields.pop("holder", self._names.get(party, ""))
        return _share(consignment, party, money, own, holder=holder, **fields)

    def _own(self, money: Money, currency: str) -> Money:
        try:
            return self._rates.convert(money, currency)
        except RateMissing:
            return money


def _goods(consignment: Consignment, maker: _Maker, lines: Iterable) -> list[ConsignmentShare]:
    return [
        maker.share(consignment, party, money, part=Part.GOODS, line=line, percent=percent, rule=maker.terms.rule)
        for line in lines
        for party, money, percent in maker.parts(Money(line.line_price_incl_tax, consignment.currency))
    ]


def _shipping(consignment: Consignment, maker: _Maker) -> list[ConsignmentShare]:
    """To whoever pays the carrier: the workshop at its post office, or the shop on one bill (``PAID_BY`` "shop")."""
    carrier = maker.part.shipping.carrier
    billed_to_shop = settings.MARKETPLACE_CARRIERS.get(carrier, {}).get("PAID_BY") == "shop"
    money = Money(consignment.shipping, consignment.currency)
    if billed_to_shop:
        return [maker.share(consignment, Party.CARRIER, money, part=Part.SHIPPING, holder=carrier)]
    return [maker.share(consignment, Party.WORKSHOP, money, part=Part.SHIPPING)]


def _levies(
    consignment: Consignment, levies: Iterable[ConsignmentLevy], destination: str
) -> list[ConsignmentShare]:
    rows = [row for row in levies if row.collected == ConsignmentLevy.Collected.CHECKOUT]
    return [share for levy in rows for share in _levy(consignment, levy, destination)]


def _levy(consignment: Consignment, levy: ConsignmentLevy, destination: str) -> Iterable[ConsignmentShare]:
    party = LEVY_PARTIES.get(levy.kind, Party.TAX)
    # What a registration collected goes to its authority under that number.
    holder = f"{destination} {levy.registration}".strip()
    by_line: Mapping[str, Decimal] = {line: Decimal(share) for line, share in levy.shares.items()}
    rest = levy.amount - sum(by_line.values(), Decimal(0))
    for line_id, amount in [*by_line.items(), (None, rest)]:
        money = Money(amount, levy.currency)
        line = int(line_id) if line_id is not None else None
        yield _share(consignment, party, money, money, part=Part.LEVY, line_id=line, levy=levy, holder=holder)


def _share(consignment: Consignment, party: Party, money: Money, own: Money, **fields) -> ConsignmentShare:
    return ConsignmentShare(
        consignment=consignment,
        party=party,
        amount=money.amount,
        currency=money.currency,
        own_amount=own.amount,
        own_currency=own.currency,
        **fields,
    )
