"""An officer of a village, one of its economy, one of another village; and the rows that she looks at."""

import pytest

from marketplace.economies.models import Economy
from tests.factories import make_village, make_workshop
from tests.factories.places import make_officer
from tests.people import Visitor


class Area:
    """The village Sao Mai with an application; ``near`` is next door, in the same economy."""


def enter(user) -> Visitor:
    visitor = Visitor()
    visitor.force_login(user)
    return visitor


@pytest.fixture
def area(db) -> Area:
    area = Area()
    area.village = make_village("sao-mai-2", name={"en": "Sao Mai", "vi": "Sao Mai"}, source="vi")
    area.near = make_village("nui-xa", name="Nui Xa")
    area.applied = make_workshop(
        "group-one", village=area.village, name="Nhóm Mây Tre", source="vi", contact="Bà Tâm", stage="applied"
    )
    area.officer = make_officer(area.village, email="officer@example.com", title="Phòng OCOP Sao Mai")
    area.wide = make_officer(Economy.objects.get(pk="VN"), email="wide@example.com", title="OCOP, Viet Nam")
    area.other = make_officer(area.near, email="near@example.com", title="OCOP Nui Xa")
    area.abroad = make_officer(Economy.objects.get(pk="TH"), email="abroad@example.com", title="OTOP")
    area.browser, area.wide_browser, area.other_browser, area.abroad_browser = (
        enter(row.user) for row in (area.officer, area.wide, area.other, area.abroad)
    )
    return area
