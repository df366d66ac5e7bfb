"""Words of the interface: collects them from code and templates, and compiles them for Django.

``python -m tools.messages`` brings locale/<language>/LC_MESSAGES/django.po up to date and compiles;
``python -m tools.messages compile`` only compiles. Babel does the work, so no GNU gettext is needed.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
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
# A date that moves would change every file at every run.
DATE = datetime(2025, 1, 1, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    if arguments != ["compile"]:
        template = collect()
        for language in languages():
            update(language, template)
    for po in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        compile_po(po)
    return 0


def collect() -> Catalog:
    """Every message of the three packages, with the files it stands in."""
    template = Catalog(creation_date=DATE)
    for path, source in sources():
        for _line, words, comments, context in extract(
            "python",
            BytesIO(source.encode()),
            KEYWORDS,
            comment_tags=["Translators"],
            options={"encoding": "utf-8"},
        ):
            template.add(words, locations=[(path, 1)], auto_comments=comments, context=context)
    return template


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
    """Add what is new, drop what is gone, keep what is translated; a guess is marked fuzzy and not used."""
    po = LOCALE / language / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(locale=language)
    if po.exists():
        with po.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template, no_fuzzy_matching=False)
    catalog.creation_date = catalog.revision_date = DATE
    catalog.fuzzy = False
    catalog.header_comment = f"# The interface in {language}. `make messages` keeps this file up to date."
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    with po.open("wb") as file:
        write_po(file, catalog, width=110, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    open_ = sum(1 for message in catalog if message.id and not is_translated(message))
    print(f"{po.relative_to(ROOT)}: {len(catalog)} messages, {open_} to translate")


def is_translated(message) -> bool:
    """Whether a reader gets it in her language: every form is there, and no form is a guess."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms) and not message.fuzzy


def compile_po(po: Path) -> None:
    with po.open("rb") as file:
        catalog = read_po(file, locale=po.parent.parent.name)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
