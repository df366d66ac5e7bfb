"""Languages that an agency asks for: its wishes in words."""

from django.utils.translation import get_language

from catalogue.text import language_name
from marketplace import formats
from marketplace.partnerships.models import Agency, WordsAsked
from storefront.agency.titles import titles_of

SHOWN = 20


def waiting_for(agency: Agency, subject: str) -> set[str]:
    """Languages in which ``subject`` is asked for and not there yet."""
    rows = WordsAsked.objects.filter(agency=agency, subject=subject, answered_at=None)
    return set(rows.values_list("language", flat=True))


def describe_wishes(agency: Agency) -> list[dict]:
    """The newest wishes, answered or not, in the reader's language."""
    rows = list(agency.words_asked.all()[:SHOWN])
    titles = titles_of({row.subject for row in rows}, get_language())
    return [
        {
            "pk": row.pk,
            "title": titles[row.subject].text,
            "lang": titles[row.subject].lang,
            "kind": row.subject.rpartition("-")[0],
            "number": row.subject.rpartition("-")[2],
            "language": language_name(row.language),
            "code": row.language,
            "asked": formats.day(row.asked_at),
            "answered": formats.day(row.answered_at) if row.answered_at else "",
        }
        for row in rows
    ]
