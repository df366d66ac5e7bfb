"""Styles run with the writing: no rule names a side of the screen."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "storefront" / "static" / "storefront"
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*"
    r"|left|right|top|bottom|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
# What a media or container query asks about is the screen.
QUERY = re.compile(r"@(?:media|container)[^{]*\{")
SIDES = re.compile(r"(?<![\w-])(margin|padding|inset):\s*([^;}]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def rules(path: Path) -> str:
    return QUERY.sub("{", COMMENT.sub("", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_no_rule_names_a_side(path):
    assert PHYSICAL.findall(rules(path)) == []
    for name, value in SIDES.findall(rules(path)):
        sides = re.findall(r"[\w.-]*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\S+", value)
        assert len(sides) < 4 or sides[1] == sides[3], f"{name}: {value}"


def test_the_tabs_of_the_desk_wrap_so_that_none_is_cut():
    tabs = re.search(r"\.desk-tabs \{([^}]*)\}", rules(STATIC / "css" / "components" / "desk.css"))[1]
    assert "flex-wrap: wrap" in tabs
    assert "overflow" not in tabs
