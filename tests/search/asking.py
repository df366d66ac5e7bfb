"""``python -m tests.search.asking [--rank] [URL]``: asks the questions and prints the answers as JSON.

In a new SQLite file, or in the empty database at URL. With --rank it prints how good the answers are.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import dj_database_url

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


class NoMigrations:
    """Every app's tables are made as its models say."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def on_sqlite(folder: str) -> dict:
    fast = {"init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(folder) / "db.sqlite3"),
        "OPTIONS": fast,
    }


def main(database: dict) -> dict[str, list[str]]:
    from django.conf import settings

    settings.DATABASES = {"default": database}
    settings.MIGRATION_MODULES = NoMigrations()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", run_syncdb=True, verbosity=0)
    from tests.factories.reference import make_reference
    from tests.search.collection import answers, make_collection

    make_reference()
    with transaction.atomic():
        return answers(make_collection())


if __name__ == "__main__":
    urls = [word for word in sys.argv[1:] if "://" in word]
    with tempfile.TemporaryDirectory() as place:
        found = main(dj_database_url.parse(urls[0]) if urls else on_sqlite(place))
    if "--rank" in sys.argv:
        from django.db import connection

        from tests.search.collection import mean

        print(
            f"Mean reciprocal rank of {len(found)} questions in six languages on {connection.vendor}: {mean(found):.3f}."
        )
    else:
        print(json.dumps(found))
