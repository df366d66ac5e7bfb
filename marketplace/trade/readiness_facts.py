"""What readiness knows of pieces, read in one statement however many they are."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from django.db.models import (
    Aggregate,
    Case,
    CharField,
    Exists,
    F,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat
from oscar.core.loading import get_model

from catalogue.export import ExportFacts, split_species
from catalogue.models import Material, Product, ProductText
from marketplace.trade.models.evidence import Certificate, TariffCode
from marketplace.trade.models.restrictions import prefixes
from marketplace.workshops.models import Workshop

HS_ATTRIBUTES = Path(__file__).parent / "data" / "hs_attributes.csv"
# Between rows and between the parts of a row; nobody can type them (storefront/desk/fields.py).
ROW, PART = "\x1e", "\x1f"
# Of a variant, what is empty is the piece's.
INHERITED = ("hs_code", "hs_confirmed", "origin", "customs_description", "species", "gtin", "maker_code")


class Joined(Aggregate):
    """Values of several rows in one text."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, CHR(30))"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context) -> tuple:
        return self.as_sql(
            compiler, connection, function="GROUP_CONCAT", template="%(function)s(%(expressions)s, CHAR(30))", **context
        )


def facts_of(
    products: Iterable[Product | int], *, writers: Mapping[int, dict[str, str]] | None = None
) -> dict[int, ExportFacts]:
    """Product id → its facts; one statement. A variant has what its piece has; a piece, what all its variants have.

    ``writers`` is what economies.requirements.writers_of answers, keyed by piece.
    """
    ids = {getattr(product, "pk", product) for product in products}
    if not ids:
        return {}
    return {row["pk"]: _facts(row, writers or {}) for row in _rows(ids)}


@lru_cache(maxsize=4_096)
def hs_attributes(code: str) -> frozenset[str]:
    """What follows from an HS code, such as food or textile (data/hs_attributes.csv)."""
    beginnings = {code[:length] for length in range(2, len(code) + 1)}
    return frozenset(name for hs, names in _attribute_rows() if not beginnings.isdisjoint(hs) for name in names)


@lru_cache(maxsize=1)
def _attribute_rows() -> list[tuple[frozenset[str], list[str]]]:
    with HS_ATTRIBUTES.open(encoding="utf-8", newline="") as file:
        return [(prefixes(row["hs"]), row["attributes"].split()) for row in csv.DictReader(file)]


def _rows(ids: set[int]) -> QuerySet:
    return _all_rows().filter(pk__in=ids)


@cache
def _all_rows() -> QuerySet:
    """Never asked as it is: putting it together takes as long as the database needs for a basket's pieces."""
    piece = OuterRef("piece")
    variants = Product.objects.filter(parent=OuterRef("pk")).order_by()
    workshops = Workshop.objects.filter(partner=OuterRef("maker"))
    records = get_model("partner", "StockRecord").objects.exclude(partner_sku="")
    own_sku = records.filter(product=OuterRef("pk")).order_by("pk").values("partner_sku")[:1]
    titles = ProductText.objects.filter(owner=piece)
    checked = Certificate.objects.filter(product=piece, checked_at__isnull=False)
    last_day = Coalesce(Cast("valid_to", CharField()), Value(""))
    rows = Product.objects.annotate(
        piece=Coalesce("parent_id", "pk"), maker=Coalesce("partner_id", "parent__partner_id")
    )
    rows = rows.annotate(
        ships_from=Subquery(workshops.values("village__economy_id")[:1]),
        slugs=_joined(Material.objects.filter(pieces=piece), "pieces", F("slug")),
        titles=_joined(titles, "owner", F("title")),
        codes=_joined(TariffCode.objects.filter(product=piece), "product", Concat("destination", Value(PART), "code")),
        papers=_joined(
            checked, "product", Concat("kind", Value(PART), "destination", Value(PART), last_day, output_field=TextField())
        ),
        sku=Subquery(own_sku),
        variants_sku=Subquery(records.filter(product__parent=OuterRef("pk")).order_by("pk").values("partner_sku")[:1]),
        without_sku=Exists(variants.exclude(pk__in=records.values("product"))),
        without_weight=Exists(variants.filter(net_weight_g=None)),
        lightest=Subquery(variants.values("parent").annotate(least=Min("net_weight_g")).values("least")),
        weight=Coalesce("net_weight_g", "parent__net_weight_g"),
        percent=Coalesce("alcohol_percent", "parent__alcohol_percent"),
        **{
            f"one_{name}": Case(When(**{name: ""}, then=Coalesce(f"parent__{name}", Value(""))), default=F(name))
            for name in INHERITED
        },
    )
    names = ["ships_from", "slugs", "titles", "codes", "papers", "sku", "variants_sku", "without_sku", "without_weight"]
    names += ["lightest", "weight", "percent", *(f"one_{name}" for name in INHERITED)]
    fixed = ["pk", "piece", "maker", "title", "parent__title", "upc", "structure", "contains", "parent__contains"]
    return rows.order_by().values(*fixed, *names)


def _joined(rows: QuerySet, owner: str, value) -> Subquery:
    return Subquery(rows.order_by().values(owner).annotate(joined=Joined(value)).values("joined"))


def _facts(row: dict, writers: Mapping[int, dict[str, str]]) -> ExportFacts:
    materials = frozenset(_split(row["slugs"]))
    contains = frozenset(row["contains"] or row["parent__contains"] or ())
    code, parent = row["one_hs_code"], row["structure"] == Product.PARENT
    weight, sku = row["weight"], row["sku"] or ""
    if parent:
        weight = weight or (None if row["without_weight"] else row["lightest"])
        sku = "" if row["without_sku"] else row["variants_sku"] or ""
    return ExportFacts(
        product_id=row["pk"],
        partner_id=row["maker"],
        ships_from=row["ships_from"] or "",
        origin=row["one_origin"],
        hs_code=code,
        hs_confirmed=bool(code) and row["one_hs_confirmed"] == code,
        tariff_codes=tuple(tuple(part.split(PART)) for part in sorted(_split(row["codes"]))),
        certificates=tuple(tuple(part.split(PART)) for part in sorted(_split(row["papers"]))),
        net_weight_g=weight,
        customs_description=row["one_customs_description"],
        materials=materials,
        species=split_species(row["one_species"]),
        attributes=contains | materials | hs_attributes(code),
        alcohol_percent=row["percent"],
        sku=sku,
        maker_code=row["one_maker_code"] or row["upc"] or "",
        gtin=row["one_gtin"],
        words=tuple(filter(None, [row["title"], row["parent__title"], *sorted(_split(row["titles"]))])),
        writers=writers.get(row["piece"], {}),
    )


def _split(text: str | None) -> list[str]:
    return text.split(ROW) if text else []
