"""Four views of one piece."""

from __future__ import annotations

import math
import zlib
from dataclasses import replace
from random import Random

from PIL import Image

from . import props, tools
from .motifs import MOTIFS
from .palettes import PALETTES, Look, choose
from .paper import cloud, fade, finish, glow, multiply
from .stage import SIZE, Sprite, from_above, put, scaled, turned, wall_and_table
from .textures import CRAFTS, GLOSS, texture

FINE = ("highland-weaving", "looping", "basketry", "lacquer", "shell-inlay", "fibre-weaving")
CLOSE = ("bowl", "teacup", "teapot", "vase", "jar", "lamp", "figure")
HERO_WIDTH = 800  # pixels; leaves air around the piece in a square or 4:5 crop


def _rng(*parts: object) -> Random:
    return Random(zlib.crc32("/".join(map(str, parts)).encode()))


def _check(value: str, known: dict, what: str) -> None:
    if value not in known:
        raise ValueError(f"unknown {what}: {value!r}")


def draw_piece(*, motif: str, craft: str, palette: str, seed: int, view: int) -> Image.Image:
    """Draw one picture of a piece, 1600 by 1200 pixels, RGB.

    *view*: 0 the whole piece, 1 a close detail, 2 in use, 3 on the maker's table. The same arguments give the
    same pixels. Raises ValueError for an unknown motif, craft, palette or view.
    """
    _check(motif, MOTIFS, "motif")
    _check(craft, CRAFTS, "craft")
    _check(palette, PALETTES, "palette")
    views = {0: _hero, 1: _detail, 2: _in_use, 3: _makers_table}
    _check(view, views, "view")
    # The colours and the form belong to the piece, the surroundings to the view.
    look = choose(palette, _rng("look", motif, craft, palette, seed))
    rng = _rng("view", motif, craft, palette, seed, view)
    return finish(views[view](motif, craft, look, seed, rng), rng)


def _sprite(motif: str, craft: str, look: Look, seed: int, width: float) -> Sprite:
    return MOTIFS[motif](look, craft, _rng("form", motif, craft, seed), width)


def _hero(motif: str, craft: str, look: Look, seed: int, rng: Random) -> Image.Image:
    sprite = _sprite(motif, craft, look, seed, HERO_WIDTH)
    if sprite.stance == "lie":
        sheet = from_above(look, rng)
        sprite = turned(sprite, _lean(motif, rng))
        sprite = _fit(sprite, 920, 960)
        put(sheet, sprite, 800, 600)
    elif sprite.stance == "hang":
        sheet = wall_and_table(look, rng, 1400)
        sprite = _fit(sprite, 900, 1010)
        put(sheet, sprite, 800, 600)
    else:
        sprite = _fit(sprite, rng.uniform(800, 880), 860)
        horizon = rng.uniform(690, 800)
        sheet = wall_and_table(look, rng, horizon)
        # The outline is centred, not the foot: a box seen from its corner must survive a portrait crop.
        above, x = sprite.foot[1], 800 + sprite.foot[0] - sprite.layer.size[0] / 2
        put(sheet, sprite, x, min(1060, max(horizon + 90, 600 + above / 2 + 40)))
    return sheet


def _lean(motif: str, rng: Random) -> float:
    if motif in ("plate", "mat"):
        return rng.uniform(-6, 6)
    if motif == "spoon":
        return rng.choice((-1, 1)) * rng.uniform(18, 42)
    if motif in ("notebook", "pin", "fan"):
        return rng.choice((-1, 1)) * rng.uniform(6, 20)
    return rng.uniform(-9, 9)


def _fit(sprite: Sprite, width: float, height: float) -> Sprite:
    """Trim the empty border and bring the sprite to the given size; enlarge a little at most."""
    layer, (x0, y0, x1, y1) = sprite.layer, sprite.layer.alpha.getbbox()
    layer.rgb, layer.alpha = layer.rgb.crop((x0, y0, x1, y1)), layer.alpha.crop((x0, y0, x1, y1))
    layer.size = (x1 - x0, y1 - y0)
    foot = (sprite.foot[0] - x0, sprite.foot[1] - y0)
    if sprite.stance != "stand":
        foot = ((x1 - x0) / 2, (y1 - y0) / 2)
    sprite = replace(sprite, foot=foot)
    factor = min(1.2, width / layer.size[0], height / layer.size[1])
    return scaled(sprite, factor) if abs(factor - 1) > 0.01 else sprite


