"""Rows that many tests begin with, made once: the first test pays for the making, each later one gets equal rows of its own.

Making a piece with its workshop takes some ninety statements, writing the same rows again takes one for each table.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from marketplace.economies import versions
from marketplace.economies.models import DataVersion
from storefront.listing.models import ContentVersion
from tests.people import run_commit_hooks

Rows = dict[str, list[str]]  # table → rows as PostgreSQL writes them
# Says only that something changed. Two recordings may each have raised it, and nobody remembers anything of before.
CONTENT_VERSION = ContentVersion._meta.db_table
# The same, but what is remembered belongs to a token: a new one is written.
DATA_VERSION = DataVersion._meta.db_table


@dataclass(frozen=True)
class Recording:
    """``gone`` are rows as they were before they changed, ``touched`` the kinds of dated rows among them (versions.touch);
    a file's name is relative to the media folder.
    """

    gone: Rows
    new: Rows
    touched: list[str]
    files: dict[Path, bytes]
    answer: Any

    @transaction.atomic
    def play(self) -> bool:
        """Write the rows; False, and nothing done, where a row to be changed is not what it was."""
        with connection.cursor() as cursor:
            for table, rows in self.gone.items():
                cursor.execute(f'DELETE FROM "{table}" AS kept WHERE kept::text = ANY(%s)', [rows])
                if cursor.rowcount != len(rows):
                    transaction.set_rollback(True)
                    return False
            for table, rows in self.new.items():
                row = f'(written::"{table}").*'
                cursor.execute(f'INSERT INTO "{table}" SELECT {row} FROM unnest(%s::text[]) AS written', [rows])
        for name in self.touched:
            versions.touch(name)
        for name, content in self.files.items():
            path = Path(settings.MEDIA_ROOT, name)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return True


class Recorder:
    """``recorded(make, *given)`` answers what ``make(*given)`` would, a copy of its own for each test.

    ``make`` may depend on nothing but the reference data and ``given``, and ``given`` on recordings alone: its rows are
    the same in every test, numbers included. Mails that the making sent are forgotten.
    """

    def __init__(self) -> None:
        self._known: dict[Callable, Recording] = {}

    def __call__(self, make: Callable, *given: Any) -> Any:
        known = self._known.get(make)
        if known is not None and known.play():
            return deepcopy(known.answer)
        mails = list(mail.outbox)
        run_commit_hooks()
        rows, files = _rows(), _files()
        answer = make(*given)
        run_commit_hooks()
        mail.outbox[:] = mails
        if known is None:
            self._known[make] = _compare(rows, _rows(), _files() - files, deepcopy(answer))
        return answer


def _compare(before: Rows, after: Rows, files: set[Path], answer: Any) -> Recording:
    gone, new = {}, {}
    for table in before.keys() | after.keys():
        was, now = Counter(before.get(table, ())), Counter(after.get(table, ()))
        if left := list((was - now).elements()):
            gone[table] = left
        if come := list((now - was).elements()):
            new[table] = come
    touched = [row.strip("()").partition(",")[0] for row in new.get(DATA_VERSION, ())]
    for table in (CONTENT_VERSION, DATA_VERSION):
        gone.pop(table, None)
        new.pop(table, None)
    return Recording(gone, new, touched, {name: Path(settings.MEDIA_ROOT, name).read_bytes() for name in files}, answer)


def _rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        parts = [f"SELECT '{table}', kept::text FROM \"{table}\" AS kept" for table in tables]
        cursor.execute(" UNION ALL ".join(parts))
        for table, row in cursor.fetchall():
            found.setdefault(table, []).append(row)
    return found


def _files() -> set[Path]:
    folder = Path(settings.MEDIA_ROOT)
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
