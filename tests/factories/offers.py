"""Offers, as staff make them in Oscar's dashboard."""

from oscar.core.loading import get_model

from tests.factories.texts import number

Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Range = get_model("offer", "Range")


def make_offer(kind: str = "Percentage", value: str = "10", **fields):
    """An open offer for everybody on everything, such as 10 percent; ``kind`` is one of Oscar's types of benefit."""
    everything = Range.objects.create(name=f"Everything {number()}", includes_all_products=True)
    benefit_range = None if kind.startswith("Shipping") else everything
    return ConditionalOffer.objects.create(
        name=f"Offer {number()}",
        offer_type=ConditionalOffer.SITE,
        condition=Condition.objects.create(type=Condition.COUNT, value=1, range=everything),
        benefit=Benefit.objects.create(type=kind, value=value, range=benefit_range),
        **fields,
    )
