"""One contract, three backends; and what fits into an SMS."""

import io
import socket

import pytest

from marketplace.notices import sending
from marketplace.notices.backends import SmsDown, SmsRefused, get_sms
from marketplace.notices.backends.console import ConsoleSms
from marketplace.notices.backends.http import HttpSms
from marketplace.notices.backends.memory import MemorySms
from marketplace.notices.backends.nobody import NoSms
from marketplace.payments import outbox
from marketplace.registry import Unknown

TO, TEXT = "+84912345678", "Đơn hàng mới 🧺\nhttps://shop.example/"


@pytest.fixture(params=["console", "memory", "http"])
def carried(request, outside, smsoutbox):
    """(backend, what it carried so far as one text)"""
    if request.param == "console":
        stream = io.StringIO()
        return ConsoleSms(stream), stream.getvalue
    if request.param == "memory":
        return MemorySms(), lambda: repr([tuple(sent) for sent in smsoutbox]).encode().decode("unicode_escape", "ignore")
    return HttpSms(outside.url), lambda: "".join(
        asked.body.decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16") for asked in outside.asked
    )


def test_it_carries_the_text_to_the_number(carried):
    backend, seen = carried
    backend.send(to=TO, text="Order: 1 × bowl", key="k1")
    assert TO in seen()
    assert "Order: 1 " in seen()


def test_any_script_and_several_messages(carried):
    backend, seen = carried
    backend.send(to=TO, text="one", key="k1")
    backend.send(to=TO, text="two", key="k2")
    assert ("one" in seen(), "two" in seen()) == (True, True)
    assert backend.send(to=TO, text=TEXT, key="k3") is None


def test_a_repeat_is_no_second_message(smsoutbox, outside):
    for backend in (MemorySms(), HttpSms(outside.url)):
        backend.send(to=TO, text=TEXT, key="k1")
        backend.send(to=TO, text=TEXT, key="k1")
    assert len(smsoutbox) == 1
    assert [asked.headers["Idempotency-Key"] for asked in outside.asked] == ["k1", "k1"]


def test_the_gateway_gets_its_own_names_and_our_key(outside):
    backend = HttpSms(
        outside.url, headers={"Authorization": "Bearer abc"}, names={"to": "msisdn"}, extra={"from": "VILLAGE"}
    )
    backend.send(to=TO, text=TEXT, key="k1")
    (asked,) = outside.asked
    import json

    assert json.loads(asked.body) == {"from": "VILLAGE", "msisdn": TO, "text": TEXT, "key": "k1"}
    assert asked.headers["Authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("status", "problem"),
    [(500, SmsDown), (503, SmsDown), (429, SmsDown), (409, SmsDown), (400, SmsRefused), (401, SmsRefused)],
)
def test_what_a_status_means(outside, status, problem):
    outside.status = status
    with pytest.raises(problem) as raised:
        HttpSms(outside.url).send(to=TO, text=TEXT, key="k1")
    assert str(raised.value) == f"the SMS gateway answered {status}"
    assert raised.value.__cause__ is None


def test_it_follows_nobody_elsewhere(outside):
    outside.status, outside.headers = 307, {"Location": f"{outside.url}/elsewhere"}
    with pytest.raises(SmsRefused):
        HttpSms(outside.url).send(to=TO, text=TEXT, key="k1")
    assert [asked.path for asked in outside.asked] == ["/"]


def test_who_does_not_answer_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(SmsDown, match=r"did not answer \(ReadTimeout\)"):
            HttpSms(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2).send(to=TO, text=TEXT, key="k1")
        address = silent.getsockname()
    with pytest.raises(SmsDown):
        HttpSms(f"http://127.0.0.1:{address[1]}").send(to=TO, text=TEXT, key="k1")


def test_the_outbox_hears_what_became_of_it(outside, settings):
    settings.MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.http.HttpSms", "OPTIONS": {"url": outside.url}}
    outside.status = 503
    with pytest.raises(outbox.Later):
        sending.send_sms(to=TO, text="x", key="k1")
    outside.status = 403
    with pytest.raises(outbox.GiveUp):
        sending.send_sms(to=TO, text="x", key="k1")


def test_a_shop_without_a_gateway_says_so(settings):
    settings.MARKETPLACE_SMS = {"BACKEND": "marketplace.notices.backends.nobody.NoSms"}
    assert isinstance(get_sms(), NoSms)
    with pytest.raises(outbox.GiveUp, match="no SMS gateway"):
        sending.send_sms(to=TO, text="x", key="k1")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ế" * 70, 1),
        ("ế" * 71, 2),
        ("ế" * 134, 2),
        ("ế" * 135, 3),
        ("🧺" * 35, 1),
        ("🧺" * 36, 2),
    ],
    ids=lambda value: ascii(value)[:12] if isinstance(value, str) else str(value),
)
def test_how_many_parts(text, parts):
    assert sending.sms_parts(text) == parts


@pytest.mark.parametrize("letter", ["a", "ế", "ผ", "界", "🧺", "€"], ids=ascii)
@pytest.mark.parametrize("length", [1, 60, 130, 400, 5000])
def test_two_parts_at_most_and_the_link_is_whole(letter, length):
    link = "https://shop.example/vi/desk/sao-mai/consignments/7/"
    text = sending.shorten(letter * length, link)
    assert sending.sms_parts(text) <= 2
    assert text.endswith(f"\n{link}")
    assert text.startswith(letter)
    if sending.sms_parts(f"{letter * length}\n{link}") > 2:
        assert text.endswith(f"...\n{link}")
        longer = text.replace("...", f"{letter}...")
        assert sending.sms_parts(longer) == 3


def test_what_fits_stays_as_it_is_in_one_line():
    assert sending.shorten("New order:\r\n  bowl", "https://x.example/") == "New order: bowl\nhttps://x.example/"


def test_a_mark_is_not_torn_from_its_letter():
    text = sending.shorten("กำ" * 10 + "ผู้" * 100)
    assert sending.sms_parts(text) == 2
    before = text.removesuffix("...")
    assert before.endswith(("ผู้", "กำ"))


def test_a_kind_without_words_is_an_error():
    from marketplace.notices.words import kinds

    with pytest.raises(Unknown):
        kinds["nobody"]
