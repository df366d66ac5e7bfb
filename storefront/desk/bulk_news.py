"""Who imported a file is told when it is done: a large one takes longer than people look at a page."""

from django.dispatch import receiver
from django.urls import reverse

from marketplace.bulk.models import ImportRun
from marketplace.notices.services import tell
from marketplace.signals import import_finished


@receiver(import_finished)
def import_is_done(sender, run: ImportRun, **kwargs) -> None:
    if run.user is None:
        return
    values = {"file": run.file_name, "created": run.new, "changed": run.changed, "refused": run.refused}
    url = reverse("desk:bulk-run", kwargs={"workshop": run.workshop.slug, "pk": run.pk})
    tell(
        user=run.user,
        kind="import_finished",
        key=str(run.key),
        values=values,
        url=url,
        language=run.workshop.source_language,
    )
