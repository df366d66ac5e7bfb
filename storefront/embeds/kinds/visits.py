"""The card of the days on which a village receives visitors."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.text import shown_in
from marketplace import formats
from storefront.embeds.kinds.base import kinds
from storefront.embeds.kinds.pages import page_for, places_of, slug_of, village_of
from storefront.embeds.kinds.prices import named_price
from storefront.embeds.sizes import lines
from storefront.embeds.subjects import Found, Subject
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.visits import Visit, coming
from storefront.pictures import WIDE, describe, load_renditions

MOST = 5


@kinds.register("visits", call=gettext_lazy("Plan your visit"), template="visits", beside=("village",))
def visits(language: str, pk: int) -> Found:
    """``pk`` is that of the village's page."""
    found = page_for("village", language, pk)
    if not isinstance(found, tuple):
        return found
    page, own = found
    directory = get_directory(language)
    village = village_of(page, directory)
    lang = page.locale.language_code
    days = list(_days(village, directory)) if village else []
    load_renditions([page.hero])
    return Subject(
        kind="visits",
        language=language,
        pk=own.pk,
        slug=slug_of(page, own),
        url=directory.address_of(page.url_path, lang),
        title=_("Visit days in %(village)s") % {"village": village.name if village else page.title},
        lang=language,
        text=page.intro if lang == language else "",
        places=places_of(village, village.economy if village else ""),
        author=village.name if village else "",
        author_url=village.url if village else "",
        picture=describe(page.hero, WIDE, alt=page.hero_alt, lang=lang),
        extra={"days": days},
        room=room_for(days),
    )


def room_for(days: list[dict]) -> tuple[int, int]:
    """CSS pixels of the list in a narrow card (the words below the date) and in a wide one (beside it; card.css)."""
    narrow = wide = 20.0
    for day in days or [{}]:
        said = " · ".join(day.get(part) or "" for part in ("name", "lang_label", "where", "meeting_point", "price", "why"))
        narrow += 19 + 42 * bool(days) + 22.5 * lines(said, 318, 13.6)
        wide += 19 + max(42 * bool(days), 22.5 * lines(said, 285, 13.6))
    return round(narrow), round(wide)


def _days(village: Place, directory: Directory) -> Iterator[dict]:
    """The next days that the village's page shows, too; those that were called off among them: somebody may have planned."""
    language = directory.language
    for visit in coming(directory, village.id)[:MOST]:
        with timezone.override(visit.zone):
            first, last = formats.day(visit.starts_at, language), formats.day(visit.ends_at, language)
            yield {
                "date": first if first == last else f"{first} – {last}",
                "iso": visit.starts_at.isoformat(),
                "hours": _hours(visit, language),
                "name": visit.name,
                "meeting_point": visit.meeting_point,
                "lang": visit.lang,
                "langs": visit.langs,
                "lang_label": shown_in(visit.lang, language),
                "where": visit.workshop.name if visit.workshop else "",
                "where_lang": visit.workshop.lang if visit.workshop else "",
                "price": _price(visit, language),
                "called_off": visit.called_off,
                "why": visit.why,
            }


def _hours(visit: Visit, language: str) -> str:
    """On the village's clock, such as "9:00 AM – 1:00 PM GMT+07:00"."""
    return f"{formats.clock(visit.starts_at, language)} – {formats.clock_with_zone(visit.ends_at, language)}"


def _price(visit: Visit, language: str) -> str:
    if visit.price is None:
        return _("Free of charge")
    return _("%(price)s per person") % {"price": named_price(visit.price, language)}
