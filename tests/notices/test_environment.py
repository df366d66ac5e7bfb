"""What an operator sets: the SMS gateway and the key of web push."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.notices.backends.console import ConsoleSms
from marketplace.notices.backends.http import HttpSms
from marketplace.notices.backends.nobody import NoSms
from storefront.environment import push_key, sms_backend

KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"


def made(chosen: dict):
    from django.utils.module_loading import import_string

    return import_string(chosen["BACKEND"])(**chosen["OPTIONS"])


def test_codes_never_stand_in_the_log_of_a_real_site(monkeypatch):
    monkeypatch.delenv("SMS_GATEWAY_URL", raising=False)
    assert isinstance(made(sms_backend(production=False)), ConsoleSms)
    assert isinstance(made(sms_backend(production=True)), NoSms)


def test_a_gateway_by_its_address(monkeypatch):
    monkeypatch.setenv("SMS_GATEWAY_URL", "https://gateway.example/messages")
    monkeypatch.setenv("SMS_GATEWAY_AUTHORIZATION", "Bearer abc")
    backend = made(sms_backend(production=True))
    assert isinstance(backend, HttpSms)
    assert (backend.url, backend.headers) == ("https://gateway.example/messages", {"Authorization": "Bearer abc"})
    monkeypatch.setenv("SMS_GATEWAY_URL", "gateway.example")
    with pytest.raises(ImproperlyConfigured, match="must start with https"):
        sms_backend(production=False)


def test_the_key_of_web_push(monkeypatch):
    monkeypatch.delenv("VAPID_PRIVATE_KEY", raising=False)
    assert push_key(True, "secret") == ""
    assert push_key(False, "secret") == push_key(False, "secret") != push_key(False, "other")
    monkeypatch.setenv("VAPID_PRIVATE_KEY", KEY)
    assert push_key(True, "secret") == KEY


@pytest.mark.parametrize("key", ["x", "AAAA", "A" * 43, "!" * 43, "_" * 43, KEY + "AAAA"])
def test_a_key_that_is_none_stops_the_start(monkeypatch, key):
    monkeypatch.setenv("VAPID_PRIVATE_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY is no key. Make one with"):
        push_key(True, "secret")
