from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from marketplace.trade.rule_files import export_rules
from marketplace.trade.tables import TABLES


class Command(BaseCommand):
    help = "Writes the rule tables as CSV files into a folder: what import_rules reads back, byte for byte."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--table", choices=sorted(TABLES), help="Only this table.")

    def handle(self, *args, folder: Path, table: str | None, **options) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name in [table] if table else TABLES:
                (folder / f"{name}.csv").write_bytes(export_rules(table=name))
                self.stdout.write(str(folder / f"{name}.csv"))
        except OSError as problem:
            raise CommandError(f"{folder}: {problem.strerror}") from problem
