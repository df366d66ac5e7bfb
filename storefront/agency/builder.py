"""The builder: what a card shows, in which language, currency and colour; how it looks; what to copy.

All of it is a plain form that asks by GET: an address that colleagues can be sent. Nothing is kept.
"""


from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalogue.text import shown_in
from marketplace import formats
from marketplace.partnerships import words
from marketplace.partnerships.models import Part, WordsAsked
from marketplace.partnerships.services import Refused
from storefront.agency import snippets
from storefront.agency.card_choice import PLACEMENTS, Chosen, as_query, fields_of, read_choice, warnings_of
from storefront.agency.choosing import Found, find
from storefront.agency.examples import Shown, recall_subject
from storefront.agency.forms import AskForm
from storefront.agency.missing import Words, words_of
from storefront.agency.scope import AgencyDesk, agency_view
from storefront.agency.titles import Title, titles_of
from storefront.agency.wishes import waiting_for
from storefront.embeds.kinds import kinds
from storefront.paging import describe_paging

PER_PAGE = 12
PHONE, SCREEN = 360, 960
ACROSS = 60  # letters of code in a line of a field of middling width


def kind_names() -> dict[str, str]:
    """What may be shown, in the words of the page. A kind that a site has added stands under its own name."""
    known = {
        "story": _("Story"),
        "village": _("Village with its pieces"),
        "craft": _("Craft"),
        "workshop": _("Workshop"),
        "product": _("One piece"),
        "map": _("Map of villages"),
        "visits": _("Visit days"),
    }
    return {kind.name: known.get(kind.name, kind.name) for kind in kinds}


@require_safe
@agency_view(needs=Part.EDIT)
def cards(desk: AgencyDesk) -> HttpResponse:
    """What there is to show: found by words in any language, or leafed through."""
    names, given = kind_names(), desk.request.GET
    kind = given.get("kind", "") if given.get("kind") in names else ""
    asked = given.get("q", "")[:100]
    found = find(kind=kind, words=asked, language=get_language())
    page = Paginator(found, PER_PAGE).get_page(given.get("page"))
    titles = titles_of({_title_key(row) for row in page if row.kind != "map"}, get_language())
    context = {
        "asked": asked,
        "kind": kind,
        "kinds": [{"code": code, "name": name, "chosen": code == kind} for code, name in names.items()],
        "total": page.paginator.count,
        "rows": [
            {
                **_named(row, titles),
                "kind": names[row.kind],
                "url": desk.url("card", kind=row.kind, pk=row.pk),
                "visits_url": desk.url("card", kind="visits", pk=row.pk) if row.kind == "village" and "visits" in names else "",
            }
            for row in page
        ],
        "paging": describe_paging(page, desk.request),
    }
    return desk.render("cards", context)


def _named(row: Found, titles: dict[str, Title]) -> dict:
    """Its title in the reader's language where the thing has one, else in the best language with a label that says so.

    Not the words of the index, of which the row that was found may be in any language.
    """
    title = titles.get(_title_key(row))
    text, lang = (title.text, title.lang) if title else (row.title, row.lang)
    return {"title": text, "lang": lang, "shown_in": shown_in(lang, get_language())}


def _title_key(row: Found) -> str:
    """Visit days are called as their village."""
    return f"{'village' if row.kind == 'visits' else row.kind}-{row.pk}"


@require_safe
@agency_view(needs=Part.EDIT)
def card(desk: AgencyDesk, kind: str, pk: int) -> HttpResponse:
    """The builder for one thing. 404 for what has no card."""
    if kind not in kinds:
        raise Http404
    choice = read_choice(desk.agency.code, desk.request.GET)
    shown = recall_subject(kind, choice.language, pk, choice.options.currency)
    if shown is None:
        raise Http404
    rows, waiting = words_of(shown.subject), waiting_for(desk.agency, shown.subject.name)
    context = {
        "here": desk.url("card", kind=kind, pk=pk),
        "kind": kind_names()[kind],
        "subject": shown.subject,
        "choice": choice,
        "fields": fields_of(choice),
        "warnings": warnings_of(choice),
        "preview": _preview(shown, choice),
        "snippets": _snippets(shown, choice),
        "words": [_described(desk, row, waiting, as_query(choice)) for row in rows],
        "note_form": AskForm(),
        "ask_url": f"{desk.url('ask', kind=kind, pk=pk)}?{as_query(choice)}",
        "is_open": desk.agency.is_open,
    }
    return desk.render("card", context, status=200)


