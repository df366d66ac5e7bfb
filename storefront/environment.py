"""Reads settings from the environment and refuses nonsense with a sentence that says what to do."""

import os

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
