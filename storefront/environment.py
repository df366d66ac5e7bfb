"""Reads settings from the environment and refuses nonsense with a sentence that says what to do."""

import base64
import hashlib
import os

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def boolean(name: str, *, default: bool) -> bool:
    """The switch ``name``; raises ImproperlyConfigured on anything but 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Set it to 1 or 0.")


def whole_number(name: str, default: int) -> int:
    """The non-negative whole number ``name``; raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to a whole number.")
    return int(value)


def csv(name: str, default: list[str]) -> list[str]:
    """The comma-separated list ``name``; blanks around the parts are dropped."""
    value = os.environ.get(name)
    return default if value is None else [part.strip() for part in value.split(",") if part.strip()]


def one_of(name: str, choices: list[str], default: str) -> str:
    """The word ``name``; raises ImproperlyConfigured when it is none of ``choices``."""
    value = os.environ.get(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Set it to one of: {', '.join(choices)}.")
    return value


def required_in_production(
    name: str, production: bool, default: str, *, hint: str, min_length: int = 1
) -> str:
    """The text ``name``; in production it must be set and at least ``min_length`` long."""
    value = os.environ.get(name, "")
    if production and len(value) < min_length:
        why = "is not set" if not value else f"is shorter than {min_length} characters"
        raise ImproperlyConfigured(f"{name} {why}. {hint}")
    return value or default


def pii_keys(production: bool, secret_key: str) -> list[str]:
    """The keys that seal personal numbers, the newest first; in development one made of ``secret_key``.

    Raises ImproperlyConfigured on a key that is none, and in production without any.
    """
    make = (
        "Make one with: python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
    )
    keys = csv("MARKETPLACE_PII_KEYS", [])
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(f"MARKETPLACE_PII_KEYS: key number {place} is no key. {make}") from None
    if production and not keys:
        raise ImproperlyConfigured(f"MARKETPLACE_PII_KEYS is not set. {make}")
    digest = hashlib.sha256(b"marketplace.pii:" + secret_key.encode()).digest()
    return keys or [base64.urlsafe_b64encode(digest).decode()]


def further_languages(wanted: list[str], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(code, English name) of the ``wanted`` languages that are not ``known``; raises ImproperlyConfigured on no language."""
    codes = {code for code, _name in known}
    if not wanted or not set(wanted) <= codes | LANG_INFO.keys():
        unknown = ", ".join(code for code in wanted if code not in codes | LANG_INFO.keys())
        raise ImproperlyConfigured(
            f"STOREFRONT_LANGUAGES names {unknown or 'nothing'}. Give Django's language codes, such as en,ja,zh-hant."
        )
    return [(code, LANG_INFO[code]["name"]) for code in wanted if code not in codes]


def machine_translator(production: bool) -> dict | None:
    """The setting WAGTAILLOCALIZE_MACHINE_TRANSLATOR for the service that MACHINE_TRANSLATOR names; None for none.

    Raises ImproperlyConfigured for an unknown name and for a service without its key.
    """
    services = ["none", "dummy", "deepl", "google", "libretranslate"]
    name = one_of("MACHINE_TRANSLATOR", services, "none" if production else "dummy")
    timeout = whole_number("MACHINE_TRANSLATOR_TIMEOUT", 20)
    if name == "deepl":
        options = {"AUTH_KEY": _needed("DEEPL_KEY", name), "TIMEOUT": timeout}
        return {"CLASS": "storefront.translations.services.DeepL", "OPTIONS": options}
    if name == "google":
        options = {"PROJECT_ID": _needed("GOOGLE_PROJECT", name)}
        return {"CLASS": "storefront.translations.services.google_translator", "OPTIONS": options}
    if name == "libretranslate":
        url, key = _needed("LIBRETRANSLATE_URL", name).rstrip("/"), os.environ.get("LIBRETRANSLATE_KEY", "")
        options = {"LIBRETRANSLATE_URL": url, "API_KEY": key, "TIMEOUT": timeout}
        return {"CLASS": "storefront.translations.services.LibreTranslate", "OPTIONS": options}
    dummy = {"CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"}
    return dummy if name == "dummy" else None


def _needed(name: str, service: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"MACHINE_TRANSLATOR is {service}, but {name} is not set. Set it, or choose none.")
    return value


def sms_backend(production: bool) -> dict:
    """The setting MARKETPLACE_SMS: the gateway at SMS_GATEWAY_URL; without one the server's own window, and in production
    none, since codes must not stand in a log. Raises ImproperlyConfigured on an address that is none.
    """
    url = os.environ.get("SMS_GATEWAY_URL", "").strip()
    if url:
        if not url.startswith(("https://", "http://")):
            raise ImproperlyConfigured("SMS_GATEWAY_URL must start with https:// (or http:// within your own network).")
        authorization = os.environ.get("SMS_GATEWAY_AUTHORIZATION", "").strip()
        options = {"url": url, "headers": {"Authorization": authorization} if authorization else {}}
        return {"BACKEND": "marketplace.notices.backends.http.HttpSms", "OPTIONS": options}
    name = "nobody.NoSms" if production else "console.ConsoleSms"
    return {"BACKEND": f"marketplace.notices.backends.{name}", "OPTIONS": {}}


def push_key(production: bool, secret_key: str) -> str:
    """The key VAPID_PRIVATE_KEY that signs web push (32 bytes, base64url); in development one made of ``secret_key``.

    Empty: not offered. Raises ImproperlyConfigured on a key that is none.
    """
    key = os.environ.get("VAPID_PRIVATE_KEY", "").strip()
    if not key:
        digest = hashlib.sha256(b"marketplace.push:" + secret_key.encode()).digest()
        return "" if production else base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
        ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
        if len(raw) != 32:
            raise ValueError
    except ValueError:
        make = "import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b'=').decode())"
        raise ImproperlyConfigured(f'VAPID_PRIVATE_KEY is no key. Make one with: python -c "{make}"') from None
    return key
