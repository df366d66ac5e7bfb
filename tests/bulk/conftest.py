"""What tests of imports share."""

import pytest

from tests.factories import make_craft, make_material


@pytest.fixture
def words_of_the_shop(db):
    """A craft and two materials, in several languages."""
    craft = make_craft("lacquer", name={"en": "Lacquer", "ja": "漆", "vi": "Sơn mài"})
    bamboo = make_material("bamboo", name={"en": "Bamboo", "ja": "竹"})
    silk = make_material("silk", name={"en": "Silk", "ja": "絹"})
    return craft, bamboo, silk
