"""What a request writes: statements that change rows, and files."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

WRITE = re.compile(r'\b(INSERT INTO|DELETE FROM|MERGE INTO|TRUNCATE|(?<!FOR )(?<!KEY )UPDATE)\s+"?([a-z_]\w*)', re.IGNORECASE)
# A session says who came, and nothing about what there is.
OF_VISITS = frozenset({"django_session"})


class Writes:
    """Collects "UPDATE order_order" and the like of everything that runs on the connection."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Callable, sql, params, many, context):
        for verb, table in WRITE.findall(str(sql)):
            if table not in OF_VISITS:
                self.seen.append(f"{verb.split()[0].upper()} {table}")
        return execute(sql, params, many, context)

    def take(self) -> list[str]:
        """What was written since the last call, each kind once."""
        found, self.seen = sorted(set(self.seen)), []
        return found


@contextmanager
def watched() -> Iterator[Writes]:
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


def files() -> set[Path]:
    """Every file that the site keeps, public or not; smaller copies of pictures come with looks and do not count."""
    folders = (Path(settings.MEDIA_ROOT), Path(storages["private"].location))
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if path.parent != folders[0] / "images"}
