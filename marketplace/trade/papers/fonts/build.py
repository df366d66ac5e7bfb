"""Makes the fonts of this folder again from the files that README.md names. Only needed to change what they cover.

    python marketplace/trade/papers/fonts/build.py NotoSansCJK-Regular.ttc NotoSans-Regular.ttf NotoSans-Bold.ttf \
        NotoSansThai-Regular.ttf
"""

import struct
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

HERE = Path(__file__).parent
# The faces of the collection in the order that marketplace/trade/papers/fonts/__init__.py names them: the index in
# Noto's file, and the character sets whose Han characters have a drawing of their own in that language.
FACES = {
    "ja": (0, ("euc_jisx0213", "cp932")),
    "ko": (1, ("cp949",)),
    "zh-hans": (2, ("gb2312",)),
    "zh-hant": (3, ("cp950", "big5hkscs")),
}
BASE = "zh-hant"  # draws what stands in none of a language's own sets
HAN = [(0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x30000)]  # always
RARE = [(0x3400, 0x4DC0)]  # where a character set has them, or Mainland China's list of 2013 for general use
GENERAL_USE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘"
    "䥽䦃䲟䲠䲢䲣䴓䴔䴕䴖䴗䴘䴙䶮"
)
# CJK punctuation, kana, bopomofo, Hangul, full and half width, a few signs that stand in names of firms.
SIGNS = [(0x3000, 0x3130), (0x3131, 0x318F), (0x31A0, 0x31C0), (0x31F0, 0x3200), (0xAC00, 0xD7A4), (0xFF01, 0xFFDD)]
SIGNS += [(0x2460, 0x2474), (0x3231, 0x3233), (0x3239, 0x323A), (0x337B, 0x3380)]
LATIN = [(0x20, 0x7F), (0xA0, 0x530), (0x1AB0, 0x1AF0), (0x1C80, 0x1C90), (0x1D00, 0x2070), (0x2070, 0x20D0)]
LATIN += [(0x2100, 0x2150), (0x2150, 0x2190), (0x2212, 0x2213), (0x2C60, 0x2C80), (0xA640, 0xA6A0), (0xA720, 0xA800)]
SANS = {"NotoSans-Regular.ttf": LATIN, "NotoSans-Bold.ttf": LATIN, "NotoSansThai-Regular.ttf": [(0xE01, 0xE5C)]}


def within(code: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start <= code < end for start, end in ranges)


def has(code: int, codecs: Iterable[str]) -> bool:
    for codec in codecs:
        try:
            chr(code).encode(codec)
        except UnicodeEncodeError:
            continue
        return True
    return False


def build_han(source: Path) -> None:
    """One collection whose four faces share all drawings and differ in which drawing a character has."""
    blob = hb.Blob.from_file_path(str(source))
    glyph = {language: _glyphs(hb.Face(blob, index)) for language, (index, _sets) in FACES.items()}
    every = [codec for _index, sets in FACES.values() for codec in sets]
    chosen: dict[str, dict[int, int]] = {}
    for language, (_index, sets) in FACES.items():
        chosen[language] = {
            code: glyph[language if within(code, SIGNS) or has(code, sets) else BASE][code]
            for code in glyph[language]
            if within(code, HAN) or within(code, SIGNS) or (within(code, RARE) and (has(code, every) or chr(code) in GENERAL_USE))
        }
    union = sorted({0, *(number for table in chosen.values() for number in table.values())})
    place = {number: position for position, number in enumerate(union)}
    subset = _subset(hb.Face(blob, 0), glyphs=union)
    faces = [_with_cmap(subset, {code: place[number] for code, number in table.items()}) for table in chosen.values()]
    collection = TTCollection()
    collection.fonts = faces
    collection.save(HERE / "NotoSansCJK-papers.ttc", shareTables=True)


def build_plain(source: Path, ranges: Iterable[tuple[int, int]]) -> None:
    """Latin, Cyrillic, Greek or Thai with all that shaping needs."""
    face = hb.Face(hb.Blob.from_file_path(str(source)))
    data = _subset(face, codes=[code for code in face.unicodes if within(code, ranges)])
    (HERE / f"{source.stem}-papers.ttf").write_bytes(data)


def _glyphs(face: hb.Face) -> dict[int, int]:
    nominal: Callable[[int], int] = hb.Font(face).get_nominal_glyph
    return {code: nominal(code) for code in face.unicodes}


def _subset(face: hb.Face, *, glyphs: Iterable[int] = (), codes: Iterable[int] = ()) -> bytes:
    wanted = hb.SubsetInput()
    wanted.unicode_set.clear()
    wanted.glyph_set.update(glyphs)
    wanted.unicode_set.update(codes)
    wanted.flags |= hb.SubsetFlags.NO_HINTING
    if glyphs:
        wanted.layout_feature_tag_set.clear()
    return hb.subset(face, wanted).blob.data


def _with_cmap(data: bytes, table: dict[int, int]) -> TTFont:
    """The font with another table of characters; written by hand, since fontTools would unpack every drawing."""
    groups: list[list[int]] = []
    for code, number in sorted(table.items()):
        if groups and code == groups[-1][1] + 1 and number == groups[-1][2] + code - groups[-1][0]:
            groups[-1][1] = code
        else:
            groups.append([code, code, number])
    body = b"".join(struct.pack(">III", *group) for group in groups)
    header = struct.pack(">HHHHIHHIII", 0, 1, 3, 10, 12, 12, 0, 16 + len(body), 0, len(groups))
    font = TTFont(BytesIO(data), lazy=True)
    font["cmap"] = DefaultTable("cmap")
    font["cmap"].data = header + body
    return font


if __name__ == "__main__":
    for given in map(Path, sys.argv[1:]):
        if given.suffix == ".ttc":
            build_han(given)
        else:
            build_plain(given, SANS[given.name])
