"""What the demo's pieces need abroad beside their own fields: senders, papers, and the operator's decisions (samples).

Rows that are there stay as they are, since somebody may have changed them; only tariff codes are corrected.
"""

from datetime import date

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.models import Product
from marketplace.economies import versions
from marketplace.economies.models import Market, Registration
from marketplace.fulfilment.senders import change_sender
from marketplace.trade.models import Certificate, OriginEvidence, ResponsiblePerson, TariffCode
from marketplace.trade.readiness_sample import PERSON
from marketplace.trade.restriction_rules import RESTRICTIONS
from marketplace.workshops.models import Workshop
from storefront.demo import content

EU = "EU"
STATEMENT = "sample-1"  # of marketplace/trade/data/origin_statements.csv


def load_export() -> int:
    """Insert what is missing. Answers the number of papers (codes, certificates, proofs) that the demo has."""
    rows = content.export()
    _open_market(rows["market"])
    _register(rows["registration"])
    workshops = list(Workshop.objects.filter(slug__in=rows["senders"]).select_related("partner", "village"))
    _load_senders(workshops, rows["senders"])
    _load_persons([row for row in workshops if row.village.economy_id in rows["responsible"]["economies"]])
    codes = [row["code"] for _slug, row in content.pieces()]
    ids = dict(Product.objects.filter(upc__in=codes).values_list("upc", "pk"))
    return _tariff_codes(ids) + _certificates(ids, rows["certificate"]) + _proofs(ids, rows["origin"])


def _open_market(row: dict) -> None:
    """The decision of a fresh shop is exchanged for the sample's; an operator's own stays."""
    wanted = Q(destination__in=row["destinations"]) | Q(bloc__in=row["blocs"])
    changed = {name: row[name] for name in ("terms", "declarant", "source")}
    if Market.objects.filter(wanted, source=row["instead_of"]).update(**changed):
        versions.touch(versions.MARKETS)


def _register(row: dict) -> None:
    if not Registration.objects.filter(scheme=row["scheme"]).exists():
        registration = Registration(scheme_id=row["scheme"], **{name: row[name] for name in ("number", "valid_from", "source")})
        registration.full_clean()
        registration.save()


def _load_senders(workshops: list[Workshop], senders: dict[str, dict]) -> None:
    known = set(get_model("partner", "PartnerAddress").objects.values_list("partner", flat=True))
    names = {row["slug"]: row["text"]["en"]["name"] for row in content.workshops()}
    for workshop in workshops:
        if workshop.partner_id not in known:
            change_sender(workshop=workshop, name=names[workshop.slug], **senders[workshop.slug])


def _load_persons(workshops: list[Workshop]) -> None:
    known = set(ResponsiblePerson.objects.filter(destination=EU).values_list("workshop", flat=True))
    new = [ResponsiblePerson(destination=EU, workshop=row, **PERSON) for row in workshops if row.pk not in known]
    if new:
        ResponsiblePerson.objects.bulk_create(new)
        versions.touch(RESTRICTIONS)


def _tariff_codes(ids: dict[str, int]) -> int:
    rows = [
        TariffCode(product_id=ids[row["code"]], destination=destination, code=code)
        for _slug, row in content.pieces()
        for destination, code in row.get("tariff", {}).items()
    ]
    TariffCode.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["product", "destination"], update_fields=["code"]
    )
    return len(rows)


def _certificates(ids: dict[str, int], rows: list[dict]) -> int:
    """Both count as seen by the demo's editor: an unchecked paper clears nothing."""
    seen = {"checked_by": get_user_model().objects.get(username="admin@example.com"), "checked_at": timezone.now()}
    for row in rows:
        same = {name: row[name] for name in ("kind", "number", "body")}
        rest = {name: row[name] for name in ("destination", "issued_on")}
        Certificate.objects.get_or_create(product_id=ids[row["piece"]], **same, defaults=rest | seen)
    return len(rows)


def _proofs(ids: dict[str, int], rows: list[dict]) -> int:
    """For the running year: a proof of the CPTPP holds for twelve months at most."""
    year = timezone.localdate().year
    for row in rows:
        OriginEvidence.objects.get_or_create(
            product_id=ids[row["piece"]],
            agreement=row["agreement"],
            valid_from=date(year, 1, 1),
            defaults={
                "criterion": row["criterion"],
                "inputs": row["inputs"],
                "statement_version": STATEMENT,
                "valid_to": date(year, 12, 31),
                "signed_by": row["signed_by"],
            },
        )
    return len(rows)
