"""Reads a PO file into a translation: all of it or, with the reasons, nothing."""

import tempfile
from dataclasses import dataclass
from uuid import UUID

import polib
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from storefront.translations.checking import length_problem, problem_of

LARGEST = 2_000_000  # bytes; the longest story has about 20,000
OWNER = "X-WagtailLocalize-TranslationID"
SHOWN = 5  # problems of one file that are told


class BadFile(Exception):
    """The file was not read and nothing was changed; ``reasons`` say why."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass
class Imported:
    """How many entries were taken, and how many were left out for which reason."""

    taken: int = 0
    fuzzy: int = 0
    unknown: int = 0
    newer: int = 0

    @property
    def notes(self) -> list[str]:
        """What the person who sent the file must know."""
        notes = [
            (
                self.fuzzy,
                ngettext(
                    "%(number)s entry is marked fuzzy and was left out.",
                    "%(number)s entries are marked fuzzy and were left out.",
                    self.fuzzy,
                ),
            ),
            (
                self.unknown,
                ngettext(
                    "%(number)s entry was left out: the original does not have these words any more.",
                    "%(number)s entries were left out: the original does not have these words any more.",
                    self.unknown,
                ),
            ),
            (
                self.newer,
                ngettext(
                    "%(number)s entry was left out: somebody translated it after this file was made.",
                    "%(number)s entries were left out: somebody translated them after this file was made.",
                    self.newer,
                ),
            ),
        ]
        return [text % {"number": number} for number, text in notes if number]


def read(upload: UploadedFile | None) -> polib.POFile:
    """The PO file that was sent. Raises BadFile."""
    if upload is None:
        raise BadFile(_("Please choose a PO file."))
    if upload.size > LARGEST:
        raise BadFile(_("The file is larger than %(number)s megabytes.") % {"number": LARGEST // 1_000_000})
    data = upload.read()
    if not data.strip():
        raise BadFile(_("The file is empty."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadFile(_("The file is not in UTF-8. Please save it in that encoding.")) from problem
    return _parse(text)


def _parse(text: str) -> polib.POFile:
    # polib cuts a string at every kind of line end, a file only at the usual ones.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".po", newline="") as file:
        file.write(text)
        file.flush()
        try:
            po = polib.pofile(file.name, encoding="utf-8")
        except (OSError, ValueError, IndexError, KeyError, AttributeError) as problem:
            raise BadFile(_("The file is not a PO file.")) from problem
    if OWNER not in po.metadata:
        raise BadFile(
            _(
                "The file does not say which translation it belongs to. Please send one that was downloaded here."
            )
        )
    return po


def take(translation: Translation, po: polib.POFile, user) -> Imported:
    """Bring the words of ``po`` into ``translation``, whose screen then shows them. Raises BadFile."""
    if po.metadata.get(OWNER) != str(translation.uuid):
        raise BadFile(_("This file belongs to another translation."))
    with transaction.atomic():
        Translation.objects.select_for_update().get(pk=translation.pk)
        done, changes, reasons = _sort(translation, po, user)
        if reasons:
            raise BadFile(*reasons[:SHOWN])
        for (string_id, context_id), words in changes.items():
            StringTranslation.objects.update_or_create(
                translation_of_id=string_id,
                context_id=context_id,
                locale_id=translation.target_locale_id,
                defaults={
                    "data": words,
                    "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                    "tool_name": "PO File",
                    "last_translated_by": user,
                    "has_error": False,
                    "field_error": "",
                },
            )
    return done


def _sort(translation: Translation, po: polib.POFile, user) -> tuple[Imported, dict, list[str]]:
    segments = StringSegment.objects.filter(source_id=translation.source_id)
    keys = {
        (path, words): (string, context)
        for path, words, string, context in segments.values_list(
            "context__path", "string__data", "string_id", "context_id"
        )
    }
    rows = StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale_id=translation.target_locale_id
    )
    now = {(row.translation_of_id, row.context_id): row for row in rows}
    made_at = parse_datetime(po.metadata.get("POT-Creation-Date", "")) or timezone.now()
    if timezone.is_naive(made_at):
        made_at = timezone.make_aware(made_at)
    model = translation.source.specific_content_type.model_class()
    done, changes, reasons = Imported(), {}, []
    for entry in po:
        if entry.obsolete or not entry.msgstr:
            continue
        key = keys.get((entry.msgctxt, entry.msgid))
        known = now.get(key)
        if "fuzzy" in entry.flags:
            done.fuzzy += 1
        elif key is None:
            done.unknown += 1
        elif known is None or known.data != entry.msgstr:
            problem = problem_of(entry.msgid, entry.msgstr)
            if problem := problem or length_problem(model, entry.msgctxt, entry.msgstr):
                reasons.append(f"{entry.msgctxt}: {problem}")
            elif known and known.updated_at > made_at and known.last_translated_by_id != user.pk:
                done.newer += 1
            else:
                changes[key] = entry.msgstr
                done.taken += 1
    return done, changes, reasons


def file_of(translation: Translation) -> bytes:
    """The PO file of a translation, as wagtail-localize writes it."""
    return str(translation.export_po()).encode()


def uuid_of(po: polib.POFile) -> UUID:
    """Which translation ``po`` belongs to. Raises BadFile."""
    try:
        return UUID(po.metadata[OWNER])
    except ValueError as problem:
        raise BadFile(_("The file does not say which translation it belongs to.")) from problem
