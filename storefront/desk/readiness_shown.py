"""What the readiness page draws: how much is known, where the piece can go, and each gap with its form."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from catalogue.export import ASKED, ExportFacts, missing
from catalogue.models import Product
from marketplace.economies.markets import MarketOffer, markets_on_offer
from marketplace.economies.names import economy_name
from marketplace.economies.requirements import writers_of
from marketplace.trade.hs import contradiction, hs_lines, material_groups, search, suggested_description
from marketplace.trade.models.hs import HsQuestion
from marketplace.trade.readiness import Finding, matrix_row
from marketplace.trade.readiness_facts import facts_of
from marketplace.trade.restriction_rules import Rules
from storefront.desk.readiness_forms import CertificateForm, FactsForm, HsSearchForm, TariffForm
from storefront.desk.scope import Desk

READY, NEEDS, CLOSED = "ready", "needs", "closed"
# Always at hand, whether or not something is missing.
MORE = ["contains", "alcohol_percent", "maker_code", "gtin"]
BLOC_NAMES = {"EU": lambda: _("European Union")}


def shop_places(on: date) -> set[str]:
    """Codes of the shop's open destinations and of the blocs they are in."""
    offers = markets_on_offer(on)
    return {offer.destination for offer in offers} | {offer.bloc for offer in offers if offer.bloc}


def describe_readiness(
    product: Product, desk: Desk, *, asked: HsSearchForm | None = None, broken: tuple | None = None
) -> dict:
    """All that the template needs. ``asked`` is the search for an HS code, ``broken`` a gap's name and refused form."""
    on, rules = timezone.localdate(), Rules.load()
    offers = markets_on_offer(on)
    facts = facts_of([product], writers=writers_of([product]))[product.pk]
    matrix = matrix_row(facts, [offer.destination for offer in offers], on=on, rules=rules)
    found = [row for rows in matrix.values() for row in rows]
    facts = replace(facts, species_needed=any(row.field == "species" for row in found))
    gaps = _gaps(matrix, offers, facts, product, desk, on, broken)
    return {
        "piece": {"title": product.title, "lang": product.source_language, "url": desk.url("piece", pk=product.pk)},
        "here": desk.url("piece-readiness", pk=product.pk),
        "coverage": describe_known(facts),
        "groups": _groups(matrix, offers),
        "gaps": [gap for gap in gaps if gap["stops"] or gap["form"]],
        "notes": [gap for gap in gaps if not gap["stops"] and not gap["form"]],
        "hs": _describe_hs(product, facts, asked, broken),
        "waiting": list(product.certificates.filter(checked_at=None)),
        "more": _refused(broken, MORE) or FactsForm(initial=_initial(product, facts), only=MORE),
        "more_fields": MORE,
        "form": broken[1] if broken else None,
    }


def describe_known(facts: ExportFacts) -> dict:
    """How much of what is asked of every piece is known, as parts/coverage.html draws it."""
    gaps, total = len(missing(facts)), len(ASKED)
    text = ngettext("%(gaps)s of %(total)s is missing", "%(gaps)s of %(total)s are missing", gaps)
    # Not "nothing is missing": a destination may ask for more, and what it asks for stands below.
    text = text if gaps else _("All %(total)s answers are there")
    return {"number": total - gaps, "total": total, "text": text % {"gaps": gaps, "total": total}}


def _state(findings: Iterable[Finding]) -> str:
    stops = [row for row in findings if row.stops]
    if any(row.final for row in stops):
        return CLOSED
    return NEEDS if stops else READY


def _groups(matrix: dict[str, list[Finding]], offers: list[MarketOffer]) -> list[dict]:
    """The shop's destinations by how it stands with them."""
    labels = {READY: _("Ready"), NEEDS: _("Needs something"), CLOSED: _("Not possible")}
    places = {state: [place for place, rows in matrix.items() if _state(rows) == state] for state in labels}
    return [
        {"state": state, "label": label, "count": len(places[state]), "places": place_names(places[state], offers)}
        for state, label in labels.items()
        if places[state]
    ]


def place_names(places: Iterable[str], offers: list[MarketOffer]) -> list[str]:
    """Names in the active language; a bloc whose open members are all there is named once."""
    left = set(places)
    names = []
    for bloc in sorted({offer.bloc for offer in offers if offer.bloc in BLOC_NAMES}):
        members = {offer.destination for offer in offers if offer.bloc == bloc}
        if len(members) > 1 and members <= left:
            left -= members
            names.append(f"{BLOC_NAMES[bloc]()} ({len(members)})")
    return sorted([*names, *map(economy_name, left)])


