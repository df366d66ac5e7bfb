"""What tests of rates and markets share."""

import pytest

from tests.factories import make_user
from tests.people import Visitor


@pytest.fixture
def boss(db) -> Visitor:
    """The browser of somebody who may do everything in the admin."""
    visitor = Visitor()
    visitor.force_login(make_user("boss@example.com", is_staff=True, is_superuser=True))
    return visitor
