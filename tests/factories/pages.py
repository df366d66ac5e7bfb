"""Stories and place pages in several languages, published."""

from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.signal_handlers import disable_reference_index_auto_update

from catalogue.models import Craft
from marketplace.workshops.models import Village, Workshop
from storefront import models as pages
from tests.factories.places import make_village
from tests.factories.texts import Words, number, per_language


def make_story(
    *,
    title: Words = "The bowl that waits",
    village: Village | None = None,
    body: list | None = None,
    slug: str = "",
    **fields,
) -> dict[str, pages.StoryPage]:
    """A live story in each language of ``title``: language code → page. ``body`` is raw StreamField data."""
    values = {"village": village or make_village(), "body": body or [], "intro": "In short."} | fields
    return _publish(pages.StoryPage, pages.StoryIndexPage, title, slug, values)


def make_place_page(
    subject: Village | Craft | Workshop, *, title: Words = "", slug: str = "", **fields
) -> dict[str, Page]:
    """A live page for a village, craft or workshop in each language of ``title`` (default: en and ja): code → page."""
    name = type(subject).__name__
    model, index = getattr(pages, f"{name}Page"), getattr(pages, f"{name}IndexPage")
    title = title or {"en": str(subject), "ja": str(subject)}
    return _publish(model, index, title, slug or subject.slug, {name.lower(): subject} | fields)


def _publish(model, index, title: Words, slug: str, values: dict) -> dict[str, Page]:
    made: dict[str, Page] = {}
    slug = slug or f"page-{number()}"
    for code, words in per_language(title, "en").items():
        locale = Locale.objects.get(language_code=code)
        same = {"translation_key": next(iter(made.values())).translation_key} if made else {}
        page = model(
            title=words, slug=slug, locale=locale, first_published_at=timezone.now(), **same, **values
        )
        with disable_reference_index_auto_update():
            index.objects.get(locale=locale).add_child(instance=page)
            page.save_revision().publish()
        made[code] = model.objects.get(pk=page.pk)
    return made