def _preview(shown: Shown, choice: Chosen) -> list[dict]:
    """The card itself, without the agency's code: it counts nothing, and shows on sites of partners only, too."""
    src = shown.subject.card_path + choice.options.without_code().query
    return [
        {"name": name, "label": label, "src": src, "width": width, "height": shown.height(width)}
        for name, label, width in (("phone", _("On a phone"), PHONE), ("screen", _("On a wide screen"), SCREEN))
    ]


def _snippets(shown: Shown, choice: Chosen) -> list[dict]:
    told, options = shown.told, choice.options
    width = PLACEMENTS[choice.placement]
    rows = [
        {
            "name": "address",
            "title": _("Address to paste"),
            "says": _(
                "For WordPress, Wagtail, Drupal and others that know oEmbed. Paste it into a paragraph of its own. Wagtail"
                " and Drupal want to be told once where the cards are: see below."
            ),
            "code": snippets.address(told, options),
        },
        {
            "name": "frame",
            "title": _("Frame"),
            "says": _("For Wix, Squarespace, site builders and plain HTML. It needs no script and has a fixed height."),
            "style": snippets.frame_note(),
            "code": snippets.frame(told, options, width, shown.height(width)),
        },
        {
            "name": "element",
            "title": _("Element with script"),
            "says": _(
                "For pages that you write yourself. The frame is always as high as the card. Put the script into a page"
                " once, however many cards it has."
            ),
            "style": snippets.room_note(),
            "code": snippets.element(told, options, width),
        },
        {
            "name": "compat",
            "title": _("For builders that remove unknown elements"),
            "says": _("The same with a plain div."),
            "style": snippets.room_note(),
            "code": snippets.compat(told, options, width),
        },
    ]
    return [row | {"rows": _rows(row["code"])} for row in rows]


def _rows(code: str) -> int:
    """How high a field is in browsers that do not make it as high as its text (field-sizing)."""
    return sum(-(-len(line) // ACROSS) or 1 for line in code.split("\n"))


def _described(desk: AgencyDesk, row: Words, waiting: dict[str, int], query: str) -> dict:
    missing = []
    if not row.title.whole:
        missing.append(_("the title"))
    if not row.text.whole:
        missing.append(_("the text"))
    if not row.names.whole:
        missing.append(
            _("%(missing)s of %(all)s names")
            % {"missing": formats.number(row.names.all - row.names.here), "all": formats.number(row.names.all)}
        )
    return {
        "code": row.code,
        "name": row.name,
        "whole": row.whole and not row.stale,
        "stale": row.stale,
        "missing": formats.joined(missing) if missing else "",
        "voices": row.voices,
        "shown": row.shown,
        "back_url": f"{desk.url('wish-back', pk=waiting[row.code])}?to=card&{query}" if row.code in waiting else "",
    }


@require_POST
@agency_view(needs=Part.EDIT)
def take_back(desk: AgencyDesk, pk: int) -> HttpResponse:
    """A wish is not needed any more. With ``to=card`` the builder follows, with what was chosen there; else the first page."""
    wish = get_object_or_404(desk.agency.words_asked, pk=pk)
    try:
        words.take_back(agency=desk.agency, wish=wish, by=desk.request.user)
        messages.success(desk.request, _("Your wish is taken back."))
    except WordsAsked.DoesNotExist:
        pass  # it was pressed twice
    except Refused as problem:
        messages.error(desk.request, str(problem))
    kind, _dash, number = wish.subject.rpartition("-")
    if desk.request.GET.get("to") == "card" and kind in kinds and number.isdigit():
        query = as_query(read_choice(desk.agency.code, desk.request.GET))
        return redirect(f"{desk.url('card', kind=kind, pk=int(number))}?{query}#words")
    return redirect(desk.url("agency"))
