"""The card of the days on which a village receives visitors."""

from collections.abc import Iterator
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.text import shown_in, source_first
from marketplace import formats
from marketplace.money import Money
from marketplace.workshops.models import VisitDay
from storefront.embeds.kinds.base import kinds
from storefront.embeds.kinds.pages import page_for, places_of, slug_of, village_of
from storefront.embeds.kinds.prices import named_price
from storefront.embeds.sizes import lines
from storefront.embeds.subjects import Found, Subject
from storefront.listing.directory import Place, get_directory
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
    days = list(_days(village, language)) if village else []
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


def _days(village: Place, language: str) -> Iterator[dict]:
    """The next published days, those that were called off among them: somebody may have planned with one."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    rows = VisitDay.objects.filter(village=village.id, is_published=True, ends_at__gte=midnight)
    workshops = get_directory(language).workshops
    for row in rows.prefetch_related("texts__locale").order_by("starts_at", "pk")[:MOST]:
        text = source_first(row, language)
        lang = text.language if text else language
        workshop = workshops.get(row.workshop_id)
        with timezone.override(row.zone):
            yield {
                "date": formats.day(row.starts_at, language),
                "iso": timezone.localtime(row.starts_at).isoformat(),
                "hours": _hours(row, language),
                "name": text.name if text else "",
                "summary": text.summary if text else "",
                "meeting_point": text.meeting_point if text else "",
                "lang": lang,
                "lang_label": shown_in(lang, language),
                "where": workshop.name if workshop else "",
                "where_lang": workshop.lang if workshop else "",
                "price": _price(row, language),
                "called_off": row.called_off_at is not None,
                "why": text.why_called_off if text and row.called_off_at else "",
            }


def _hours(row: VisitDay, language: str) -> str:
    """On the village's clock, such as "9:00 AM – 1:00 PM GMT+07:00"."""
    return f"{formats.clock(row.starts_at, language)} – {formats.clock_with_zone(row.ends_at, language)}"


def _price(row: VisitDay, language: str) -> str:
    if row.price is None:
        return _("Free of charge")
    return _("%(price)s per person") % {"price": named_price(Money(row.price, row.currency), language)}
