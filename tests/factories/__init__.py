"""Makes things for tests, with only what a test names; everything else has a plain default."""

from tests.factories.agencies import make_agency, make_agency_terms, make_host, make_seat
from tests.factories.orders import make_basket, make_buyer, make_order, pay_order
from tests.factories.pages import make_place_page, make_story
from tests.factories.pieces import make_craft, make_material, make_picture, make_piece
from tests.factories.places import make_member, make_user, make_village, make_workshop
from tests.factories.visits import make_visit_day

__all__ = [
    "make_agency",
    "make_agency_terms",
    "make_basket",
    "make_buyer",
    "make_craft",
    "make_host",
    "make_material",
    "make_member",
    "make_order",
    "make_picture",
    "make_piece",
    "make_place_page",
    "make_seat",
    "make_story",
    "make_user",
    "make_village",
    "make_visit_day",
    "make_workshop",
    "pay_order",
]
