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


TEXT = ("ink", "ink-soft", "indigo", "indigo-deep", "madder")
GROUNDS = ("ground", "cloth", "raised", "wash", "blush")


def themes() -> dict[str, dict[str, str]]:
    """Theme → token → colour, as tokens.css says it; dark says what differs from light."""
    dark = r"(?:\[data-theme=\"dark\"\]|:not\(\[data-theme=\"light\"\]\))?"
    blocks = re.findall(rf":root{dark}\s*\{{(.*?)\n\s*\}}", colours(), re.DOTALL)
    light, chosen, system = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks[:3])
    assert chosen == system
    return {"light": light, "dark": light | chosen}


def colours() -> str:
    return COMMENT.sub("", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of an sRGB colour."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_bright_sunlight(theme):
    """AAA: 7 to 1 for every colour of text on every ground, also on buttons and in the footer."""
    tokens = themes()[theme]
    pairs = [(text, ground) for text in TEXT for ground in GROUNDS]
    pairs += [("on-indigo", "indigo"), ("on-indigo", "indigo-deep"), ("on-deep", "deep"), ("on-deep-soft", "deep")]
    weak = {pair: round(ratio, 2) for pair in pairs if (ratio := contrast(*(tokens[name] for name in pair))) < 7}
    assert weak == {}


def test_the_colours_of_text_are_those_that_were_measured():
    allowed = {*TEXT, "on-indigo", "on-deep", "on-deep-soft"}
    used = {
        name
        for path in STATIC.rglob("*.css")
        for name in re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", rules(path))
    }
    # Not text, or text on a ground of its own: a separator and a drawing, the sign on a picture, a village's dye.
    assert used - allowed == {"line-strong", "ground", "dye"}
