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
from storefront.agency.card_choice import PLACEMENTS, Chosen, fields_of, read_choice, warnings_of
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
        "words": [_described(desk, shown, row, waiting) for row in rows],
        "note_form": AskForm(),
        "ask_url": desk.url("ask", kind=kind, pk=pk),
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
    return [
        {
            "name": "address",
            "title": _("Address to paste"),
            "says": _(
                "For WordPress, Wagtail, Drupal and others that know oEmbed. Paste it into a paragraph of its own. Wagtail"
                " and Drupal want to be told once where the cards are: see below."
            ),
            "code": snippets.address(told, options),
            "rows": 2,
        },
        {
            "name": "frame",
            "title": _("Frame"),
            "says": _("For Wix, Squarespace, site builders and plain HTML. It needs no script and has a fixed height."),
            "style": snippets.frame_note(),
            "code": snippets.frame(told, options, width, shown.height(width)),
            "rows": 5,
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
            "rows": 6,
        },
        {
            "name": "compat",
            "title": _("For builders that remove unknown elements"),
            "says": _("The same with a plain div."),
            "style": snippets.room_note(),
            "code": snippets.compat(told, options, width),
            "rows": 6,
        },
    ]


def _described(desk: AgencyDesk, shown: Shown, row: Words, waiting: set[str]) -> dict:
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
        "asked": row.code in waiting,
    }


@require_POST
@agency_view(needs=Part.EDIT)
def take_back(desk: AgencyDesk, pk: int) -> HttpResponse:
    """A wish is not needed any more."""
    wish = get_object_or_404(desk.agency.words_asked, pk=pk)
    try:
        words.take_back(agency=desk.agency, wish=wish, by=desk.request.user)
        messages.success(desk.request, _("Your wish is taken back."))
    except WordsAsked.DoesNotExist:
        pass  # it was pressed twice
    except Refused as problem:
        messages.error(desk.request, str(problem))
    return redirect(desk.url("agency"))