def _detail(motif: str, craft: str, look: Look, seed: int, rng: Random) -> Image.Image:
    """The surface filling the picture, in raking light; of a vessel, the shoulder and the rim."""
    if motif in CLOSE:
        return _close_up(motif, craft, look, seed, rng)
    close = rng.uniform(120, 165) if craft in FINE else rng.uniform(150, 210)
    sheet = texture(craft, SIZE, look, close)
    a = math.radians(rng.uniform(-8, 8))
    cos, sin = math.cos(a) * 0.84, math.sin(a) * 0.84
    lean = (cos, sin, 800 - 800 * cos - 600 * sin, -sin, cos, 600 + 800 * sin - 600 * cos)
    sheet = sheet.transform(SIZE, Image.Transform.AFFINE, lean, Image.Resampling.BILINEAR)
    soft = cloud(SIZE, (700, 500), rng).point([150 + v * 100 // 255 for v in range(256)])
    sheet = multiply(sheet, soft, (96, 62, 72), 0.8)
    shine = GLOSS.get(craft, 0.1)
    side = rng.choice((300, 1250))
    sheet.paste((255, 248, 230), (0, 0), fade(glow(SIZE, (side, 180), 900), 0.16 + 0.3 * shine))
    sheet.paste((40, 22, 30), (0, 0), fade(glow(SIZE, (1600 - side, 1350), 950), 0.45))
    return sheet


def _close_up(motif: str, craft: str, look: Look, seed: int, rng: Random) -> Image.Image:
    sheet = wall_and_table(look, rng, 1400, bare=True)
    sprite = scaled(_sprite(motif, craft, look, seed, HERO_WIDTH * 1.6), 1.4)
    _, top, _, low = sprite.layer.alpha.getbbox()
    y = 190 - top + sprite.foot[1] if low - top > 900 else 1060
    put(sheet, sprite, rng.choice((rng.uniform(420, 560), rng.uniform(1040, 1180))), y)
    return sheet


def _in_use(motif: str, craft: str, look: Look, seed: int, rng: Random) -> Image.Image:
    sprite = _sprite(motif, craft, look, seed, HERO_WIDTH * 0.78)
    if sprite.stance == "lie":
        sheet = from_above(look, rng)
        props.laid_around(sheet, look, rng)
        put(sheet, turned(_fit(sprite, 760, 800), _lean(motif, rng)), 800 + rng.uniform(-90, 90), 610)
        return sheet
    if sprite.stance == "hang":
        sheet = wall_and_table(look, rng, 1010)
        put(sheet, _fit(sprite, 680, 780), 800 + rng.choice((-190, 190)), 450)
        props.standing(sheet, look, rng, rng.choice((300, 1300)), 1090, tall=True)
        return sheet
    horizon = rng.uniform(600, 700)
    sheet = wall_and_table(look, rng, horizon)
    side = rng.choice((-1, 1))
    props.standing(sheet, look, rng, 800 + side * 470, horizon + 120, tall=True)
    second = scaled(_fit(_sprite(motif, craft, look, seed + 1, HERO_WIDTH * 0.55), 460, 460), 0.9)
    if second.stance == "stand":
        put(sheet, second, 800 - side * 330, horizon + 150)
    put(sheet, _fit(sprite, 680, 640), 800 + side * 40, min(1080, horizon + 320))
    props.scattered(sheet, look, rng, 800 + side * 440, min(1110, horizon + 370))
    return sheet


def _makers_table(motif: str, craft: str, look: Look, seed: int, rng: Random) -> Image.Image:
    sprite = _sprite(motif, craft, look, seed, HERO_WIDTH * 0.7)
    if sprite.stance == "stand":
        sheet = wall_and_table(look, rng, 430)
        tools.lay(sheet, craft, look, rng, 640)
        put(sheet, _fit(sprite, 660, 620), 800 + rng.uniform(-60, 60), 830)
    else:
        sheet = from_above(look, rng, "boards")
        tools.lay(sheet, craft, look, rng, 0)
        put(sheet, turned(_fit(sprite, 760, 720), rng.uniform(-14, 14)), 795, 560)
    return sheet