def _gaps(
    matrix: dict[str, list[Finding]],
    offers: list[MarketOffer],
    facts: ExportFacts,
    product: Product,
    desk: Desk,
    on: date,
    broken: tuple | None,
) -> list[dict]:
    """The same gap of several places once; what keeps the piece from most places first."""
    places: dict[tuple, list[str]] = {}
    first: dict[tuple, Finding] = {}
    for place, rows in matrix.items():
        for row in rows:
            key = (row.field or row.rule, row.text, row.next_step)
            places.setdefault(key, []).append(place)
            first.setdefault(key, row)
    blocs = {offer.destination: offer.bloc for offer in offers}
    drawn, fields = [], set()
    for key, row in sorted(first.items(), key=lambda item: (not item[1].stops, -len(places[item[0]]))):
        where = _where(places[key], blocs)
        # Two rules may ask for the same field: it is asked for once.
        form = None if row.field in fields else _form(row, where, facts, product, on, broken)
        if form is not None and row.field not in ("certificate", "tariff_code"):
            fields.add(row.field)
        drawn.append(
            {
                "finding": row,
                "stops": row.stops,
                "places": place_names(places[key], offers),
                "everywhere": len(places[key]) == len([place for place in matrix if place != facts.ships_from]),
                "form": form,
                "action": {"certificate": "certificate", "tariff_code": "tariff"}.get(row.field, "facts"),
                "fields": [row.field],
                "links": _links(row, product, desk),
            }
        )
    return drawn


def _where(places: list[str], blocs: dict[str, str]) -> str:
    """The one place that a paper or code is for: an economy, a bloc, or everywhere (empty)."""
    if len(places) == 1:
        return blocs.get(places[0]) or places[0]
    within = {blocs.get(place, "") for place in places}
    return within.pop() if len(within) == 1 else ""


def _form(row: Finding, where: str, facts: ExportFacts, product: Product, on: date, broken: tuple | None):
    if row.field in FactsForm.base_fields:
        initial = _initial(product, facts)
        return _refused(broken, [row.field]) or FactsForm(initial=initial, only=[row.field], auto_id=f"id_{row.rule}_%s")
    if row.field == "tariff_code" and facts.hs_code:
        start = {"destination": where, "tariff_code": facts.hs_code}
        return _refused(broken, [row.field]) or TariffForm(initial=start, auto_id=f"id_{row.rule}_%s")
    if row.field == "certificate":
        start = {"kind": row.paper, "destination": where}
        if broken and broken[0] == "certificate" and broken[1].data.get("kind") == row.paper:
            return broken[1]
        return CertificateForm(initial=start, today=on, auto_id=f"id_{row.rule}_%s")
    return None


def _refused(broken: tuple | None, names: list[str]):
    return broken[1] if broken and broken[0] in names else None


def _initial(product: Product, facts: ExportFacts) -> dict:
    """What stands in the fields; a description is proposed from the HS code, for the maker to make it her own."""
    names = [name for name in FactsForm.base_fields if name != "net_weight_g"]
    values = {name: getattr(product, name) for name in names} | {"net_weight_g": facts.net_weight_g}
    values["customs_description"] = values["customs_description"] or suggested_description(facts.hs_code)
    return values


def _links(row: Finding, product: Product, desk: Desk) -> list[dict]:
    """Where something that is not mended here is mended."""
    if row.field == "language":
        return [{"label": _("Write it"), "url": desk.url("piece-languages", pk=product.pk)}]
    if row.field in ("materials", "sku"):
        return [{"label": _("Open the piece"), "url": desk.url("piece", pk=product.pk)}]
    if row.field == "hs_code":
        return [{"label": _("Find the HS code"), "url": f"{desk.url('piece-readiness', pk=product.pk)}#hs"}]
    return []


def _describe_hs(product: Product, facts: ExportFacts, asked: HsSearchForm | None, broken: tuple | None) -> dict:
    language = get_language()
    form = asked or HsSearchForm(
        initial={"words": product.title, "material": material_groups(facts.materials)}
    )
    valid = asked is not None and asked.is_valid()
    found = (
        search(asked.cleaned_data["words"], materials=asked.cleaned_data["material"], language=language) if valid else []
    )
    questions = list(product.hs_questions.order_by("-asked_at")[:1])
    line = hs_lines().get(facts.hs_code[:6])
    return {
        "form": form,
        "open": bool(asked) or not facts.hs_code or bool(broken and broken[0] == "hs_code"),
        "searched": valid,
        "words": asked.cleaned_data["words"] if valid else "",
        "materials": asked.cleaned_data["material"] if valid else [],
        "candidates": [
            {
                "code": row.line.code,
                "dotted": row.line.dotted,
                "name": row.line.name(language),
                "covers": row.line.covers,
                "reasons": row.reasons,
                "duties": [{"place": _duty_place(place), "rate": rate} for place, rate in row.line.duties if rate],
            }
            for row in found
        ],
        "code": facts.hs_code,
        "name": line.name(language) if line else "",
        "confirmed": facts.hs_confirmed,
        "doubt": contradiction(facts.hs_code, facts.materials),
        "question": questions[0] if questions else None,
        "waits": bool(questions) and questions[0].state == HsQuestion.State.OPEN,
        "refused": broken[1].non_field_errors() if broken and broken[0] == "hs_code" else [],
    }


def _duty_place(code: str) -> str:
    return BLOC_NAMES[code]() if code in BLOC_NAMES else economy_name(code)
