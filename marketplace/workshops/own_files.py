"""Files that belong to one row each: when the row is gone for good, so are they."""

from django.db import models, transaction
from django.db.models.signals import post_delete


def delete_files_with(model: type[models.Model]) -> None:
    """From now on the files of a row of ``model`` are deleted with it, also where another row took it along."""
    post_delete.connect(_delete_files, sender=model, dispatch_uid=f"own-files-{model._meta.label}")


def delete_files(row: models.Model) -> None:
    """The files of ``row``, after the commit: a change that is taken back loses nothing."""
    for field in row._meta.concrete_fields:
        file = getattr(row, field.attname) if isinstance(field, models.FileField) else None
        if file:
            transaction.on_commit(lambda storage=file.storage, name=file.name: storage.delete(name))


def _delete_files(sender: type[models.Model], instance: models.Model, **kwargs) -> None:
    delete_files(instance)
