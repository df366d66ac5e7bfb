"""System checks: what an operator forgot, said before it hurts."""

from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

from marketplace.money import stripe_rows


@register
def languages_are_known(app_configs, **kwargs) -> list[Error]:
    known = {code for code, _name in settings.LANGUAGES}
    missing = [code for code in settings.MARKETPLACE_STOREFRONT_LANGUAGES if code not in known]
    return [
        Error(f"Language {code} is not in LANGUAGES.", hint="Add it there first.", id="storefront.E001")
        for code in missing
    ]


@register
def currency_is_known(app_configs, **kwargs) -> list[Error]:
    if settings.MARKETPLACE_CURRENCY in stripe_rows():
        return []
    return [Error(f"MARKETPLACE_CURRENCY {settings.MARKETPLACE_CURRENCY} is unknown.", id="storefront.E002")]


@register
def gateway_is_importable(app_configs, **kwargs) -> list[Error]:
    try:
        import_string(settings.MARKETPLACE_GATEWAY["BACKEND"])
    except ImportError as problem:
        return [Error(f"MARKETPLACE_GATEWAY: {problem}", id="storefront.E003")]
    return []


@register
def machine_translator_is_importable(app_configs, **kwargs) -> list[Error]:
    chosen = getattr(settings, "WAGTAILLOCALIZE_MACHINE_TRANSLATOR", None)
    try:
        if chosen:
            import_string(chosen["CLASS"])
            if chosen["CLASS"].endswith("google_translator"):
                import_string("google.cloud.translate")
    except ImportError as problem:
        hint = "Install what the service needs (docs/translation.md), or set MACHINE_TRANSLATOR=none."
        return [Error(f"MACHINE_TRANSLATOR: {problem}", hint=hint, id="storefront.E004")]
    return []
