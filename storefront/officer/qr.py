"""A square code that a telephone's camera reads, as a picture within the page."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """SVG without size or script; medium error correction, so that a folded paper can still be read."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr", lineclass=None
    )
    return mark_safe(out.getvalue().decode())  # segno's own drawing: no text of anybody stands in it
