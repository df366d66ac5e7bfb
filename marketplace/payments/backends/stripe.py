"""Stripe behind our gateway contract, over the official SDK.

OPTIONS of MARKETPLACE_GATEWAY: ``timeout`` (seconds that a call may take, its repeat included), ``at_once``, ``patience``
and ``pause`` (see bounds.Bounds); ``methods`` (ways to pay by Stripe's names; empty leaves the choice to Stripe's
dashboard); ``voucher_days`` (days that a voucher can be paid at a till; None leaves them to Stripe).

Stripe forgets an idempotency key after a day, and repeats an error 500 under it until then. So money only moves after
a look at what the same key has moved before: our key lies in the metadata.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import stripe
from django.conf import settings

from marketplace.money import MoneyError, to_minor
from marketplace.payments.backends import stripe_events
from marketplace.payments.backends import stripe_facts as read
from marketplace.payments.backends.bounds import BoundedSession, Bounds
from marketplace.payments.backends.stripe_errors import refused, translated
from marketplace.payments.gateway import (
    AccountFacts,
    CheckoutRequest,
    DisputeFacts,
    Event,
    Facts,
    GatewayDown,
    GatewayRefused,
    HostedPage,
    PaymentFacts,
    RefundFacts,
    RefundRequest,
    ReversalFacts,
    ReversalRequest,
    TransferFacts,
    TransferRequest,
)

log = logging.getLogger(__name__)
# Languages that Stripe's page speaks under another code than ours.
LOCALES = {"zh-hant": "zh-TW", "zh-hans": "zh"}
# https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-locale, those without a region.
STRIPE_SPEAKS = set(
    "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv th tr vi zh zh-TW".split()  # noqa: SIM905
)
# Currencies in which Stripe sells a voucher to be paid at a till, and its name.
VOUCHERS = {"JPY": "konbini", "MXN": "oxxo", "BRL": "boleto"}
PAGE = 100  # rows that Stripe lists at a time, at most
PAYMENT = ["latest_charge.balance_transaction", "payment_method"]
REFUND = ["balance_transaction", "failure_balance_transaction"]


class StripeGateway:
    def __init__(
        self,
        *,
        timeout: float = 8.0,
        at_once: int = 3,
        patience: int = 2,
        pause: float = 15.0,
        methods: Sequence[str] = (),
        voucher_days: int | None = None,
    ) -> None:
        self._bounds = Bounds(timeout=timeout, at_once=at_once, patience=patience, pause=pause)
        self._methods, self._voucher_days = tuple(methods), voucher_days
        client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {},
            http_client=stripe.RequestsClient(session=BoundedSession(self._bounds)),
            max_network_retries=1,
        )
        self._api = client.v1

    # The hosted page

    def open_checkout(self, request: CheckoutRequest) -> HostedPage:
        params = self._page(request)
        try:
            with self._asking():
                session = self._api.checkout.sessions.create(params, {"idempotency_key": request.key})
        except GatewayRefused as no:
            log.error("no page for order %s: %s", request.reference, no)
            raise GatewayDown(str(no)) from no
        return HostedPage(session.id, session.url)

    def _page(self, request: CheckoutRequest) -> dict:
        locale = LOCALES.get(request.language, request.language)
        params = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "locale": locale if locale in STRIPE_SPEAKS else "auto",
            "line_items": [
                {
                    "quantity": line.quantity,
                    "price_data": {
                        "currency": line.unit.currency.lower(),
                        "unit_amount": to_minor(line.unit),
                        "product_data": {"name": line.name[:250]},
                    },
                }
                for line in request.lines
            ],
            "metadata": {"order": request.reference},
            "payment_intent_data": {"metadata": {"order": request.reference}},
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": request.expires_at,
            # Otherwise the page may charge in another currency than we showed.
            "adaptive_pricing": {"enabled": False},
        }
        if request.email.isascii():
            # Others are good addresses for us and for mail, but not for Stripe; its page asks for one then.
            params["customer_email"] = request.email
        if self._methods:
            params["allowed_payment_method_types"] = list(self._methods)
        voucher = VOUCHERS.get(request.lines[0].unit.currency)
        if voucher and self._voucher_days:
            params["payment_method_options"] = {voucher: {"expires_after_days": self._voucher_days}}
        return params

    def look_up(self, session_id: str) -> Facts:
        # Only the intent says how it is paid, and whether a slow method is still on its way or has failed.
        params = {"expand": ["payment_intent.payment_method"]}
        try:
            return read.session_facts(self._get(self._api.checkout.sessions.retrieve, session_id, params))
        except GatewayRefused as no:
            raise GatewayDown(str(no.__cause__)) from no

    def close_checkout(self, session_id: str) -> Facts:
        with self._bounds.waiting():
            try:
                return read.session_facts(self._get(self._api.checkout.sessions.expire, session_id, {}))
            except GatewayRefused:
                # Not open any more: paid or expired meanwhile.
                return self.look_up(session_id)

    # Payments and disputes

    def look_up_payment(self, payment_id: str) -> PaymentFacts:
        with self._bounds.waiting():
            return self._payment_facts(self._get(self._api.payment_intents.retrieve, payment_id, {"expand": PAYMENT}))

    def find_payments(self, *, since: datetime) -> Iterator[PaymentFacts]:
        expand, unknown = [f"data.{path}" for path in PAYMENT], []
        params = {"created": {"gte": int(since.timestamp())}, "expand": expand}
        for intent in self._rows(self._api.payment_intents.list, params):
            try:
                yield self._payment_facts(intent)
            except GatewayRefused as no:
                if no.code != "currency_unknown":
                    raise
                unknown.append(intent["id"])
        if unknown:
            problem = refused("currency_unknown")
            raise GatewayRefused(problem.code, f"{problem.sentence} ({', '.join(unknown)})")

    def _payment_facts(self, intent: dict) -> PaymentFacts:
        disputed = (intent.get("latest_charge") or {}).get("disputed")
        disputes = self._rows(self._api.disputes.list, {"payment_intent": intent["id"]}) if disputed else ()
        with _known_currency():
            return read.payment_facts(intent, disputes)

    def look_up_dispute(self, dispute_id: str) -> DisputeFacts:
        with _known_currency():
            return read.dispute_facts(self._get(self._api.disputes.retrieve, dispute_id, {}))

    # Refunds

    def refund(self, request: RefundRequest) -> RefundFacts:
        params = {
            "payment_intent": request.payment_id,
            "amount": to_minor(request.amount),
            "metadata": {"order": request.reference, "reason": request.reason, "key": request.key},
            "expand": REFUND,
        }
        if request.email:
            params["instructions_email"] = request.email
        filters = {"payment_intent": request.payment_id, "expand": [f"data.{path}" for path in REFUND]}
        create = self._api.refunds.create
        with self._bounds.waiting(), _known_currency():
            row = self._once(request.key, self._rows(self._api.refunds.list, filters), create, params)
            facts = read.refund_facts(row)
        _check_same(request.amount, facts.amount)
        return facts

    def look_up_refund(self, refund_id: str) -> RefundFacts:
        with _known_currency():
            return read.refund_facts(self._get(self._api.refunds.retrieve, refund_id, {"expand": REFUND}))

    # Connected accounts

    def look_up_account(self, account_id: str) -> AccountFacts:
        return read.account_facts(self._get(self._api.accounts.retrieve, account_id, {}))

    def transfer(self, request: TransferRequest) -> TransferFacts:
        params = {
            "amount": to_minor(request.amount),
            "currency": request.amount.currency.lower(),
            "destination": request.account,
            "transfer_group": request.reference,
            "metadata": {"order": request.reference, "key": request.key},
        }
        filters = {"transfer_group": request.reference}
        with self._bounds.waiting(), _known_currency():
            if request.payment_id:
                params["source_transaction"] = self._charge(request.payment_id)
            row = self._once(
                request.key, self._rows(self._api.transfers.list, filters), self._api.transfers.create, params
            )
            facts = read.transfer_facts(row)
        _check_same((request.amount, request.account), (facts.amount, facts.account))
        return facts

    def _charge(self, payment_id: str) -> str:
        charge = self._get(self._api.payment_intents.retrieve, payment_id, {}).get("latest_charge")
        if not charge:
            raise refused("not_paid")
        return charge

    def look_up_transfer(self, transfer_id: str) -> TransferFacts:
        with _known_currency():
            return read.transfer_facts(self._get(self._api.transfers.retrieve, transfer_id, {}))

    def reverse_transfer(self, request: ReversalRequest) -> ReversalFacts:
        transfer, reversals = request.transfer_id, self._api.transfers.reversals
        params = {
            "amount": to_minor(request.amount),
            "metadata": {"order": request.reference, "key": request.key},
        }
        with self._bounds.waiting(), _known_currency():
            earlier = self._rows(lambda page: reversals.list(transfer, page), {})
            row = self._once(
                request.key, earlier, lambda values, options: reversals.create(transfer, values, options), params
            )
            facts = read.reversal_facts(row)
        _check_same(request.amount, facts.amount)
        return facts

    # Messages

    def read_event(self, body: bytes, signature: str) -> Event:
        return stripe_events.read(body, signature, settings.STRIPE_WEBHOOK_SECRETS)

    # Asking

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._bounds.waiting():
            try:
                yield
            except stripe.StripeError as problem:
                raise translated(problem) from problem

    def _get(self, call: Callable, thing_id: str, params: dict) -> dict:
        with self._asking():
            return call(thing_id, params).to_dict()

    def _rows(self, call: Callable, params: dict) -> Iterator[dict]:
        """Everything that Stripe lists, page by page; nobody's turn lasts while the rows are used."""
        params = {**params, "limit": PAGE}
        while True:
            with self._asking():
                page = call(params).to_dict()
            yield from page["data"]
            if not page["has_more"]:
                return
            params["starting_after"] = page["data"][-1]["id"]

    def _once(self, key: str, earlier: Iterator[dict], create: Callable, params: dict) -> dict:
        """What this key made before, else what it makes now."""
        for row in earlier:
            if (row.get("metadata") or {}).get("key") == key:
                return row
        with self._asking():
            return create(params, {"idempotency_key": key}).to_dict()


@contextmanager
def _known_currency() -> Iterator[None]:
    try:
        yield
    except MoneyError as problem:
        raise refused("currency_unknown") from problem


def _check_same(asked: object, made: object) -> None:
    """What the key made before, if it made something before, must be what is asked for now."""
    if asked != made:
        raise refused("key_reused")
