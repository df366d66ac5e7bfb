"""The log: a line can be read by a machine, led back to its request and order, and tells nothing about a person."""

import json
import logging
import logging.config
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from marketplace.masking import mask
from marketplace.payments import outbox
from marketplace.payments.models import OutboxMessage
from storefront.logs import JsonFormatter, LineFormatter, RequestIdMiddleware, clean, logging_config
from tests.factories import make_piece
from tests.shopping import Shopper, deliver

ORDER = "K7MQ9-2XDNC-VP4TR"


@pytest.fixture
def written():
    """Everything that is logged from here on, at every level, as production writes it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def lines(stream: StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to hoa.tran+shop@mail.example.com now", "to [e-mail] now"),
        ("<サオマイ@example.com>", "<[e-mail]>"),
        ("'hoa@example.com': refused", "'[e-mail]': refused"),
        ("call +84 24 3825 1234!", "call [phone]!"),
        ("tel +81451234567, fax +1 (415) 555-2671", "tel [phone], fax [phone]"),
        ("call 045-123-4567 or 024 3825 1234", "call [phone] or [phone]"),
        ("key sk_live_51HxAbCdEf and rk_test_9", "key [key] and [key]"),
        ("whsec_abcDEF123 pk_live_1", "[key] [key]"),
        ("pi_3N_secret_9xYz gone", "[key] gone"),
        ("Authorization: Bearer abcdef123456", "Authorization: [key]"),
        ("card 4242 4242 4242 4242 refused", "card [card] refused"),
        ("4000-0000-0000-0002", "[card]"),
        ("cs_test_a1B2c3D4e5F6g7", "[session 5F6g7]"),
        ("sessionid=abcdefghijklmnopqrstuvwxyz012345; path=/", "sessionid=[secret]; path=/"),
        ("key q9x2m4k7w1z8v5b3n6c0d2f4h8j1l5pz of a session", "key [session] of a session"),
        ('{"password": "opensesame", "x": 1}', '{"password": "[secret]", "x": 1}'),
        ("postgres://shop:opensesame@db.example/shop", "postgres://[login]@db.example/shop"),
        (
            "null value\nDETAIL:  Failing row contains (7, Mori Kenji, 1-2-3 Minato).\nCONTEXT: x",
            "null value\nDETAIL:  [row]\nCONTEXT: x",
        ),
    ],
)
def test_what_belongs_to_somebody_is_masked(text, shown):
    hidden = clean(text)
    if text.startswith("cs_"):
        assert hidden.startswith("[session ") and "cs_test" not in hidden and len(hidden) <= len("[session 123456]")
    else:
        assert hidden == shown
    assert clean(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        f"order {ORDER}: refund R-8K2M4NPQ of 1234.50 USD",
        "2026-11-22 04:50:03,462 and 2026-11-22T04:50:03.462Z and +00:00 and +07:00",
        "event evt_1MqqbKLt2j9K3aB put aside: amount is 0.50 USD, the order's is 115.99 USD",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa re_1 du_1",
        "consignment 12345-SML, tracking EE471108151FR, SKU SML-0091, 0.00 0.01 100",
        "d41d8cd98f00b204e9800998ecf8427e is a digest",
        "4242 4242 4242 4241 fails the check digit",
        "File \"/srv/shop/payments/outbox.py\", line 120, in _attempt",
    ],
)
def test_what_is_needed_to_find_a_fault_stays(text):
    assert mask(text) == text


def record(message: str, *args, level: int = logging.INFO, **fields) -> logging.LogRecord:
    made = logging.LogRecord("marketplace.payments", level, "x.py", 1, message, args, None)
    made.__dict__.update(fields)
    made.created = 1_795_000_000.25
    return made


def test_a_line_is_one_object_with_time_level_logger_message_and_order():
    said = json.loads(JsonFormatter().format(record("order %s needs attention", ORDER, level=logging.ERROR)))
    assert said == {
        "time": "2026-11-18T11:06:40.250Z",
        "level": "ERROR",
        "logger": "marketplace.payments",
        "message": f"order {ORDER} needs attention",
        "order": ORDER,
    }
    assert json.loads(JsonFormatter().format(record("sold", order=ORDER)))["order"] == ORDER
    assert "order" not in json.loads(JsonFormatter().format(record("nothing")))


def test_a_traceback_is_in_the_line_and_masked():
    try:
        raise ValueError("no mailbox hoa@example.com")
    except ValueError as problem:
        info = (ValueError, problem, problem.__traceback__)
    for formatter in (JsonFormatter(), LineFormatter()):
        text = formatter.format(record("failed", exc_info=info))
        assert "ValueError: no mailbox [e-mail]" in text
        assert "hoa@example.com" not in text


def test_nobody_writes_a_second_line_into_the_log():
    forged = record("search %s", 'x"}\n{"time": "2026", "message": "order paid"}\r\n\u2028')
    assert len(JsonFormatter().format(forged).splitlines()) <= 1 or "\u2028" in JsonFormatter().format(forged)
    assert "\n" not in JsonFormatter().format(forged) and "\r" not in JsonFormatter().format(forged)
    shown = LineFormatter().format(forged).split("\n")
    assert all(line.startswith("    ") for line in shown[1:])


def test_a_token_in_an_address_is_masked():
    text = clean("Not Found: /en/account/new-password/MQ/c8kx2y-0123456789abcdef/")
    assert text == "Not Found: /en/account/new-password/[secret]"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a1b2c3d4-e5f6-7890", True),
        ("short", False),
        ("x" * 65, False),
        ("evil\nline-and-more", False),
        ("<script>alert(1)</script>", False),
        ("hoa@example.com", False),
        ("", False),
    ],
)
def test_every_answer_carries_its_requests_id(given, kept, written):
    log = logging.getLogger("marketplace.test")
    request = RequestFactory().get(f"/en/orders/{ORDER}/")
    request.META["HTTP_X_REQUEST_ID"] = given

    def view(request):
        log.warning("here")
        return HttpResponse()

    answer = RequestIdMiddleware(view)(request).headers["X-Request-ID"]
    assert (answer == given) is kept
    assert kept or (len(answer) == 32 and answer.isalnum())
    log.warning("after")
    inside, after = (line for line in lines(written) if line["logger"] == "marketplace.test")
    assert (inside["request"], inside["order"]) == (answer, ORDER)
    assert "request" not in after and "order" not in after


@pytest.mark.parametrize("production", [True, False])
def test_the_settings_are_what_logging_takes(production):
    config = logging_config(production=production, level="INFO")
    kept = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in map(
        logging.getLogger, ["", *config["loggers"]])]  # fmt: skip
    try:
        logging.config.dictConfig(config)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler.formatter, JsonFormatter if production else LineFormatter)
        # Django's own handler would mail whole requests to the administrators.
        assert logging.getLogger("django").handlers == []
        assert logging.getLogger("django").propagate
    finally:
        for logger, handlers, level, propagate in kept:
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(level)


CANARIES = {
    "email": "canary.quetzal@birds.example",
    "name": "Quetzalina Canarybird",
    "line1": "77 Nightingale Canary Lane",
    "phone": "+81 90 7731 9942",
}
PARTS = ("quetzal", "Canarybird", "Nightingale", "7731", "907731")


@pytest.mark.django_db
def test_a_purchase_leaves_nothing_of_the_buyer_in_the_log(written, fake_stripe, mailoutbox, monkeypatch):
    """Case 64: she mistypes, buys, is charged, her mail server refuses, and somebody looks for her order."""
    logging.getLogger().setLevel(logging.INFO)
    address = {"email": CANARIES["email"], "full_name": CANARIES["name"]} | {
        name: CANARIES[name] for name in ("line1", "phone")
    }

    def refuse(self, messages):
        raise SMTPRecipientsRefused({to: (550, b"5.1.1 no such user " + to.encode()) for to in messages[0].to})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    shopper = Shopper()
    shopper.give_address(**address | {"postcode": "no postcode"})
    payment = shopper.place(make_piece(stock=3), **address)
    fake_stripe.pay(payment.gateway_session)
    assert set(deliver(fake_stripe)) == {200}
    shopper.see(payment)
    shopper.client.get("/en/nowhere/", {"email": CANARIES["email"], "name": CANARIES["name"]})
    shopper.client.get(f"/en/search/?q={CANARIES['name']}")
    outbox.deliver(now=timezone.now() + timedelta(hours=1))

    payment.refresh_from_db()
    assert payment.state == "paid"
    text = written.getvalue()
    assert "SMTPRecipientsRefused" in text, "the refusal itself is told"
    assert payment.order.number in {line.get("order") for line in lines(written)}
    assert [part for part in PARTS if part.lower() in text.lower()] == []
    assert [row.last_error for row in OutboxMessage.objects.filter(last_error__icontains="quetzal")] == []
    assert OutboxMessage.objects.exclude(last_error="").exists()
