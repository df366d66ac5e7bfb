"""What tests of pages and screens share."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.factories import make_user
from tests.people import Visitor


@pytest.fixture
def staff(db) -> Visitor:
    """The browser of somebody who may do everything in the admin."""
    visitor = Visitor()
    visitor.force_login(make_user("boss@example.com", is_staff=True, is_superuser=True))
    return visitor


@pytest.fixture
def translations(db) -> None:
    """wagtail-localize asks which migrations ran; a test database is built without any."""
    MigrationRecorder(connection).ensure_schema()
