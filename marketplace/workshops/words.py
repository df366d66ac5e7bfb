"""A maker's own words for a piece in further languages. The verbs are one transaction each and lose nobody's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Locale

from catalogue.models import Product, ProductText
from catalogue.provenance import WrittenBy, confirm, digest, writing_as
from catalogue.text import language_name
from marketplace.workshops import hands
from marketplace.workshops.details import Refused
from marketplace.workshops.models import Workshop


@dataclass(frozen=True)
class PieceWords:
    """The words of a piece in one language. ``labels``: id of a variant → its name."""

    title: str = ""
    summary: str = ""
    description: str = ""
    labels: Mapping[int, str] = field(default_factory=dict)

    @property
    def seen(self) -> str:
        """A digest that tells these words from any others."""
        labels = [f"{pk} {label}" for pk, label in sorted(self.labels.items()) if label]
        return digest([self.title, self.summary, self.description, *labels])


class Overtaken(Refused):
    """Somebody else wrote meanwhile. ``words`` are those that stand there now."""

    def __init__(self, words: PieceWords) -> None:
        super().__init__(
            _(
                "Somebody else has changed these words while you were writing. Both texts are shown below."
                " Nothing of yours is lost: save again to put your words in place of theirs."
            )
        )
        self.words = words


def read_words(product: Product, language: str) -> PieceWords:
    """What is written of a piece and its variants in ``language``; empty where nothing is. Two statements."""
    rows = ProductText.objects.filter(locale__language_code=language)
    own = rows.filter(owner=product).first() or ProductText()
    labels = rows.filter(owner__parent=product).values_list("owner_id", "title")
    return PieceWords(own.title, own.summary, own.description, dict(labels))


@transaction.atomic
def write_words(
    *, workshop: Workshop, product: Product, language: str, words: PieceWords, seen: str, user=None
) -> None:
    """Put the maker's ``words`` in ``language`` in place of those that she saw (``seen`` is PieceWords.seen of them).

    Labels of other pieces' variants mean nothing, an empty label leaves what is there. Raises Refused, Overtaken
    where the words changed meanwhile, and LookupError for a piece of another workshop.
    """
    piece = _locked(workshop, product)
    now = read_words(piece, language)
    if words.seen == now.seen:
        return
    if seen != now.seen:
        raise Overtaken(now)
    _check(piece, language, words)
    locale, _made = Locale.objects.get_or_create(language_code=language)
    with writing_as(WrittenBy.MAKER, user):
        _write(piece, locale, title=words.title, summary=words.summary, description=words.description)
        for variant in Product.objects.filter(parent=piece).order_by("pk"):
            if words.labels.get(variant.pk):
                _write(variant, locale, title=words.labels[variant.pk])
    log(instance=piece, action="wagtail.edit", user=user, data=_said(workshop, language, user))


@transaction.atomic
def keep_words(*, workshop: Workshop, product: Product, language: str, seen: str, user=None) -> None:
    """The maker has read the words in ``language``, and they still say what her own do. Raises as write_words."""
    piece = _locked(workshop, product)
    now = read_words(piece, language)
    if seen != now.seen:
        raise Overtaken(now)
    for row in ProductText.objects.filter(owner=piece, locale__language_code=language).select_related(
        "owner", "locale"
    ):
        confirm(row)
    log(instance=piece, action="wagtail.edit", user=user, data=_said(workshop, language, user))


def _said(workshop: Workshop, language: str, user) -> dict:
    """For the log."""
    return {"words": language} | (hands.of(workshop, user) or {})


def _locked(workshop: Workshop, product: Product) -> Product:
    """The piece, for one writer at a time."""
    if product.partner_id != workshop.partner_id or product.is_child:
        raise LookupError(f"Product {product.pk} is not a piece of workshop {workshop.slug}.")
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)


def _check(piece: Product, language: str, words: PieceWords) -> None:
    if language == piece.source_language:
        raise Refused(_("These are your own words: change them on the page of the piece."))
    if not words.title.strip():
        raise Refused(_("Please give a title."), "title")
    own = read_words(piece, piece.source_language)
    if (words.title, words.summary, words.description) == (own.title, own.summary, own.description):
        raise Refused(
            _("This is the same as your own text. Please write it in %(language)s.")
            % {"language": language_name(language)},
            "title",
        )


def _write(owner: Product, locale: Locale, **values: str) -> None:
    row = owner.texts.filter(locale=locale).first() or ProductText(owner=owner, locale=locale)
    before = row.words
    for name, value in values.items():
        setattr(row, name, value)
    if row.words != before:
        row.save()
