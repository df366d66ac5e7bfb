from django.conf import settings
from django.core.management.base import BaseCommand

from marketplace.partnerships import words
from storefront.agency.missing import words_of
from storefront.embeds.kinds import find_subject
from storefront.embeds.subjects import Subject


class Command(BaseCommand):
    help = "Tells agencies that words which they asked for are there now. Run it every night."

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"Wishes answered: {words.answer(is_there)}")


def is_there(subject: str, language: str) -> bool:
    """Whether a card of ``subject`` ("story-7") says all that it says in ``language``, too."""
    kind, _dash, pk = subject.rpartition("-")
    found = find_subject(kind, settings.LANGUAGE_CODE, int(pk))
    return isinstance(found, Subject) and any(row.code == language and row.whole and not row.stale for row in words_of(found))
