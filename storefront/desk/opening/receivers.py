"""Who hears of a workshop that waits, in the transaction of its application: the officers of its area, and its owner where
she had to wait for her village.
"""

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.notices.services import tell
from marketplace.notices.words import Values, Words, notice
from marketplace.signals import workshop_applied
from marketplace.workshops.models import Application, Officer, Workshop


@receiver(workshop_applied)
def tell_officers(sender, workshop: Workshop, **kwargs) -> None:
    """Each answer tells them anew. Who is an officer twice is told once."""
    time = f"{workshop.pk}.{workshop.decisions.count()}.{workshop.application_notes.count()}"
    with override(workshop.source_language):
        values = {"workshop": str(workshop), "village": str(workshop.village)}
    area = Officer.objects.filter(ended_at=None, user__is_active=True)
    near = area.filter(village=workshop.village) or area.filter(economy=workshop.village.economy)
    for user in {row.user for row in near.select_related("user")}:
        tell(user=user, kind="workshop_applied", key=time, values=values, url="/officer/")


@receiver(workshop_applied)
def tell_who_waited_for_her_village(sender, workshop: Workshop, **kwargs) -> None:
    """Once."""
    row = Application.objects.filter(workshop=workshop).exclude(village_asked="").select_related("user").first()
    if row is not None:
        values = {"workshop": row.name, "village": row.village_asked}
        url = f"/desk/{workshop.slug}/"
        tell(user=row.user, kind="village_found", key=str(row.pk), values=values, url=url, language=row.language)


@notice("village_found")
def village_found(values: Values) -> Words:
    return Words(
        _("The village %(village)s is in our list now") % values,
        _("The desk of %(workshop)s is open to you: you can list pieces. Next the officer reads what you wrote.") % values,
        _("Your desk is open to you"),
    )
