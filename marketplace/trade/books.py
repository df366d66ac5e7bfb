"""The book of the database's live rows, kept in memory under the rows' version."""

from functools import lru_cache

from marketplace.economies import versions
from marketplace.trade.landed.book import RuleBook
from marketplace.trade.models.rules import MODELS
from marketplace.trade.seeds import make_book

RULES = "rules"  # the version's name


def current_book() -> RuleBook:
    """All live rows: at most one statement when nothing changed (none within a second), else one more per table."""
    return _load(versions.current(RULES))


@lru_cache(maxsize=2)
def _load(token: str) -> RuleBook:
    return make_book({name: list(model.objects.live_rows()) for name, model in MODELS.items()})
