import time

from django.core.management.base import BaseCommand

from storefront.search import index


class Command(BaseCommand):
    help = "Makes the search index anew, in batches, while the shop goes on. Needed after a change of how words are analysed."

    def handle(self, *args, **options) -> None:
        self.shown = 0.0
        self.started = time.monotonic()
        total = index.rebuild(self._progress)
        seconds = time.monotonic() - self.started
        self.stdout.write(f"{total:,} pieces, and all places and stories, in {seconds:.1f} s.")

    def _progress(self, done: int, total: int, seconds: float) -> None:
        """A line at most every two seconds, and one at the end."""
        if done < total and seconds - self.shown < 2:
            return
        self.shown = seconds
        self.stdout.write(f"{done:,} of {total:,} pieces ({done / max(seconds, 0.001):,.0f} a second)")
        self.stdout.flush()
