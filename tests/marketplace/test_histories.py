"""Histories: whatever is refunded, cancelled, disputed and paid out, and in whichever order, no minor unit is made or lost.

The machine below plays orders of three workshops and the agency that brought them, in five currencies. Beside the books
it keeps a tally of its own, of what every party must be owed by what it saw happen, and compares after each step.
"""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from marketplace.economies.models import Registration
from marketplace.fulfilment.models import Consignment
from marketplace.money import Money, payable_step
from marketplace.payments import disputes, refund_news, refunds
from marketplace.payments.cancelling import CannotCancel, cancel_consignment
from marketplace.payments.gateway import (
    DisputeFacts,
    DisputeKind,
    DisputeStanding,
    RefundFacts,
    RefundStanding,
)
from marketplace.payments.invariants import check
from marketplace.payments.models import (
    Account,
    ConsignmentShare,
    Dispute,
    Payout,
    PayoutBatch,
    Posting,
    Refund,
    RefundPart,
    ShareRule,
)
from marketplace.payments.payouts import payees, settling
from marketplace.payments.payouts.preparing import prepare
from marketplace.payments.refund_amounts import CannotRefund, Wish
from tests.drills import is_drill
from tests.factories import (
    make_agency,
    make_agency_terms,
    make_buyer,
    make_member,
    make_order,
    make_piece,
    make_seat,
    make_village,
    make_workshop,
)
from tests.marketplace.payouts import IBAN, approve, clerks, make_payee, make_terms

FEW, MANY = 3, 1_000
STEPS = 9
HOMES = ("VN", "TW", "PE")
# Those whom the shop pays out to, and where the books say what they are owed.
ACCOUNTS = {"workshop": Account.WORKSHOP_PAYABLE, "agency": Account.AGENCY_PAYABLE}


def make_world():
    """A paid order of three workshops with two lines each, with postage and taxes, that an agency brought; all have payees."""
    make_terms(*HOMES, "TH")
    maker, checker = clerks()
    day = timezone.localdate()
    ShareRule.objects.create(
        commission="12.5", village_fund="2.5", valid_from=day, source="Assembly of 3 May"
    )
    Registration.objects.create(scheme_id="AU-GST", number="300001234567", valid_from=day, source="test")
    pieces = []
    for number, home in enumerate(HOMES):
        workshop = make_workshop(village=make_village(economy=home))
        make_member(workshop)
        make_payee(workshop, by=checker)
        pieces += [
            (make_piece(workshop, price=price, stock=9), quantity)
            for price, quantity in ((f"{19 + number}.99", 3), (f"{7 * (number + 1)}.01", 1))
        ]
    buyer = make_buyer(economy="AU", state="VIC", city="Melbourne", postcode="3000")
    make_agency_terms("10")
    agency = make_agency("siam-walks", currency="THB")
    values = {"route": "bank_file", "currency": "THB", "holder_name": "Siam Walks", "account": IBAN}
    payees.approve_payee(payee=payees.change_payee(owner=agency, by=make_seat(agency), **values), by=checker)
    payment = make_order(pieces, buyer=buyer, paid=True, agency=agency)
    return payment, maker, checker


