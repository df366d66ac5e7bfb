"""What search keeps: the words of every thing per language as tokens, and the groups of words that mean the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TokensField(models.TextField):
    """Tokens separated by blanks. PostgreSQL holds them as a tsvector, without any parser of its own."""

    def db_type(self, connection) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class SearchEntry(models.Model):
    """The words of one thing in one language. Written only by ``search.index``; the truth is elsewhere.

    ``tokens`` holds those of the title after an "h", and all of them after a "b" (see analysis.py). ``thing`` is the
    same for all languages of a thing; ``object_id`` is a piece, a place, or the page of a story in this language.
    """

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Piece")
        STORY = "story", _("Story")
        VILLAGE = "village", _("Village")
        CRAFT = "craft", _("Craft")
        WORKSHOP = "workshop", _("Workshop")

    thing = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    object_id = models.PositiveIntegerField()
    language = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField(
        help_text="Places before stories before pieces where all else is equal."
    )
    listed_at = models.DateTimeField()
    title = models.CharField(max_length=255)
    url_path = models.CharField(max_length=500, blank=True, help_text="Of a story's page.")
    exact = models.CharField(max_length=120)
    tokens = TokensField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thing", "language"], name="entry_once_per_language")]
        indexes = [
            models.Index(fields=["exact"], name="entry_exact"),
            models.Index(fields=["kind", "object_id"], name="entry_object"),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.thing}: {self.title}"


class SynonymGroup(models.Model):
    """Words that a search takes for each other, in any languages: one a line. Seeded from data/synonyms.csv."""

    name = models.SlugField(_("name"), max_length=60, unique=True)
    words = models.TextField(_("words"), help_text=_("One word or name a line, in any language or spelling."))
    active = models.BooleanField(
        _("in use"),
        default=True,
        help_text=_("Take it out of use rather than delete it: a group that is gone is seeded again."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("group of words that mean the same")
        verbose_name_plural = _("words that mean the same")

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]
