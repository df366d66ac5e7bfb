"""Pictures for the demonstration shop, drawn by this package: no photograph, no outside source.

>>> picture = draw_piece(motif="bowl", craft="lacquer", palette="vermilion", seed=1, view=0)
>>> save(picture, "bowl.jpg")
"""

from __future__ import annotations

from os import PathLike

from PIL import Image

from .piece import draw_piece
from .portrait import draw_portrait
from .scenes import SCENES, draw_scene

__all__ = ["SCENES", "draw_piece", "draw_portrait", "draw_scene", "save"]


def save(image: Image.Image, path: str | PathLike[str], *, quality: int = 86) -> None:
    """Write *image* as a plain JPEG (a progressive one takes six times as long). Raises OSError when that fails."""
    image.save(path, "JPEG", quality=quality)
