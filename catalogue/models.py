"""The concrete catalogue: Craft and Material classify a thing, so they stand here beside the product."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from catalogue.abstract_models import (
    AbstractCategory,
    AbstractProduct,
    AbstractProductImage,
    HasTexts,
    TextRow,
)


class Craft(HasTexts):
    """A way of making, such as lacquer or indigo weaving."""

    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("craft")
        verbose_name_plural = _("crafts")

    def __str__(self) -> str:
        row = self.text()
        return row.name if row else self.slug


class CraftText(TextRow):
    owner = models.ForeignKey(Craft, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="crafttext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class Material(HasTexts):
    """What a thing is made of. ``slug`` is the stable key that rules of trade refer to."""

    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def __str__(self) -> str:
        row = self.text()
        return row.name if row else self.slug


class MaterialText(TextRow):
    owner = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=120)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="materialtext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class Category(AbstractCategory):
    pass


class CategoryText(TextRow):
    owner = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=255)

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="categorytext_once_per_language")
        ]

    def __str__(self) -> str:
        return self.name


class Product(AbstractProduct):
    pass


class ProductImage(AbstractProductImage):
    pass


class ProductText(TextRow):
    """Title, summary and description of a piece in one language. For a variant only ``title`` is used (its label)."""

    owner = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=255)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    description = models.TextField(
        _("description"), blank=True, help_text=_("An empty line starts a new paragraph.")
    )

    class Meta(TextRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner", "locale"], name="producttext_once_per_language")
        ]
        verbose_name = _("text of a piece")
        verbose_name_plural = _("texts of pieces")

    def __str__(self) -> str:
        return self.title

    @property
    def paragraphs(self) -> list[str]:
        """The description cut at empty lines."""
        return [part.strip() for part in self.description.replace("\r\n", "\n").split("\n\n") if part.strip()]


class TranslationRecord(models.Model):
    """Who wrote the words of a TextRow or page in one language, and which source words they render.

    A source has none. ``based_on`` is the digest (see provenance.digest) of the source's words at that time; ``stale``
    says that the source reads otherwise now.
    """

    class WrittenBy(models.TextChoices):
        MAKER = "maker", _("The maker")
        EDITOR = "editor", _("An editor")
        MACHINE = "machine", _("Machine translation")

    translation_key = models.UUIDField()
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.CASCADE, related_name="+")
    written_by = models.CharField(_("written by"), max_length=8, choices=WrittenBy.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    based_on = models.CharField(max_length=64)
    stale = models.BooleanField(_("out of date"), default=False)
    # Parts of a page (names of fields, ids of blocks) that nobody has translated: "all" or "some" of their words are
    # still the source's.
    waiting = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="record_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.translation_key} {self.locale_id}: {self.written_by}"


def languages() -> list[tuple[str, str]]:
    """Code and name of every language that content may be written in. A function, so that a further one is no migration."""
    return settings.LANGUAGES


class GlossaryTerm(ClusterableModel):
    """A word of the crafts with its fixed translations (``words``), or one that is never translated."""

    term = models.CharField(_("term"), max_length=120)
    language = models.CharField(
        _("language"),
        max_length=12,
        choices=languages,
        help_text=_("The language of the texts in which the term is looked for."),
    )
    match_case = models.BooleanField(
        _("capitals matter"), default=False, help_text=_("Only where it is written with exactly these capitals.")
    )
    never_translate = models.BooleanField(
        _("never translate"), default=False, help_text=_("It stays as it is in every language.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("What translators should know about it."))

    class Meta:
        ordering = ["term"]
        constraints = [models.UniqueConstraint(fields=["term", "language"], name="term_once_per_language")]
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.term


class GlossaryWord(models.Model):
    """What a term is called in one further language."""

    term = ParentalKey(GlossaryTerm, on_delete=models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=12, choices=languages)
    word = models.CharField(_("word"), max_length=120)

    class Meta:
        ordering = ["language"]
        constraints = [models.UniqueConstraint(fields=["term", "language"], name="word_once_per_language")]

    def __str__(self) -> str:
        return self.word


class GlossaryBreach(models.Model):
    """A translation that goes against the glossary. ``findings``: list of {"term", "expected", "why"} (see glossary.Finding)."""

    translation_key = models.UUIDField()
    locale = models.ForeignKey("wagtailcore.Locale", on_delete=models.CASCADE, related_name="+")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "locale"], name="breach_once_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.translation_key} {self.locale_id}: {len(self.findings)}"


from oscar.apps.catalogue.models import *  # noqa: E402, F403 - Oscar's own models, after the ones we replace
