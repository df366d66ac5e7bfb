"""Cards show visit days and follow what agencies decide: a change of theirs raises the version of public pages."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from marketplace.partnerships.models import Agency, AgencyHost
from marketplace.workshops.models import VisitDay
from marketplace.workshops.models.visits import VisitDayText
from storefront.listing import version


@receiver([post_save, post_delete], sender=Agency)
@receiver([post_save, post_delete], sender=AgencyHost)
@receiver([post_save, post_delete], sender=VisitDay)
@receiver([post_save, post_delete], sender=VisitDayText)
def shown_otherwise(sender, raw=False, **kwargs) -> None:
    if not raw:
        version.raise_after_commit("places")
