"""System checks: what an operator forgot about exchange rates, said before it hurts."""

from django.core.checks import Error, register

from marketplace.economies.sources import get_source


@register
def rates_are_importable(app_configs, **kwargs) -> list[Error]:
    try:
        get_source()
    except (ImportError, KeyError, TypeError) as problem:
        return [Error(f"MARKETPLACE_RATES: {problem}", id="marketplace_economies.E001")]
    return []
