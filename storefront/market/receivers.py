"""Rates, markets and rules stand on public pages: a change of theirs raises the pages' version."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from marketplace.economies.models import DataVersion
from storefront.listing import version


@receiver(post_save, sender=DataVersion)
def rows_changed(**_kwargs) -> None:
    """Rates or markets were touched (marketplace.economies.versions)."""
    version.raise_after_commit("places")
