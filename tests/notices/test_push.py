"""Web push: what arrives at the browser can be read by nobody in between, and goes to no place of our own."""

import base64
import json
import socket
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from marketplace import public_address
from marketplace.notices import outgoing, push
from marketplace.notices.models import PushSubscription
from marketplace.notices.services import tell
from marketplace.payments.models import Attention, OutboxMessage
from tests.notices.conftest import NOON, deliver_later, prefer
from tests.people import Visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
PUBLIC = "https://push.example.net/send/abc"
SUBSCRIBE, UNSUBSCRIBE = "/en/account/push/subscribe/", "/en/account/push/unsubscribe/"


def coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Browser:
    """The keys that a browser makes for a subscription."""

    def __init__(self, endpoint: str = PUBLIC) -> None:
        self.private, self.secret, self.endpoint = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef", endpoint

    @property
    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": self.endpoint, "p256dh": coded(point), "auth": coded(self.secret)}

    def read(self, body: bytes) -> dict:
        return json.loads(http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm"))


@pytest.fixture
def service(outside, settings):
    """A push service that the operator trusts, since it is on this machine."""
    settings.MARKETPLACE_PUSH = settings.MARKETPLACE_PUSH | {"TRUSTED_ORIGINS": (outside.url,)}
    return outside


@pytest.fixture
def browser(service, hoa):
    browser = Browser(f"{service.url}/send/abc?x=1")
    push.subscribe(user=hoa, **browser.keys)
    return browser


def ordered(user, key="1") -> None:
    values = {"consignment": "SML-SECRET99"}
    tell(user=user, kind="buyer_wrote", key=key, values=values, url="/desk/sao-mai/", language="en")


def test_a_line_without_names_arrives_and_only_the_browser_reads_it(hoa, service, browser, commit):
    ordered(hoa)
    commit()
    (asked,) = service.asked
    assert asked.path == "/send/abc?x=1"
    assert (asked.headers["Content-Encoding"], asked.headers["TTL"]) == ("aes128gcm", "86400")
    shown = browser.read(asked.body)
    assert (shown.pop("tag")[:7], shown) == (
        "notice-",
        {"text": "1 new message", "url": "http://testserver/en/desk/sao-mai/", "lang": "en"},
    )
    assert b"new message" not in asked.body
    assert Vapid02.verify(asked.headers["Authorization"]) is True
    token = asked.headers["Authorization"].split("t=")[1].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=="))
    assert (claims["aud"], claims["sub"]) == (service.url, "mailto:shop@shop.example")


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_another_way_taken(hoa, service, browser, status, commit, mailoutbox):
    prefer(hoa, by_mail=False, by_sms=False, by_push=True)
    service.status = status
    ordered(hoa)
    commit()
    assert not PushSubscription.objects.exists()
    assert len(mailoutbox) == 1
    ordered(hoa, "2")
    commit()
    assert (len(service.asked), len(mailoutbox)) == (1, 2)


@pytest.mark.parametrize(("status", "outcome"), [(500, "waiting"), (429, "waiting"), (400, "failed"), (302, "failed")])
def test_other_refusals(hoa, service, browser, status, outcome, commit, caplog):
    prefer(hoa, by_mail=False, by_sms=False, by_push=True)
    service.status, service.headers = status, {"Location": "/elsewhere"}
    ordered(hoa)
    commit()
    assert OutboxMessage.objects.get(kind="notice.push").state == outcome
    assert Attention.objects.count() == (outcome == "failed")
    assert ([asked.path for asked in service.asked], PushSubscription.objects.count()) == (["/send/abc?x=1"], 1)


def test_her_daily_message_too(hoa, service, browser, commit):
    from marketplace.notices.digest import send_digests

    prefer(hoa, how="digest", digest_hour=0, language="en", by_mail=False)
    for key in "123":
        ordered(hoa, key)
    commit()
    assert service.asked == []
    assert send_digests(now=NOON) == 1
    commit()
    (asked,) = service.asked
    assert browser.read(asked.body)["text"] == "1 new message (3)"


def test_at_night_it_waits(hoa, service, browser, at, commit):
    at(NOON.replace(hour=16))  # 23:00 in Viet Nam
    ordered(hoa)
    commit()
    assert service.asked == []
    assert deliver_later(hours=8)["done"] == 1
    assert len(service.asked) == 1


# Where it may go

BAD = [
    *("", "x", "http://push.example.net/x", "ftp://push.example.net/x", "https://", "https:///x", "//push.example.net/"),
    *("https://127.0.0.1/x", "https://10.0.0.7/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://0/x"),
    *("https://2130706433/x", "https://0x7f000001/x", "https://0177.0.0.1/x", "https://127.1/x", "https://localhost/x"),
    *("https://redis/x", "https://db.internal/x", "https://printer.local/x", "https://a.localhost/x"),
    *("https://push.example.net:6379/x", "https://user:pw@push.example.net/x", "https://push.example.net@10.0.0.1/"),
    *("https://push.example.net\\@evil.example/", "https://push.example.net/\r\nHost: x", "https://push.example.net/\x00"),
    *("https://pu\u0455h.example.net/x", "https://[bad/x", "https://push.example.net:99999/", PUBLIC + "a" * 1000),
]


@pytest.mark.parametrize("endpoint", BAD, ids=lambda text: ascii(text)[:44])
def test_an_address_that_is_no_public_service_is_refused(hoa, endpoint):
    with pytest.raises(push.BadSubscription):
        push.subscribe(user=hoa, **Browser(endpoint).keys)
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "::"),
    ],
)
def test_no_network_of_our_own(address):
    assert public_address.is_public(address) is False


