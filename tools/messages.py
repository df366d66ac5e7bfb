"""Words of the interface: collects them from code and templates, and compiles them for Django.

``python -m tools.messages`` brings locale/<language>/LC_MESSAGES/django.po up to date and compiles;
``python -m tools.messages compile`` only compiles; ``python -m tools.messages check`` fails with a line for each
message that is missing, a guess, broken or not extracted. Babel does the work, so no GNU gettext is needed.
Scripts get their words from attributes in templates, so these are all.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from marketplace.defaults import MARKETPLACE_STOREFRONT_LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
PACKAGES = ("catalogue", "marketplace", "storefront")
SOURCE = "en"
CONTEXT_FIRST = (1, "c")
FORMS = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": (CONTEXT_FIRST, 2),
    "npgettext": (CONTEXT_FIRST, 2, 3),
}
KEYWORDS = {"_": None, "gettext_noop": None} | FORMS | {f"{name}_lazy": form for name, form in FORMS.items()}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|%[sd]")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")
# A date that moves would change every file at every run.
DATE = datetime(2025, 1, 1, tzinfo=UTC)


# What others wrote and shoppers, makers or agencies meet on our pages, by the package whose locale/ should hold it.
# Where that lacks a language, the words go into our catalogue of the language.
UPSTREAM = {
    "django/conf": (
        "django/core/validators.py",
        "django/db/models/base.py",
        "django/forms/fields.py",
        "django/forms/models.py",
        "django/forms/widgets.py",
    ),
    "django/contrib/auth": (
        "django/contrib/auth/forms.py",
        "django/contrib/auth/password_validation.py",
    ),
    "oscar": ("oscar/apps/partner/availability.py",),
    "wagtail": ("wagtail/forms.py",),
}


def main(arguments: list[str]) -> int:
    if arguments == ["check"]:
        found = check()
        print("\n".join(found) or "Every message is translated.")
        return 1 if found else 0
    if arguments != ["compile"]:
        template = collect()
        for language in languages():
            update(language, with_upstream(template, language))
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compile_po(po)
    return 0


def collect() -> Catalog:
    """Every message of the three packages, with the files it stands in."""
    template = Catalog(creation_date=DATE)
    for path, source in sources():
        add(template, path, source)
    return template


def add(template: Catalog, path: str, source: str) -> None:
    """Put the messages of the Python text ``source`` into ``template``."""
    options = {"encoding": "utf-8"}
    for _line, words, comments, context in extract(
        "python", BytesIO(source.encode()), KEYWORDS, comment_tags=["Translators"], options=options
    ):
        template.add(words, locations=[(path, 1)], auto_comments=comments, context=context)


def with_upstream(template: Catalog, language: str) -> Catalog:
    """``template`` and those messages of UPSTREAM that their own package does not say in ``language``."""
    both = Catalog(creation_date=DATE)
    for message in template:
        if message.id:
            both.add(
                message.id,
                locations=message.locations,
                auto_comments=message.auto_comments,
                context=message.context,
            )
    for package, paths in UPSTREAM.items():
        theirs = Catalog(creation_date=DATE)
        for path in paths:
            add(theirs, path, (site_packages(path) / path).read_text(encoding="utf-8"))
        said = their_catalogue(package, language)
        for message in theirs:
            known = said.get(message.id, message.context) if message.id else None
            if (
                message.id
                and not (known and is_translated(known))
                and not both.get(message.id, message.context)
            ):
                both.add(message.id, locations=message.locations, context=message.context)
    return both


@lru_cache
def site_packages(path: str) -> Path:
    """The folder in which the package of ``path`` is installed."""
    package = find_spec(path.partition("/")[0])
    return Path(package.origin).parent.parent


@lru_cache
def their_catalogue(package: str, language: str) -> Catalog:
    """What ``package`` says in ``language``; empty where it says nothing."""
    po = site_packages(package) / package / "locale" / language / "LC_MESSAGES" / "django.po"
    # Babel prints its doubts about other people's files.
    with redirect_stdout(StringIO()):
        return read(po) if po.exists() else Catalog()


def sources() -> Iterator[tuple[str, str]]:
    """(path, Python text) of all code and, in Django's own translation, of all templates."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix == ".py" and "/migrations/" not in name:
                yield name, path.read_text(encoding="utf-8")
            elif "/templates/" in name and path.suffix in (".html", ".txt"):
                yield name, from_template(path.read_text(encoding="utf-8"))


def from_template(text: str) -> str:
    """The gettext calls of a template; what is left of its layout must not look like indented Python."""
    return "\n".join(line.strip() for line in templatize(text).splitlines())


def languages() -> list[str]:
    """Those that the storefront answers in, and those that have a catalogue already; not the source."""
    begun = [path.name for path in LOCALE.glob("*") if path.is_dir()]
    wanted = [to_locale(code) for code in MARKETPLACE_STOREFRONT_LANGUAGES if code != SOURCE]
    return list(dict.fromkeys([*wanted, *begun]))


def update(language: str, template: Catalog) -> None:
    """Add what is new, drop what is gone, keep what is translated."""
    po = LOCALE / language / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    catalog = read(po) if po.exists() else Catalog(locale=language)
    # A guess is never used, and guessing for a thousand new messages takes ten minutes.
    catalog.update(template, no_fuzzy_matching=True)
    catalog.creation_date = catalog.revision_date = DATE
    catalog.fuzzy = False
    catalog.header_comment = f"# The interface in {language}. `make messages` keeps this file up to date."
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    with po.open("wb") as file:
        write_po(file, catalog, width=110, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    open_ = sum(1 for message in catalog if message.id and not is_translated(message))
    print(f"{po.relative_to(ROOT)}: {len(catalog)} messages, {open_} to translate")


def is_translated(message: Message) -> bool:
    """Whether a reader gets it in her language: every form is there, and no form is a guess."""
    return all(forms(message.string)) and not message.fuzzy


def read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name, ignore_obsolete=True)


def check() -> list[str]:
    """A sentence for everything that a reader of one of the languages would not get in it."""
    template = collect()
    return [f"{language}: {problem}" for language in languages() for problem in problems(language, template)]


def problems(language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with the catalogue of ``language``, whose messages should be those of ``template``."""
    po = LOCALE / language / "LC_MESSAGES" / "django.po"
    if not po.exists():
        yield "no catalogue: run `make messages`"
        return
    catalog, wanted = read(po), with_upstream(template, language)
    for message in wanted:
        if message.id and not catalog.get(message.id, message.context):
            yield f"not extracted, run `make messages`: {message.id!r}"
    for message in catalog:
        if not message.id:
            continue
        if not wanted.get(message.id, message.context):
            yield f"no longer used, run `make messages`: {message.id!r}"
        elif not is_translated(message):
            yield f"{'a guess' if message.fuzzy else 'missing'}: {message.id!r}"
        else:
            yield from (f"{name} differ: {text!r}" for name, text in broken(message))


def broken(message: Message) -> Iterator[tuple[str, str]]:
    """(what differs, form) for each form of a translation that has other placeholders or tags than the source."""
    source = forms(message.id)[-1]
    for text in forms(message.string):
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(source)):
            yield "placeholders", text
        if sorted(TAG.findall(text)) != sorted(TAG.findall(source)):
            yield "tags", text


def forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    return [words or ""] if words is None or isinstance(words, str) else list(words)


def compile_po(po: Path) -> None:
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, read(po))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
