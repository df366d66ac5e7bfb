"""wagtail-localize's machine translators, told the codes of languages that they would shorten to another one."""

from typing import NamedTuple

from wagtail_localize.machine_translators.deepl import DeepLTranslator
from wagtail_localize.machine_translators.libretranslate import LibreTranslator


class Coded(NamedTuple):
    """Stands for a Locale: all that a translator asks of one."""

    language_code: str


class DeepL(DeepLTranslator):
    """Options: AUTH_KEY, TIMEOUT in seconds, FORMALITY."""

    TARGETS = {"zh-hant": "ZH-HANT", "zh-hans": "ZH-HANS"}

    def get_parameters(self, source_locale, target_locale, strings) -> dict:
        parameters = super().get_parameters(source_locale, target_locale, strings)
        code = target_locale.language_code
        return parameters | {"target_lang": self.TARGETS.get(code, parameters["target_lang"])}


class LibreTranslate(LibreTranslator):
    """Options: LIBRETRANSLATE_URL, API_KEY, TIMEOUT in seconds."""

    CODES = {"zh-hant": "zt", "zh-hans": "zh"}

    def language_code(self, code: str) -> str:
        return self.CODES.get(code) or super().language_code(code)


def google_translator(options: dict):
    """Google's translator; its client library (google-cloud-translate) is imported only where it is used."""
    from wagtail_localize.machine_translators.google import GoogleCloudTranslator

    class Google(GoogleCloudTranslator):
        CODES = {"zh-hant": "zh-TW", "zh-hans": "zh-CN"}

        def translate(self, source_locale, target_locale, strings) -> dict:
            source, target = (
                Coded(self.CODES.get(row.language_code, row.language_code))
                for row in (source_locale, target_locale)
            )
            return super().translate(source, target, strings)

    return Google(options)
