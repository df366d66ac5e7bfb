"""Machine translators that behave as a test needs: good, silent, slow, careless and harmful ones."""

import re

import requests
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.strings import StringValue

HERE = "tests.storefront.translators"
MARK = re.compile(r'<x id="g\d+"></x>')


class Prefixing(BaseMachineTranslator):
    """Puts the code of the language in front and leaves the rest, marks included."""

    display_name = "Prefixing"
    asked: list[str] = []

    def can_translate(self, source_locale, target_locale) -> bool:
        return True

    def translate(self, source_locale, target_locale, strings) -> dict:
        self.asked.extend(string.data for string in strings)
        return {
            string: StringValue(self.words(string.data, target_locale.language_code)) for string in strings
        }

    def words(self, data: str, language: str) -> str:
        return f"{language}: {data}"


class Dropping(Prefixing):
    """Loses every mark."""

    def words(self, data: str, language: str) -> str:
        return super().words(MARK.sub("", data), language)


class Doubling(Prefixing):
    """Says everything twice."""

    def words(self, data: str, language: str) -> str:
        return f"{data} {data}"


class Harmful(Prefixing):
    def words(self, data: str, language: str) -> str:
        return f"{data}<script>alert(1)</script>"


class Endless(Prefixing):
    def words(self, data: str, language: str) -> str:
        return "long " * 200


class Silent(Prefixing):
    def translate(self, source_locale, target_locale, strings) -> dict:
        return {}


class Slow(Prefixing):
    def translate(self, source_locale, target_locale, strings) -> dict:
        raise requests.Timeout


class Refusing(Prefixing):
    def translate(self, source_locale, target_locale, strings) -> dict:
        return {"translations": {}}["message"]


def choose(settings, name: str) -> None:
    """Let the site use the translator ``name`` of this module."""
    Prefixing.asked.clear()
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{HERE}.{name}"}
