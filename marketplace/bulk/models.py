"""An import of pieces from a file: where it stands, what became of each row, and which photos came by name."""

import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.workshops.models import Workshop


def private_files():
    """Where files lie that no address leads to."""
    return storages["private"]


def file_path(run: "ImportRun", name: str) -> str:
    """A folder for each run; nothing of the name that somebody gave the file but its kind, where that is known."""
    ending = PurePosixPath(name).suffix.lower()
    known = ending if ending in (".csv", ".xlsx", ".zip", ".rows") else ".file"
    return f"imports/{run.key}/{uuid.uuid4().hex}{known}"


class ImportRun(models.Model):
    """One file for one workshop. First it is looked at as a whole and nothing is written (CHECKING), then its maker says
    yes, then it is written in batches (WRITING): ``position`` rows of it are done, and commit together with their pieces.
    """

    class State(models.TextChoices):
        ASKING = "asking", _("A question is open")
        CHECKING = "checking", _("Being looked at")
        CHECKED = "checked", _("Looked at")
        WRITING = "writing", _("Being taken over")
        DONE = "done", _("Done")
        FAILED = "failed", _("Cannot be read")
        DROPPED = "dropped", _("Thrown away")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State.choices)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    file = models.FileField(storage=private_files, upload_to=file_path, max_length=200)
    photos = models.FileField(storage=private_files, upload_to=file_path, max_length=200, blank=True)
    # The same rows as plain UTF-8, whatever they came in.
    rows = models.FileField(storage=private_files, upload_to=file_path, max_length=200, blank=True)
    encoding = models.CharField(max_length=20, blank=True)
    # "." or ",": what the maker said of her numbers; empty: each tells by itself, or is refused.
    decimal_sign = models.CharField(max_length=1, blank=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Headings that nobody knows; their columns are left aside.
    unknown = models.JSONField(default=list, blank=True)
    # Whether some number was refused because it may be read in two ways.
    two_ways = models.BooleanField(default=False)
    why = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(state="writing"), name="import_one_writes_at_a_time"
            )
        ]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.workshop.slug}: {self.file_name}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.WRITING)

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("new", "changed", "same", "refused")}


class ImportRow(models.Model):
    """What a row of the file would do, or did. ``notes``: [[heading, from, to]] of a change, the same with an empty "from"
    of a new piece (how it was read), [[heading, why]] of a refusal; in the language of the run.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        CHANGED = "changed", _("Changed")
        SAME = "same", _("As before")
        REFUSED = "refused", _("Cannot be used")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="report")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    notes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["run", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class SentPhoto(models.Model):
    """A photo that came with an import: the name in the file, and a digest by which it is known when it comes again."""

    image = models.OneToOneField("catalogue.ProductImage", on_delete=models.CASCADE, related_name="sent")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
