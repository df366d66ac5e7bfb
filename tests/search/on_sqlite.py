"""``python -m tests.search.on_sqlite``: asks the questions in SQLite and prints the answers as JSON.

With --rank it prints how good they are.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


class NoMigrations:
    """Every app's tables are made as its models say."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def main(folder: str) -> dict[str, list[str]]:
    from django.conf import settings

    file = Path(folder) / "db.sqlite3"
    fast = {"init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF"}
    settings.DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": fast}
    }
    settings.MIGRATION_MODULES = NoMigrations()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from tests.factories.reference import make_reference
    from tests.search.collection import answers, make_collection

    make_reference()
    return answers(make_collection())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = main(place)
    if "--rank" in sys.argv:
        from tests.search.collection import mean

        print(f"Mean reciprocal rank of {len(found)} questions in six languages: {mean(found):.3f}.")
    else:
        print(json.dumps(found))
