"""What tests of pages and screens share."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


@pytest.fixture
def translations(db) -> None:
    """wagtail-localize asks which migrations ran; a test database is built without any."""
    MigrationRecorder(connection).ensure_schema()
