"""The things of the shop. Each motif is ``(look, craft, rng, width) -> Sprite``, *width* in pixels."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..palettes import Look
from ..stage import Sprite
from . import cases, cloths, handled, round_flat, small, vessels

Motif = Callable[[Look, str, Random, float], Sprite]

MOTIFS: dict[str, Motif] = {
    "bowl": vessels.bowl,
    "plate": round_flat.plate,
    "vase": vessels.vase,
    "teacup": vessels.teacup,
    "teapot": handled.teapot,
    "box": cases.box,
    "tray": cases.tray,
    "scarf": cloths.scarf,
    "cloth": cloths.cloth,
    "bag": cloths.bag,
    "basket": handled.basket,
    "notebook": cases.notebook,
    "paper": cases.paper,
    "lamp": handled.lamp,
    "spoon": small.spoon,
    "pin": small.pin,
    "earrings": small.earrings,
    "hat": round_flat.hat,
    "mat": round_flat.mat,
    "blanket": cloths.blanket,
    "figure": small.figure,
    "jar": vessels.jar,
    "fan": round_flat.fan,
    "cushion": cloths.cushion,
}
