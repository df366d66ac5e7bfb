"""What villages, crafts, workshops and materials are called in every language, read in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, F, TextField, Value

from catalogue.models import CraftText, MaterialText
from catalogue.text import choose
from marketplace.workshops.models import VillageText, WorkshopText

MODELS = {"village": VillageText, "craft": CraftText, "workshop": WorkshopText, "material": MaterialText}


@dataclass
class Names:
    """(kind, id) → language → name, and the language in which each was first named."""

    by_owner: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    sources: dict[tuple[str, int], str] = field(default_factory=dict)

    def of(self, kind: str, pk: int | None, language: str) -> str:
        """The name for readers of ``language``; empty for what has none."""
        key = (kind, pk or 0)
        return choose(self.by_owner.get(key, {}), language, self.sources.get(key, "")) or ""


def read_names(**ids: Iterable[int]) -> Names:
    """Names of the given ``village``, ``craft``, ``workshop`` and ``material`` ids; without any, of all there are."""
    queries = [_rows(kind, ids.get(kind)) for kind in MODELS if not ids or ids.get(kind)]
    made = Names()
    if not queries:
        return made
    for kind, pk, source, language, name, region in queries[0].union(*queries[1:], all=True):
        made.by_owner.setdefault((kind, pk), {})[language] = f"{name}\n{region}" if region else name
        made.sources[kind, pk] = source
    return made


def _rows(kind: str, ids: Iterable[int] | None):
    region = F("region") if kind == "village" else Value("", TextField())
    rows = (
        MODELS[kind].objects.order_by()
        if ids is None
        else MODELS[kind].objects.filter(owner__in=ids).order_by()
    )
    return rows.values_list(
        Value(kind, CharField()),
        "owner_id",
        "owner__source_language",
        "locale__language_code",
        "name",
        region,
    )
