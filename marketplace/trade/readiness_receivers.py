"""Tells processes that what they keep of restrictions is out of date."""

from django.db.models.signals import post_delete, post_save

from marketplace.economies import versions
from marketplace.economies.models import RequiredLanguage
from marketplace.trade.models.restrictions import ResponsiblePerson, Restriction
from marketplace.trade.restriction_rules import RESTRICTIONS


def connect() -> None:
    """Called once, when the apps are ready."""
    for sender in (Restriction, ResponsiblePerson, RequiredLanguage):
        for signal in (post_save, post_delete):
            signal.connect(_touch, sender=sender, dispatch_uid=f"touch-restrictions-{sender.__name__}")


def _touch(**_kwargs) -> None:
    versions.touch(RESTRICTIONS)
