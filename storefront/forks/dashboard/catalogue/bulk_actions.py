"""Oscar writes many pieces by one statement, which no model tells: the shop's cards are told here."""

from django.contrib import messages
from django.db.models import QuerySet
from django.db.transaction import atomic
from django.http import HttpRequest
from oscar.apps.dashboard.catalogue import bulk_actions

from catalogue.models import Product
from marketplace.signals import pieces_changed
from storefront.forks.dashboard.catalogue.forms import AT_THE_DESK


class TellsCards:
    """Before one of Oscar's actions."""

    @atomic
    def execute(self, request: HttpRequest, objects: QuerySet[Product], form) -> None:
        rows = list(objects)
        super().execute(request, objects, form)
        pieces_changed.send(Product, ids=sorted({row.parent_id or row.pk for row in rows}))


class MakeProductsPublicAction(TellsCards, bulk_actions.MakeProductsPublicAction):
    """Shows variants of what is in the shop; nothing is done where a piece itself would go into it."""

    @atomic
    def execute(self, request: HttpRequest, objects: QuerySet[Product], form) -> None:
        if objects.filter(is_public=False).exclude(structure=Product.CHILD, stage=Product.Stage.LIVE).exists():
            messages.error(request, AT_THE_DESK)
            return
        super().execute(request, objects, form)


class MakeProductsNonPublicAction(TellsCards, bulk_actions.MakeProductsNonPublicAction):
    pass


class SetProductPriceAction(TellsCards, bulk_actions.SetProductPriceAction):
    pass
