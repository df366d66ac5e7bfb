"""The card with a map of the villages of one economy, or of all.

Its number is the economy's two letters read in base 36 ("vn" is 1139), because the number in a card's address decides
and economies have none of their own; 0 is all of them.
"""

from dataclasses import replace

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.models import get_page_models

from marketplace.economies.models import Economy
from marketplace.economies.names import NAMES, economy_name
from storefront.embeds import coasts
from storefront.embeds.addresses import Place as Address
from storefront.embeds.kinds.base import kinds
from storefront.embeds.sizes import leading, lines, room_left
from storefront.embeds.subjects import Found, Gone, Subject
from storefront.listing.directory import Directory, Place, get_directory

ALL = 0
MOST = 12
# CSS pixels of a row's words in a narrow card and in a wide one, in the narrowest usual places of both.
WORDS, WORDS_ABREAST = 252, 222
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def number_of_economy(code: str) -> int:
    """The number in the address of an economy's map; 0 for no economy."""
    return int(code, 36) if code else ALL


def economy_of_number(number: int) -> str:
    """The other way round: two capitals; empty for what is the number of none."""
    high, low = divmod(number, 36)
    code = DIGITS[high] + DIGITS[low] if high < 36 else ""
    return code.upper() if code.isalpha() else ""


def number_of(pk: int, place: Address) -> int | None:
    """For a village's page the map of its economy; for the index of villages that of ``?economy=``, else of all."""
    for model in get_page_models():
        if getattr(model, "embed_kind", "") == "village":
            economy = model.objects.filter(pk=pk).values_list("village__economy_id", flat=True).first()
            if economy:
                return number_of_economy(economy)
    return number_of_economy(place.economy)


@kinds.register(
    "map", call=gettext_lazy("See the villages"), template="map", beside=("village",), number_of=number_of
)
def village_map(language: str, number: int) -> Found:
    code = economy_of_number(number)
    if number != ALL and not code:
        return None
    directory = get_directory(language)
    index = directory.sections.get("villages", f"/{language}/")
    villages = sorted(
        (place for place in directory.villages.values() if place.url and place.economy == (code or place.economy)),
        key=lambda place: place.name.casefold(),
    )
    if not villages:
        return Gone(index) if not code or Economy.objects.filter(pk=code).exists() else None
    return _show(language, number, code, villages, directory, index)


def _show(
    language: str, number: int, code: str, villages: list[Place], directory: Directory, index: str
) -> Subject:
    title = _("Villages and their makers")
    if code:
        title = _("Villages of %(economy)s") % {"economy": economy_name(code)}
    text = ngettext(
        "%(number)s village to read about and to visit",
        "%(number)s villages to read about and to visit",
        len(villages),
    )
    drawn = _draw(villages, with_economy=not code)
    listed = min(len(villages), MOST)
    subject = Subject(
        kind="map",
        language=language,
        pk=number,
        slug=slugify(NAMES.get(code, code) if code else "villages") or "villages",
        url=index,
        title=title,
        lang=language,
        text=text % {"number": len(villages)},
        extra=drawn | {"more": len(villages) - listed},
    )
    rows = drawn["villages"]
    left, _left_wide = room_left(subject)
    shown = max((many for many in range(1, listed + 1) if _room(rows[:many], subject) <= left), default=1)
    rows = [{**row, "rest": at >= shown} for at, row in enumerate(rows)]
    room = _room(rows[:shown], subject), _room(rows, subject, abreast=2)
    return replace(subject, extra=subject.extra | {"villages": rows}, room=room)


def _room(rows: list[dict], subject: Subject, abreast: int = 1) -> int:
    """CSS pixels of the list, ``abreast`` side by side: one in a narrow card, two in a wide one (card.css)."""
    line, width = 13 * leading(subject.language), WORDS if abreast == 1 else WORDS_ABREAST
    high = [10 + max(line, 22 * lines(row["name"], width, 15)) + 20 * _below(row, width) for row in rows]
    high += [10 + line] * bool(subject.extra["more"])
    return round(sum(max(high[at : at + abreast]) for at in range(0, len(high), abreast)) + 22)


def _below(row: dict, width: int) -> bool:
    """Whether its region stands below its name: there is no room for 104 pixels of it beside it."""
    return bool(row["economy"] or row["region"]) and lines(row["name"], width - 112, 15) > 1


def _draw(villages: list[Place], *, with_economy: bool) -> dict:
    """The map, and the villages in the order of their numbers on it; those whose place is not known stand without one."""
    placed = [place for place in villages if place.lat is not None and place.lon is not None]
    others = [place for place in villages if place not in placed]
    spots = coasts.draw([(place.lon, place.lat) for place in placed]) if placed else {}
    numbered = [
        {
            "number": number,
            "name": place.name,
            "lang": place.lang,
            "region": place.region,
            "economy": economy_name(place.economy) if with_economy and place.economy else "",
            "url": place.url,
        }
        for number, place in [*enumerate(placed, 1), *(("", place) for place in others)]
    ]
    marks = [
        {"number": number, "x": x, "y": y, "sign_x": sign_x, "sign_y": sign_y}
        for number, ((x, y), (sign_x, sign_y)) in enumerate(
            zip(spots.get("spots", ()), spots.get("signs", ()), strict=True), 1
        )
    ]
    return {"map": spots | {"marks": marks} if spots else {}, "villages": numbered[:MOST]}
