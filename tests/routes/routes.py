"""Every address that the site's URLconf knows, as something a test can fill in and ask for."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.db.models import Model
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from django.utils.regex_helper import normalize

# What RoutePattern reads: "<int:pk>" or "<token>".
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
HOLE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Route:
    """``key`` is the name with its namespaces ("desk:piece"), of a nameless route its pattern. ``holes`` are its ids."""

    key: str
    shape: str  # "/en/desk/%(workshop)s/"
    holes: tuple[str, ...]
    view: Callable

    @property
    def model(self):
        """Of a generic view: what it shows. None where that cannot be told."""
        given = getattr(self.view, "view_initkwargs", {}).get("model")
        found = given or getattr(getattr(self.view, "view_class", None), "model", None)
        return found if isinstance(found, type) and issubclass(found, Model) else None

    def path(self, ids: Mapping[str, object]) -> str:
        return HOLE.sub(lambda hole: str(ids[hole[1]]), self.shape)

    def __str__(self) -> str:
        return self.key


@cache
def all_routes() -> tuple[Route, ...]:
    """Of one language: the others have the same views behind the same patterns."""
    return tuple(_walk(get_resolver(), "/", ()))


def _walk(resolver: URLResolver, before: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for row in resolver.url_patterns:
        shape = before + _shape(row.pattern)
        if isinstance(row, URLResolver):
            yield from _walk(row, shape, (*spaces, row.namespace) if row.namespace else spaces)
        else:
            key = ":".join((*spaces, row.name)) if row.name else shape
            yield Route(key, shape, tuple(HOLE.findall(shape)), row.callback)


def _shape(pattern) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return str(pattern)
    if isinstance(pattern, RoutePattern):
        return PARAMETER.sub(lambda found: f"%({found['name']})s", str(pattern).replace("%", "%%"))
    return normalize(pattern.regex.pattern)[0][0]
