"""Whether a translated string may stand where its source stood: no script, no foreign link, nothing dropped. Pure."""

from bs4 import BeautifulSoup, NavigableString
from bs4.element import PreformattedString
from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail_localize.strings import StringValue

LONGEST = 50_000  # characters
# Addresses that a translation may lead to; a path has no scheme.
SCHEMES = {"", "http", "https", "mailto", "tel"}
LINE_BREAK = "br"


def problem_of(source: str, target: str) -> str:
    """Why ``target`` (HTML as wagtail-localize keeps it) is no translation of ``source``; empty when it is fine."""
    if len(target) > LONGEST:
        return _("The translation is longer than %(number)s characters.") % {"number": LONGEST}
    if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in target):
        return _("The translation holds a character that is no text.")
    ours, theirs = BeautifulSoup(source, "html.parser"), BeautifulSoup(target, "html.parser")
    if any(isinstance(part, PreformattedString) for part in theirs.descendants):
        return _("Comments and other hidden markup are not allowed.")
    try:
        StringValue.from_translated_html(target)
    except ValueError as problem:
        return str(problem)
    return _links_problem(ours, theirs) or _tags_problem(ours, theirs)


def length_problem(model: type[Model], path: str, target: str) -> str:
    """Why ``target`` does not fit into the field of ``model`` that ``path`` names; empty when it fits or is no field."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    most = getattr(fields.get(path), "max_length", None)
    # wagtail-localize writes a title as it is kept, marks included, into the page.
    length = len(target) if path == "title" else len(StringValue(target).render_text())
    if not most or length <= most:
        return ""
    values = {"field": fields[path].verbose_name, "most": most, "length": length}
    return _("“%(field)s” has at most %(most)s characters; this has %(length)s.") % values


def _links_problem(ours: BeautifulSoup, theirs: BeautifulSoup) -> str:
    wanted, found = _links(ours), _links(theirs)
    for link in sorted(set(found) - set(wanted)):
        return _("The link “%(link)s” is not in the original; only the original's links may be used.") % {
            "link": link
        }
    for link in wanted:
        if found.count(link) != wanted.count(link):
            return _("The link %(link)s of the original must be in the translation once.") % {
                "link": f'<a id="{link}">'
            }
    return ""


def _links(soup: BeautifulSoup) -> list[str]:
    return [tag.get("id", "") for tag in soup.find_all("a")]


def _tags_problem(ours: BeautifulSoup, theirs: BeautifulSoup) -> str:
    wanted, found = ({tag.name for tag in soup.find_all(True)} - {LINE_BREAK} for soup in (ours, theirs))
    for name in sorted(found - wanted):
        return _("<%(tag)s> is not in the original, so it may not be in the translation.") % {"tag": name}
    for name in sorted(wanted - found):
        return _("<%(tag)s> of the original is missing in the translation.") % {"tag": name}
    return ""


def is_safe_address(address: str) -> bool:
    """Whether a link may lead to ``address``: a path, a web page, a mail address or a telephone number."""
    visible = "".join(char for char in address if char > " ").lower()
    before, colon, _rest = visible.partition(":")
    scheme = before if colon and not set(before) & set("/?#") else ""
    return scheme in SCHEMES


def text_of(data: str) -> str:
    """What a reader reads of a string that wagtail-localize keeps."""
    return "".join(
        part for part in BeautifulSoup(data, "html.parser").descendants if isinstance(part, NavigableString)
    )