class History(RuleBasedStateMachine):
    """One order's life after it was paid. Everything it does is undone at its end."""

    world: tuple
    met: Counter = Counter()  # how often each limit, and the end, was met

    def __init__(self) -> None:
        super().__init__()
        self.payment, self.maker, self.checker = self.world
        self.serial = 0
        self._undo = transaction.savepoint()

    @initialize(late=st.booleans())
    def begin(self, late: bool) -> None:
        """Half begin when all has arrived and a payout is prepared: chance alone seldom comes so far in nine steps."""
        if late:
            for number in range(3):
                self.deliver(number=number, days=40)
            self.prepare_payouts(home=0, days=20)

    def teardown(self) -> None:
        self._all_hold()
        transaction.savepoint_rollback(self._undo)

    def _key(self) -> str:
        self.serial += 1
        return f"history-{self.serial}"

    def _consignment(self, number: int) -> Consignment:
        rows = Consignment.objects.filter(order=self.payment.order).select_related("order__payment", "workshop")
        return rows.order_by("pk")[number]

    def _attempt(self, name: str, deed, *refusals: type[Exception]):
        """A refusal is as good an answer as any, if it changes nothing."""
        before = self._books()
        try:
            with transaction.atomic():
                return deed()
        except refusals:
            self.met[name] += 1
            assert self._books() == before
            return None

    @staticmethod
    def _books() -> tuple:
        totals = Refund.objects.aggregate(sum=Sum("amount"))["sum"]
        return Posting.objects.count(), totals, Refund.objects.count(), Payout.objects.count()

    @rule(
        number=st.integers(0, 2),
        what=st.sampled_from(["line0", "line1", "shipping", "all"]),
        percent=st.one_of(st.none(), st.integers(1, 110)),
        reason=st.sampled_from(["lost", "damaged", "returned", "goodwill"]),
    )
    def ask_refund(self, number: int, what: str, percent: int | None, reason: str) -> None:
        consignment = self._consignment(number)
        line = list(consignment.all_lines)[int(what[-1])] if what.startswith("line") else None
        whole = {"shipping": consignment.shipping, "all": consignment.total}.get(what) or line.line_price_incl_tax
        step = payable_step(consignment.currency)
        part = max((whole * (percent or 0) / 100).quantize(step), step)
        amount = Money(part, consignment.currency) if percent else None
        wish = Wish(consignment, line=line, shipping=what == "shipping", amount=amount)
        self._attempt(
            "refund",
            lambda: refunds.ask_refund(
                payment=self.payment, wishes=[wish], reason=reason, key=self._key(), by=self.maker, as_=Refund.As.STAFF
            ),
            CannotRefund,
        )

    @rule(number=st.integers(0, 2), lines=st.sampled_from([(), (0,), (1,)]))
    def cancel(self, number: int, lines: tuple[int, ...]) -> None:
        consignment = self._consignment(number)
        chosen = [list(consignment.all_lines)[one].pk for one in lines]
        self._attempt(
            "cancel",
            lambda: cancel_consignment(
                consignment=consignment, key=self._key(), by=self.maker, as_=Refund.As.STAFF, lines=chosen
            ),
            CannotCancel,
        )

    @precondition(lambda self: self._open_refunds().exists())
    @rule(done=st.booleans(), which=st.integers(0, 3))
    def end_refund(self, done: bool, which: int) -> None:
        open_ = list(self._open_refunds())
        refund = open_[which % len(open_)]
        standing = RefundStanding.DONE if done else RefundStanding.FAILED
        assert not refund_news.take_refund(facts=self._facts(refund, standing), refund=refund)

    @precondition(lambda self: Refund.objects.filter(state="done").exclude(reason="dispute").exists())
    @rule()
    def a_refund_bounces_after_it_arrived(self) -> None:
        refund = Refund.objects.filter(state="done").exclude(reason="dispute").latest("pk")
        assert not refund_news.take_refund(facts=self._facts(refund, RefundStanding.FAILED), refund=refund)

    @precondition(lambda self: Refund.objects.filter(state="failed").exists())
    @rule()
    def ask_again(self) -> None:
        failed = Refund.objects.filter(state="failed").latest("pk")
        self._attempt("again", lambda: refunds.ask_again(refund=failed, by=self.maker), CannotRefund)

    def _open_refunds(self):
        return Refund.objects.filter(state__in=["requested", "sending"]).order_by("pk")

    def _facts(self, refund: Refund, standing: RefundStanding) -> RefundFacts:
        amount = Money(refund.amount, refund.currency)
        payment_id = refund.payment.gateway_payment
        return RefundFacts(f"re_{refund.pk}", refund.payment.order.number, payment_id, standing, amount)

    @rule(number=st.integers(0, 2), days=st.integers(0, 40))
    def deliver(self, number: int, days: int) -> None:
        """The post is not what is tried here."""
        consignment = self._consignment(number)
        if consignment.state in ("placed", "packed", "sent"):
            day = timezone.now() - timedelta(days=days)
            Consignment.objects.filter(pk=consignment.pk).update(state="delivered", delivered_at=day)

    @rule(percent=st.sampled_from([100, 100, 37]), kind=st.sampled_from(list(DisputeKind)))
    def dispute(self, percent: int, kind: DisputeKind) -> None:
        amount = (self.payment.amount * percent / 100).quantize(Decimal("0.01"))
        self.serial += 1
        self._take_dispute(f"dp_{self.serial}", amount, DisputeStanding.OPEN, kind)

    @precondition(lambda self: Dispute.objects.filter(state="open").exists())
    @rule(standing=st.sampled_from([DisputeStanding.WON, DisputeStanding.LOST]))
    def decide(self, standing: DisputeStanding) -> None:
        row = Dispute.objects.filter(state="open").latest("pk")
        self._take_dispute(row.gateway_dispute, row.amount, standing, DisputeKind(row.kind))

    def _take_dispute(self, name: str, amount: Decimal, standing: DisputeStanding, kind: DisputeKind) -> None:
        money = Money(amount, self.payment.currency)
        facts = DisputeFacts(name, self.payment.gateway_payment, money, standing, "fraudulent", None, kind)
        assert not disputes.take_dispute(facts=facts)

    @rule(home=st.sampled_from(range(4)), days=st.sampled_from([0, 20, 60]))
    def prepare_payouts(self, home: int, days: int) -> None:
        """The fourth is the agency's."""
        currency = self._consignment(home).workshop.village.economy.currency if home < 3 else "THB"
        prepare(route="bank_file", currency=currency, by=self.maker, now=timezone.now() + timedelta(days=days))

    @precondition(lambda self: PayoutBatch.objects.filter(state="prepared").exists())
    @rule()
    def approve_payouts(self) -> None:
        from marketplace.payments.payouts.errors import BatchChanged, NotOnTheWay

        batch = PayoutBatch.objects.filter(state="prepared").latest("pk")
        try:
            approve(batch, self.checker)
        except (BatchChanged, NotOnTheWay):
            self.met["approve"] += 1

    @precondition(lambda self: Payout.objects.filter(state="transit").exists())
    @rule(arrives=st.booleans())
    def end_payout(self, arrives: bool) -> None:
        payout = Payout.objects.filter(state="transit").latest("pk")
        if arrives:
            settling.mark_paid(payout=payout, by=self.maker, reference="BANK-1")
            self.met["payout arrived"] += 1
        else:
            settling.mark_failed(payout=payout, by=self.maker, why="Account closed")

    @invariant()
    def every_unit_is_somewhere(self) -> None:
        """Per currency zero; per holder: owed, on the way and paid are its frozen shares less what went back."""
        sums = Posting.objects.order_by().values_list("currency").annotate(sum=Sum("amount"))
        assert not any(amount for _currency, amount in sums), list(sums)
        for party, holder, currency, frozen, back in self._holders():
            owed, way, paid, kept = (
                self._balance(ACCOUNTS[party], holder, currency),
                self._balance(Account.PAYOUTS_IN_TRANSIT, holder, currency),
                self._sent(holder, "paid"),
                self._fees(holder),
            )
            assert owed + way + paid + kept == frozen - back, (holder, owed, way, paid, kept, frozen, back)

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        self.payment.refresh_from_db()
        counted = Refund.objects.exclude(state="failed").aggregate(sum=Sum("amount"))["sum"] or 0
        assert self.payment.refunded == counted <= self.payment.amount

    def _holders(self):
        shares = ConsignmentShare.objects.filter(party__in=ACCOUNTS).order_by()
        frozen = shares.values_list("party", "holder", "own_currency").annotate(sum=Sum("own_amount"))
        parts = RefundPart.objects.exclude(refund__state="failed").filter(share__party__in=ACCOUNTS).order_by()
        back = dict(parts.values_list("share__holder").annotate(sum=Sum("own_amount")))
        return [(*of, amount, back.get(of[1], Decimal(0))) for *of, amount in frozen]

    @staticmethod
    def _balance(account: str, holder: str, currency: str) -> Decimal:
        rows = Posting.objects.filter(account=account, holder=holder, currency=currency)
        return -(rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))

    @staticmethod
    def _sent(holder: str, state: str) -> Decimal:
        rows = Payout.objects.filter(Q(workshop__code_prefix=holder) | Q(agency__code=holder), state=state)
        return sum((row.net for row in rows), Decimal(0))

    @staticmethod
    def _fees(holder: str) -> Decimal:
        """What the holder bears of payouts that left."""
        left = Payout.objects.filter(state__in=["transit", "paid"])
        rows = left.filter(Q(workshop__code_prefix=holder) | Q(agency__code=holder))
        return sum((row.fee for row in rows), Decimal(0))

    def _all_hold(self) -> None:
        broken = {row.name: row.count for row in check() if row.count}
        assert not broken, broken


