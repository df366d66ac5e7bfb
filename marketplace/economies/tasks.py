from django_tasks import task

from marketplace.economies.models import RateImport
from marketplace.economies.services import import_rates


@task()
def fetch_rates(source: str = "", trigger: str = RateImport.Trigger.TASK.value, user_id: int | None = None) -> int:
    """Import from a source (see services.import_rates), for timers and for the staff's button. Answers RateImport's id."""
    return import_rates(source=source, trigger=trigger, user_id=user_id).pk
