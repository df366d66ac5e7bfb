"""Pages that are not for everyone (Wagtail's privacy settings)."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from wagtail.models import Page, PageViewRestriction


def restricted() -> Exists:
    """Whether a page, or a part of the tree that it lies in, is not for everyone: a condition on pages.

    An alias has the restrictions of the page it repeats.
    """
    above = Q(path__startswith=F("page__path")) | Q(path__startswith=F("page__aliases__path"))
    path = ExpressionWrapper(OuterRef("path"), CharField())
    return Exists(PageViewRestriction.objects.alias(path=path).filter(above))


def is_restricted(page: Page) -> bool:
    """The same for one page. One statement."""
    return Page.objects.filter(restricted(), pk=page.pk).exists()