def play(times: int, world: tuple) -> Counter:
    History.world, History.met = world, Counter()
    options = settings(
        max_examples=times,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=times == FEW,
        # Shrinking a history of money takes longer than reading it.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=options)
    return History.met


@pytest.fixture
def world(db, recorded, settings):
    settings.MARKETPLACE_PLATFORM_ECONOMY = "SG"
    return recorded(make_world)


def test_the_world_has_everything_to_lose(world):
    """Four currencies to be paid out, one to be refunded, postage and taxes: otherwise the histories would prove little."""
    shares = ConsignmentShare.objects.all()
    assert {share.own_currency for share in shares.filter(party="workshop")} == {"VND", "TWD", "PEN"}
    agencys = shares.filter(party="agency")
    assert (len(agencys), {share.own_currency for share in agencys}) == (6, {"THB"})
    assert sum(share.own_amount for share in agencys) > 350, "enough to be paid out"
    assert {share.part for share in shares} == {"goods", "shipping", "levy"}
    assert sum(share.amount for share in shares) == world[0].amount


@pytest.mark.drill
@pytest.mark.timeout(1700)
def test_histories_lose_nothing(world, request):
    """A few in every run, a thousand in `make drill`."""
    drill = is_drill(request.config)
    met = play(MANY if drill else FEW, world)
    # The limits were met, and the ends: of a few histories, not all.
    assert not drill or all(met[name] for name in ("refund", "cancel", "payout arrived")), met
