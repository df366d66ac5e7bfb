"""The card of the days on which a village receives visitors."""

from collections.abc import Iterator
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.text import shown_in
from marketplace import formats
from storefront.embeds.kinds.base import kinds
from storefront.embeds.kinds.lead import LEAD, lighter
from storefront.embeds.kinds.pages import page_for, places_of, slug_of, village_of
from storefront.embeds.kinds.prices import named_price
from storefront.embeds.sizes import lines, room_left
from storefront.embeds.subjects import Found, Subject
from storefront.listing.directory import Directory, Place, get_directory
from storefront.listing.visits import Visit, coming
from storefront.page_origin import origin_label
from storefront.pictures import WIDE, describe, load_renditions

MOST = 5
# CSS pixels: the list's own edges, those of a day, and the widths of words (card.css), at the narrowest usual.
FRAME, PADDING = 20, 19
NARROW_WORDS, WIDE_WORDS, WIDE_DATE = 276, 260, 230


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
    text = page.intro if lang == language else ""
    load_renditions([page.hero])
    picture = describe(page.hero, WIDE, alt=page.hero_alt, lang=lang)
    subject = Subject(
        kind="visits",
        language=language,
        pk=own.pk,
        slug=slug_of(page, own),
        url=directory.address_of(page.url_path, lang),
        title=_("Visit days in %(village)s") % {"village": village.name if village else page.title},
        lang=language,
        text=text,
        origin_label=origin_label(page) if text else "",
        places=places_of(village, village.economy if village else ""),
        author=village.name if village else "",
        author_url=village.url if village else "",
        picture=picture,
        lead=lighter(picture, page.hero, LEAD),
        call="" if days else _("Visit the village"),
        anchor="#visits" if days else "",
    )
    narrow, wide = (_shown(days, left, at) for at, left in enumerate(room_left(subject)))
    days, shown = days[:wide], min(narrow, wide)
    days = [{**day, "rest": at >= shown} for at, day in enumerate(days)]
    return replace(subject, extra={"days": days}, room=room_for(days, shown))


def room_for(days: list[dict], shown: int) -> tuple[int, int]:
    """CSS pixels of the list in a narrow card, of its first ``shown`` days, and in a wide one of all (card.css)."""
    if not days:
        said = lines(_("No visit days are announced at the moment."), NARROW_WORDS, 15)
        return (round(FRAME + PADDING + 23 * said),) * 2
    narrow = sum(_high(day, NARROW_WORDS) + _when(day, NARROW_WORDS) for day in days[:shown])
    wide = sum(max(_high(day, WIDE_WORDS), _when(day, WIDE_DATE)) for day in days)
    return tuple(round(FRAME + PADDING * rows + high) for rows, high in ((shown, narrow), (len(days), wide)))


def _shown(days: list[dict], room: int, at: int) -> int:
    """For how many of the next days there is ``room`` in a narrow card (``at`` 0) or a wide one (1); for one at least."""
    fitting = (many for many in range(1, len(days) + 1) if room_for(days[:many], many)[at] <= room)
    return max(fitting, default=min(1, len(days)))


def _when(day: dict, width: int) -> float:
    return 22.5 * lines(day["date"], width, 15.6) + 19.5 * lines(day["hours"], width, 13)


def _high(day: dict, width: int) -> float:
    """The words below or beside the date: the name and the labels each on a line of their own."""
    told = ("why",) if day["called_off"] else ("where", "meeting_point", "price")
    said = " · ".join(day[part] for part in told if day[part])
    high = 22.5 * lines(day["name"], width, 15) + 25 * bool(day["lang_label"]) + 22.5 * day["called_off"]
    return high + (23 * lines(said, width, 13) + 1 if said else 0)


def _days(village: Place, directory: Directory) -> Iterator[dict]:
    """The next days that the village's page shows, too; those that were called off among them: somebody may have planned."""
    language = directory.language
    for visit in coming(directory, village.id)[:MOST]:
        with timezone.override(visit.zone):
            first, last = (formats.day_with_weekday(moment, language) for moment in (visit.starts_at, visit.ends_at))
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
                "currency": visit.price.currency if visit.price and not visit.called_off else "",
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
