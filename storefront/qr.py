"""A square code that a telephone's camera reads, as a picture within the page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """SVG without size or script, dark on white whatever the page's colours are: cameras read it so.

    Medium error correction, so that a folded paper can still be read.
    """
    drawn = segno.make_qr(text, error="m").svg_inline(scale=6, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(drawn)  # segno's own drawing: no text of anybody stands in it