def test_the_open_internet():
    addresses = ["8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
    assert [public_address.is_public(address) for address in addresses] == [True] * 4


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"]])
def test_a_public_name_of_a_private_place_is_not_connected_to(hoa, monkeypatch, answers, commit):
    """The resolver is not ours; nothing may be connected to after such an answer."""
    prefer(hoa, by_mail=False, by_sms=False, by_push=True)
    push.subscribe(user=hoa, **Browser().keys)
    rows = [(0, 0, 0, "", (address, 443)) for address in answers]
    monkeypatch.setattr(public_address.socket, "getaddrinfo", lambda *args, **kwargs: rows)
    connected = []
    monkeypatch.setattr(public_address.socket, "create_connection", lambda *args, **kwargs: connected.append(args))
    ordered(hoa)
    commit()
    assert (connected, PushSubscription.objects.count()) == ([], 0)


def test_a_name_is_looked_up_once_and_just_that_address_is_taken(monkeypatch):
    """A name that answers differently the second time gains nothing."""
    asked, connected = [], []

    def lookup(host, *args, **kwargs):
        asked.append(host)
        return [(0, 0, 0, "", ("8.8.8.8", 443))]

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise OSError

    monkeypatch.setattr(public_address.socket, "getaddrinfo", lookup)
    monkeypatch.setattr(public_address.socket, "create_connection", connect)
    with pytest.raises(outgoing.NoAnswer):
        outgoing.post(PUBLIC, body=b"x", headers={})
    assert (asked, connected) == (["push.example.net"], [("8.8.8.8", 443)])


def test_who_does_not_answer_is_not_waited_for(settings, monkeypatch):
    monkeypatch.setattr(public_address, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings.MARKETPLACE_PUSH = settings.MARKETPLACE_PUSH | {"TRUSTED_ORIGINS": (url,)}
        with pytest.raises(outgoing.NoAnswer, match="Timeout"):
            outgoing.post(f"{url}/x", body=b"x", headers={})


# The browser's side


def test_a_browser_is_kept_and_forgotten(cast):
    browser = Browser()
    assert cast.maker.client.post_from_page(SUBSCRIBE, browser.keys).status_code == 204
    assert cast.maker.client.post_from_page(SUBSCRIBE, browser.keys).status_code == 204
    assert PushSubscription.objects.get().user == cast.maker.user
    assert cast.other_maker.client.post_from_page(UNSUBSCRIBE, {"endpoint": browser.endpoint}).status_code == 204
    assert PushSubscription.objects.count() == 1
    assert cast.maker.client.post_from_page(UNSUBSCRIBE, {"endpoint": browser.endpoint}).status_code == 204
    assert not PushSubscription.objects.exists()


def test_a_browser_that_changes_hands_tells_only_the_new_person(cast):
    browser = Browser()
    for person in (cast.maker, cast.other_maker):
        person.client.post_from_page(SUBSCRIBE, browser.keys)
    assert PushSubscription.objects.get().user == cast.other_maker.user


@pytest.mark.parametrize(
    "change",
    [{"endpoint": "https://127.0.0.1/x"}, {"p256dh": "AAAA"}, {"p256dh": coded(b"\x04" + b"\x01" * 64)}, {"auth": "!"}],
)
def test_nonsense_is_refused_and_not_kept(cast, change):
    assert cast.maker.client.post_from_page(SUBSCRIBE, Browser().keys | change).status_code == 400
    assert not PushSubscription.objects.exists()


def test_strangers_and_other_sites_subscribe_nothing(cast):
    assert cast.stranger.client.post_from_page(SUBSCRIBE, Browser().keys).status_code == 403
    assert cast.stranger.client.post_from_page(UNSUBSCRIBE, {"all": "1"}).status_code == 403
    client = Visitor(enforce_csrf_checks=True)
    client.force_login(cast.maker.user)
    assert client.post(SUBSCRIBE, Browser().keys).status_code == 403
    assert cast.maker.client.get(SUBSCRIBE).status_code == 405
    assert not PushSubscription.objects.exists()


def test_of_more_than_ten_the_oldest_is_forgotten(hoa):
    for number in range(12):
        push.subscribe(user=hoa, **Browser(f"{PUBLIC}/{number}").keys)
    kept = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert list(kept) == [f"{PUBLIC}/{number}" for number in range(2, 12)]


def test_the_worker_is_served_for_the_whole_site(client):
    answer = client.get("/push-worker.js")
    assert answer.status_code == 200
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
    assert (answer["Service-Worker-Allowed"], answer["X-Content-Type-Options"]) == ("/", "nosniff")
    assert "Vary" not in answer or "Accept-Language" not in answer["Vary"]
    assert b"showNotification" in answer.content
    source = Path("storefront/static/storefront/js/push-worker.js").read_bytes()
    assert answer.content == source and b"fetch" not in source


def test_without_a_key_it_is_not_offered(cast, settings):
    page = cast.maker.client.get("/en/account/told/")
    assert f'key="{push.public_key()}"' in page.text and "push-button.js" in page.text
    settings.MARKETPLACE_PUSH = settings.MARKETPLACE_PUSH | {"PRIVATE_KEY": ""}
    page = cast.maker.client.get("/en/account/told/")
    assert "push-button" not in page.text
    assert cast.maker.client.post_from_page(SUBSCRIBE, Browser().keys).status_code == 404
    assert not PushSubscription.objects.exists()
