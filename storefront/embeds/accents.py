"""An agency's own colour on a card: always readable, whatever it is (WCAG 2.2, contrast of at least 4.5 : 1). Pure.

The colour fills the field behind the title; the words on it are light or dark, whichever can be read. As a colour of
words it is used only on grounds where it can be read itself; elsewhere the card's own ink stays.
"""

from functools import lru_cache

READABLE = 4.5  # WCAG 2.2, 1.4.3 (AA)
# Words on the colour, the card's own first; of black and white one always reaches 4.58.
LIGHT, DARK = ("f1ede6", "ffffff"), ("26222a", "000000")
# Where prices stand (--raised of tokens.css).
GROUNDS = {"light": "ffffff", "dark": "1b1e24"}
SOFT = 0.8  # of the words' colour, the rest is the field's


def contrast(one: str, other: str) -> float:
    """1 to 21, for two colours of six hex digits (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """0 (black) to 1 (white), as WCAG 2.2 defines relative luminance."""
    red, green, blue = (_linear(value / 255) for value in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(one: str, other: str) -> bool:
    return contrast(one, other) >= READABLE


def words_on(colour: str) -> str:
    """The colour of words on a field of ``colour``: the card's light ink where it can be read, else the dark one."""
    return next(ink for ink in (LIGHT[0], DARK[0], LIGHT[1], DARK[1]) if readable(ink, colour))


def quiet_words_on(colour: str) -> str:
    """The same for what is said more quietly: a little of the field shines through where it stays readable."""
    ink = words_on(colour)
    mixed = "".join(
        f"{round(SOFT * front + (1 - SOFT) * back):02x}"
        for front, back in zip(_parts(ink), _parts(colour), strict=True)
    )
    return mixed if readable(mixed, colour) else ink


def unreadable_on(colour: str) -> list[str]:
    """The themes ("light", "dark") on whose ground words in ``colour`` cannot be read, so they keep the card's ink."""
    return [theme for theme, ground in GROUNDS.items() if not readable(colour, ground)]


@lru_cache(maxsize=256)
def stylesheet(colour: str) -> str:
    """What an accent changes of card.css. ``colour``: six hex digits."""
    on, quiet = words_on(colour), quiet_words_on(colour)
    lines = [
        f".lead {{ --dye: #{colour}; --on-deep: #{on}; --on-deep-soft: #{quiet}; --ring: #{on}; }}",
    ]
    bad = unreadable_on(colour)
    if "light" not in bad:
        lines.append(f":root {{ --accent: #{colour}; }}")
    dark = "initial" if "dark" in bad else f"#{colour}"
    lines += [
        f':root[data-theme="dark"] {{ --accent: {dark}; }}',
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ --accent: {dark}; }} }}',
    ]
    return "\n".join(lines) + "\n"


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour))


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
