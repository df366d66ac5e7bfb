"""docs/embedding.md is what agencies copy from: what stands there is what works."""

import re
from pathlib import Path

from storefront.embeds.kinds import kinds
from storefront.embeds.options import Options

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "embedding.md").read_text("utf-8")


def test_every_option_and_status_is_told():
    for name in ("lang", *Options.__dataclass_fields__):
        assert re.search(rf"^\| `{name}` \|", GUIDE, re.MULTILINE), name
    for status in (200, 301, 400, 401, 404, 405, 410, 501, 503):
        assert f"| {status} |" in GUIDE, status


def test_every_kind_beside_another_is_told():
    for kind in kinds:
        if kind.beside:
            assert f"`?card={kind.name}`" in GUIDE, kind.name
