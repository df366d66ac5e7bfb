"""The listing's address: which pieces, in which order. Everything lives in the query string and unknown parts are dropped."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict

from catalogue.models import Product
from storefront.listing.cube import PRICE_STEPS
from storefront.listing.directory import Directory
from storefront.listing.models import ProductCard

SORTS = {
    "new": ("-listed_at", "-product_id"),
    "price": ("price", "product_id"),
    "-price": ("-price", "-product_id"),
}
MULTIPLE = ("economy", "village", "workshop", "craft", "material", "price")


@dataclass(frozen=True)
class Choice:
    """What the reader asked for. ``values`` maps a facet to the words of the address (slugs, codes, price steps)."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "new"
    q: str = ""

    def url(self, base: str, **changes) -> str:
        """Address of the same choice with ``changes`` (facet=values, sort=…); the page falls back to the first."""
        values = {**self.values, **{key: value for key, value in changes.items() if key not in ("sort", "q")}}
        sort = changes.get("sort", self.sort)
        pairs = [(key, one) for key in (*MULTIPLE, "available") for one in values.get(key, ())]
        pairs += [("sort", sort)] if sort != "new" else []
        pairs += [("q", self.q)] if self.q else []
        return base + (f"?{urlencode(pairs)}" if pairs else "")

    def toggled(self, facet: str, value: str) -> tuple[str, ...]:
        """The facet's values with ``value`` added or taken away."""
        now = self.values.get(facet, ())
        return tuple(one for one in now if one != value) if value in now else (*now, value)


def read_choice(query: QueryDict, directory: Directory, q: str = "") -> Choice:
    """The choice in a query string; unknown values, sorts and parameters are dropped. ``q``: words that are kept in it."""
    known = {
        "economy": {place.economy for place in directory.villages.values()},
        "village": {place.slug for place in directory.villages.values()},
        "workshop": {place.slug for place in directory.workshops.values()},
        "craft": {place.slug for place in directory.crafts.values()},
        "material": {place.slug for place in directory.materials.values()},
        "price": {str(number) for number in range(len(PRICE_STEPS) + 1)},
    }
    values = {}
    for facet in MULTIPLE:
        wanted = tuple(dict.fromkeys(one for one in query.getlist(facet) if one in known[facet]))
        if wanted:
            values[facet] = wanted
    if query.get("available") == "1":
        values["available"] = ("1",)
    sort = query.get("sort", "new")
    return Choice(values, sort if sort in SORTS else "new", q)


def ids_of(choice: Choice, directory: Directory) -> dict[str, frozenset[str]]:
    """The choice with ids (as text) in place of slugs, as the cube and the rows hold them."""
    tables = {
        "village": directory.villages,
        "workshop": directory.workshops,
        "craft": directory.crafts,
        "material": directory.materials,
    }
    found = {}
    for facet, words in choice.values.items():
        if facet in tables:
            found[facet] = frozenset(str(key) for key, place in tables[facet].items() if place.slug in words)
        else:
            found[facet] = frozenset(words)
    return found


def matching(choice: Choice, ids: dict[str, frozenset[str]]):
    """Visible cards of the choice, sorted."""
    rows = ProductCard.objects.filter(visible=True)
    for facet, column in (
        ("economy", "economy"),
        ("village", "village_id"),
        ("workshop", "workshop_id"),
        ("craft", "craft_id"),
    ):
        if facet in ids:
            rows = rows.filter(**{f"{column}__in": ids[facet]})
    if "material" in ids:
        made_of = Product.materials.through.objects.filter(
            product_id=OuterRef("pk"), material_id__in=ids["material"]
        )
        rows = rows.filter(Exists(made_of))
    if "price" in ids:
        rows = rows.filter(_prices(ids["price"]))
    if "available" in ids:
        rows = rows.exclude(state=ProductCard.State.SOLD_OUT)
    return rows.order_by(*SORTS[choice.sort])


def matching_sql(ids: dict[str, frozenset[str]]) -> tuple[str, list]:
    """The same choice as a condition on cards under the alias c, with its parameters: for search.hits."""
    sql, parameters = matching(Choice(), ids).order_by().values("pk").query.sql_with_params()
    return f"c.product_id IN ({sql})", list(parameters)


def _prices(steps: frozenset[str]) -> Q:
    wanted = Q()
    for step in steps:
        number = int(step)
        low = Q(price__gte=PRICE_STEPS[number - 1]) if number else Q()
        high = Q(price__lt=PRICE_STEPS[number]) if number < len(PRICE_STEPS) else Q()
        wanted |= low & high
    return wanted
