"""Why pieces cannot be sent somewhere, in sentences for the buyer."""

from collections.abc import Collection, Mapping
from datetime import date

from django.utils.translation import gettext as _

from catalogue.text import language_name
from marketplace import formats
from marketplace.economies.names import economy_name
from marketplace.economies.requirements import requirements_for, unmet, writers_of
from marketplace.fulfilment.export import ExportKnowledge
from marketplace.trade.readiness import Finding, findings_for
from marketplace.trade.restriction_rules import Rules, channel_to

Writers = Mapping[int, dict[str, str]]


def who_wrote(products: Collection, destination: str) -> Writers:
    """Piece → language → who wrote its words, where the destination asks for a language; else empty. Two statements at most."""
    if not requirements_for(destination):
        return {}
    return writers_of({piece.pk: piece for piece in map(_piece, products)}.values())


def not_to_be_sent(
    products: Collection, destination: str, on: date, known: ExportKnowledge, writers: Writers
) -> list[str]:
    """A sentence for each piece and each reason why it may not be sold to a destination (two-letter code) on a day."""
    found = without_words(products, destination, writers)
    for product in products:
        reasons = [finding.text for finding in stops(product, destination, on, known) if finding.code != "language"]
        # The title costs a statement, so it is asked for only where it is said.
        names = {"title": product.get_title(), "destination": economy_name(destination)} if reasons else {}
        found += [
            _("“%(title)s” cannot be sent to %(destination)s: %(reason)s") % {**names, "reason": reason}
            for reason in reasons
        ]
    return list(dict.fromkeys(found))


def of_consignment(workshop, lines: Collection, reason: str) -> str:
    """A refusal that is about what one workshop sends, with its name and its pieces. ``reason``: a whole sentence."""
    titles = dict.fromkeys(str(line.product.get_title()) for line in lines)
    pieces = formats.joined([_("“%(title)s”") % {"title": title} for title in titles])
    return _("%(workshop)s (%(pieces)s): %(reason)s") % {"workshop": workshop, "pieces": pieces, "reason": reason}


def only_prepaid(destination: str) -> str:
    """For a destination that takes such parcels only with duty and tax paid beforehand, which no carrier of ours does."""
    return _(
        "Parcels of this value go to %(destination)s only with duty and tax paid beforehand. None of our carriers does that yet."
    ) % {"destination": economy_name(destination)}


def stops(product, destination: str, on: date, known: ExportKnowledge) -> list[Finding]:
    """What keeps one product from being sold to the destination of ``known``."""
    facts = known.of(product)
    found = findings_for(facts, destination, on=on, rules=Rules.load(), channel=channel_to(destination, on))
    return [finding for finding in found if finding.stops]


def without_words(products: Collection, destination: str, writers: Writers) -> list[str]:
    """A sentence for each piece and each language that ``destination`` requires and the piece is not described in."""
    if not writers:
        return []
    requirements = requirements_for(destination)
    return [
        _(
            "“%(title)s” cannot be sent to %(destination)s yet, because its description is not in %(language)s. "
            "Please take it out of the basket or choose another place."
        )
        % {
            "title": piece.get_title(),
            "destination": economy_name(destination),
            "language": language_name(missing.language),
        }
        for pk, piece in {piece.pk: piece for piece in map(_piece, products)}.items()
        for missing in unmet(requirements, writers[pk])
    ]


def _piece(product):
    return product.parent if product.is_child else product
