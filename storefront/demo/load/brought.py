"""An order that the sample agency brought, so that its statistics and its statement have something to say. Invented."""

from datetime import timedelta

from django.utils import timezone

from catalogue.models import Product
from marketplace.fulfilment.services import send
from marketplace.partnerships.models import Agency
from marketplace.payments.attribution import Visit
from marketplace.payments.models import OrderVia, Payment
from marketplace.payments.placing import Buyer
from storefront.demo.load.orders import sample_order, tell_nobody
from storefront.models import StoryPage

KEY, PIECES = "demo-brought-order", "BFI-"


def load_brought() -> int:
    """Once, where there is an open sample agency; it needs the pages. Answers how many orders agencies have brought."""
    agency = Agency.objects.filter(is_sample=True, stage=Agency.Stage.OPEN).first()
    pieces = Product.objects.filter(upc__startswith=PIECES, is_public=True).exclude(structure=Product.PARENT)
    piece = pieces.order_by("upc").first()
    if agency and piece and not Payment.objects.filter(idempotency_key=KEY).exists():
        _load_order(agency, piece)
    return OrderVia.objects.count()


def _load_order(agency: Agency, piece: Product) -> None:
    story = StoryPage.objects.live().filter(locale__language_code="en").order_by("pk").first()
    subject = f"story-{story.pk}" if story else ""
    # A guest, who read the story yesterday.
    buyer = Buyer(
        email="guest@example.com", full_name="Sato Aiko", line1="4-5-6 Naka", city="Yokohama", state="Kanagawa",
        postcode="231-0023", economy="JP", phone="+81451234568",
    )  # fmt: skip
    visit = Visit(agency, agency.code, timezone.now() - timedelta(days=1), subject, "sample-page")
    payment = sample_order(key=KEY, name="brought_order", buyer=buyer, upc=piece.upc, language="ja", visit=visit)
    for consignment in payment.order.consignments.all():
        send(consignment=consignment, carrier="Sample post")
    tell_nobody(payment)
