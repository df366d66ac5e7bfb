"""The paint boxes: which colours a piece, its pattern and its surroundings may take."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .colour import RGB, jitter, luminance, rgb


@dataclass(frozen=True)
class Palette:
    body: tuple[RGB, ...]
    accent: tuple[RGB, ...]
    wall: tuple[RGB, ...]
    table: tuple[RGB, ...]
    ink: RGB
    light: RGB


def _box(body: str, accent: str, wall: str, table: str, ink: str, light: str) -> Palette:
    rows = (tuple(rgb(word) for word in line.split()) for line in (body, accent, wall, table))
    return Palette(*rows, ink=rgb(ink), light=rgb(light))


PALETTES: dict[str, Palette] = {
    "vermilion": _box(
        "b8331f c6482b 9c2b20 cf5c38",
        "dba74a f1dfc0 2c1a18 e8b878",
        "f0dfc8 e9cfb4 dfd6c4 cfd3c6 e8c9b8",
        "c79c76 a9744f e4cfb2 8d5a43",
        "2b1613",
        "f7ead3",
    ),
    "black-gold": _box(
        "211b19 2c221e 1a1718 3b2a21",
        "d8a94a c08f3a ecd08a 9c3524",
        "e8dcc6 d8c5a4 cdbfa6 d9b99c b9bba8",
        "b98f62 8f6440 d9c6a6 6d4a36",
        "161112",
        "f2e2b8",
    ),
    "indigo": _box(
        "22375f 2f4c7f 1c2c4d 446994",
        "ece7da bccbd9 86a3c2 d9b98c",
        "e9e5db d5dee0 f0e6d7 c5d3d8 e3d3bf",
        "cbb294 b0936f e6ddcc 8aa0ac",
        "141d33",
        "f4efe2",
    ),
    "undyed": _box(
        "eadfc9 dfcfb2 f1e9d9 d2bf9b",
        "a98b60 7f6748 c6ab80 5f6b58",
        "b9a78d a7a890 c2ab97 94a09a b58f74",
        "8e7255 a88a67 746350 c4b092",
        "43352a",
        "faf5ea",
    ),
    "earth": _box(
        "8c5c3b 70452b a97350 57382c",
        "e5cda6 cb9152 36231b dcb68c",
        "ecdcc5 e2cbb0 cfcbb4 dcc0a6 c4c9bd",
        "b98a63 94684a dcc5a5 6f5140",
        "2a1a14",
        "f5e8d0",
    ),
    "celadon": _box(
        "a6c1ab 90b19b bcd0b8 7b9f8d",
        "ecf1e6 5c8070 cdb681 3f5c52",
        "ece4d3 dccdb6 e7d3c2 c9b8a2 d9d9c6",
        "a88463 c5a784 7d624d dfd0b5",
        "26382f",
        "f4f6ea",
    ),
    "walnut": _box(
        "6c4731 865a3b 573726 9d6e4a",
        "e4c79b c99a63 33211a d5b084",
        "e9dcc8 dbd3bd e5c9ad c5cbbd d5c2b4",
        "bba07c d6c2a2 94785b e2d6bf",
        "271811",
        "f3e5cb",
    ),
    "silver": _box(
        "c6cacf b3b9c0 dcdfe1 a4abb4",
        "f7f7f3 7d868f 4a525b c9a75e",
        "5d6f76 8f7f7a 3f4c57 b39a8b 6d7a68",
        "4d4a50 75665c 33404b 93877b",
        "262b33",
        "fcfcf8",
    ),
    "moss": _box(
        "67733f 7e8b50 4e5b33 979f66",
        "ebe4c8 cda64e 2e3922 d8905d",
        "eee5d0 e3d6b8 dcd0bb d5d9c0 e8cdb4",
        "b58d62 93714f d9c8a6 77664a",
        "232b1a",
        "f5f0d8",
    ),
    "terracotta": _box(
        "b6633f c8774e 9c4e32 d78e66",
        "f2dfc6 7a3b27 eabb8f 3f5f5a",
        "efe2cf dcd8c4 e9cfb8 bfcabf e2c3a8",
        "c0946c d9bf9b 8f6547 a9a58c",
        "331b14",
        "f9ecd8",
    ),
    "pearl": _box(
        "ece5e1 d9d1d4 d0dad8 f3ede5",
        "b5a5c4 98bdba e3bda6 6c6878",
        "b09f9f 8b9a9d c4ab9c a2949f 7f8a86",
        "7d6d6a 9d8a80 5f6468 c1b0a6",
        "363240",
        "fdf9f4",
    ),
    "sunset": _box(
        "d8684a e6985a b84a5e efb569",
        "8b3a59 f7e1bb 4e3b66 3f7c7b",
        "f3dfc6 eccbb0 e9d2cf d3d6cf f0d5a8",
        "c78f6a a86a54 e6cba8 85586b",
        "33203a",
        "fdeed2",
    ),
}


@dataclass(frozen=True)
class Look:
    """The colours chosen for one piece; *seed* decides which pattern of its craft it carries."""

    body: RGB
    alt: RGB
    accent: RGB
    accent2: RGB
    accent3: RGB
    wall: RGB
    table: RGB
    ink: RGB
    light: RGB
    seed: int

    @property
    def dark_body(self) -> bool:
        return luminance(self.body) < 95


def choose(palette: str, rng: Random) -> Look:
    """Pick the colours of one picture. Raises ValueError for an unknown palette."""
    if palette not in PALETTES:
        raise ValueError(f"unknown palette: {palette!r}")
    box = PALETTES[palette]
    body, alt = rng.sample(box.body, 2)
    accents = rng.sample(box.accent, len(box.accent))
    # The pattern has to be seen on the piece: the accent furthest in brightness comes first.
    accents.sort(key=lambda c: -abs(luminance(c) - luminance(body)) + rng.uniform(0, 30))
    wall, table = rng.choice(box.wall), rng.choice(box.table)
    return Look(
        *(jitter(c, rng) for c in (body, alt, accents[0], accents[1], accents[2], wall, table)),
        ink=box.ink,
        light=box.light,
        seed=rng.getrandbits(32),
    )
