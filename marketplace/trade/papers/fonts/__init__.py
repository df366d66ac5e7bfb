"""Which font draws which character, and the small fonts that go into one PDF. What the files hold: README.md.

A face has a name: "regular", "bold", "thai", or for Han characters, kana and Hangul a language ("ja", "ko",
"zh-hans", "zh-hant"), since the same character is drawn differently in each.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb

HERE = Path(__file__).parent
HAN_FACES = ("ja", "ko", "zh-hans", "zh-hant")  # in the order of build.py
FILES = {
    "regular": ("NotoSans-Regular-papers.ttf", 0),
    "bold": ("NotoSans-Bold-papers.ttf", 0),
    "thai": ("NotoSansThai-Regular-papers.ttf", 0),
    **{language: ("NotoSansCJK-papers.ttc", index) for index, language in enumerate(HAN_FACES)},
}
# 1970 in seconds since 1904, from which font files count.
EPOCH = 2_082_844_800
# Canonical composition would exchange these for other characters: in a name the difference is meant.
COMPATIBILITY = re.compile(r"([\uF900-\uFAFF\U0002F800-\U0002FA1F]+)")
# Which of several drawings of a character: it asks for a font that has them all; the character itself is the same.
SELECTORS = re.compile(r"[\uFE00-\uFE0F\U000E0100-\U000E01EF]")
SPACES = re.compile(r"[\t\r\f\v\u00A0\u2000-\u200A\u202F\u205F\u3000]")


class MissingCharacter(ValueError):
    """None of our fonts can draw ``character``."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(f"{character!r} U+{ord(character):04X}")


@dataclass(frozen=True)
class Face:
    """A font, ready to measure with."""

    name: str
    font: hb.Font
    upem: int
    codes: frozenset[int]

    def advance(self, character: str) -> float:
        """The width of one character for a size of 1."""
        return _advance(self.name, character)


@lru_cache(maxsize=len(FILES))
def face(name: str) -> Face:
    file, index = FILES[name]
    data = hb.Face(_file(file), index)
    return Face(name, hb.Font(data), data.upem, frozenset(data.unicodes))


@lru_cache(maxsize=len(FILES))
def _file(name: str) -> hb.Blob:
    return hb.Blob.from_file_path(str(HERE / name))


@lru_cache(maxsize=4096)
def _advance(name: str, character: str) -> float:
    known = face(name)
    return known.font.get_glyph_h_advance(known.font.get_nominal_glyph(ord(character))) / known.upem


def tidy(text: str) -> str:
    """The text as it is printed: composed, any space an ordinary one, no choice of a character's drawing."""
    parts = COMPATIBILITY.split(SELECTORS.sub("", text))
    composed = "".join(unicodedata.normalize("NFC", part) if at % 2 == 0 else part for at, part in enumerate(parts))
    return SPACES.sub(" ", composed)


def faces_for(language: str, bold: bool = False) -> tuple[str, ...]:
    """Faces to try in turn. The variant of Han characters goes by the language; without one it is Japanese."""
    han = next((name for name in HAN_FACES if language.lower().startswith(name)), "")
    han = han or ("zh-hans" if language.lower().startswith("zh") else "ja")
    latin = ("bold", "regular") if bold else ("regular",)
    return (*latin, "thai", han)


def missing(text: str) -> list[str]:
    """The characters of ``text`` that cannot be drawn, each once."""
    wanted = dict.fromkeys(char for char in tidy(text) if char != "\n")
    return [char for char in wanted if not any(ord(char) in face(name).codes for name in faces_for("ja"))]


@dataclass(frozen=True)
class Run:
    """Characters in a row from one face. ``shaped``: marks must be placed, so the drawing is not the plain row."""

    text: str
    face: str
    shaped: bool

    @property
    def width(self) -> float:
        """For a size of 1."""
        if self.shaped:
            return sum(position.x_advance for _info, position in shape(self)) / face(self.face).upem
        return sum(face(self.face).advance(char) for char in self.text)


def runs(text: str, language: str = "", bold: bool = False) -> list[Run]:
    """``text`` (already tidy) cut by face. Raises MissingCharacter."""
    known = [(name, face(name).codes) for name in faces_for(language, bold)]
    found: list[list[str]] = []
    for char in text:
        name = next((name for name, codes in known if ord(char) in codes), None)
        if name is None:
            raise MissingCharacter(char)
        if found and found[-1][0] == name:
            found[-1][1] += char
        else:
            found.append([name, char])
    return [Run(part, name, name == "thai" or _has_marks(part)) for name, part in found]


def width(text: str, language: str = "", bold: bool = False) -> float:
    """Of a line, for a size of 1."""
    return sum(run.width for run in runs(text, language, bold))


def _has_marks(text: str) -> bool:
    return any(unicodedata.category(char) == "Mn" for char in text)


def shape(run: Run) -> list[tuple[hb.GlyphInfo, hb.GlyphPosition]]:
    """HarfBuzz's glyphs and their places, in units of the face."""
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    hb.shape(face(run.face).font, buffer)
    return list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))


def outlines(run: Run) -> Iterator[tuple[str, tuple[tuple[float, float], ...]]]:
    """The drawing of a shaped run for a size of 1, from its start on the baseline, y upwards: pen commands."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.pens.transformPen import TransformPen

    known = face(run.face)
    x = y = 0
    for info, place in shape(run):
        pen = DecomposingRecordingPen({})
        moved = TransformPen(
            pen, (1 / known.upem, 0, 0, 1 / known.upem, (x + place.x_offset) / known.upem, (y + place.y_offset) / known.upem)
        )
        known.font.draw_glyph_with_pen(info.codepoint, moved)
        yield from pen.value
        x, y = x + place.x_advance, y + place.y_advance


@lru_cache(maxsize=32)
def small_font(name: str, characters: frozenset[str]) -> bytes:
    """A TrueType font of these characters only, drawn as in the face ``name``, for embedding."""
    if name not in HAN_FACES:
        return _cut_down(name, characters)
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    known = face(name)
    glyphs = {}
    for code in sorted({ord(char) for char in characters}):
        number = known.font.get_nominal_glyph(code)
        pen = TTGlyphPen(None)
        known.font.draw_glyph_with_pen(number, Cu2QuPen(pen, known.upem / 1000))
        glyphs[code] = (pen.glyph(), known.font.get_glyph_h_advance(number))
    extents = known.font.get_font_extents("ltr")
    return _built(name, known.upem, glyphs, (extents.ascender, extents.descender))


def _cut_down(name: str, characters: Iterable[str]) -> bytes:
    wanted = hb.SubsetInput()
    wanted.unicode_set.clear()
    wanted.unicode_set.update(ord(char) for char in characters)
    wanted.layout_feature_tag_set.clear()
    file, index = FILES[name]
    return hb.subset(hb.Face(_file(file), index), wanted).blob.data


# The width of every character of a blank font, for a size of 1.
BLANK = 0.5


def blank_font(characters: Iterable[str]) -> bytes:
    """A font that draws nothing: for text beneath a drawing. Also marks have a width, or readers of files part them."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    glyphs = {code: (TTGlyphPen(None).glyph(), int(1000 * BLANK)) for code in sorted({ord(char) for char in characters})}
    return _built("blank", 1000, glyphs, (1000, -300))


def _built(name: str, upem: int, drawn: Mapping[int, tuple[object, int]], extents: tuple[int, int]) -> bytes:
    """``drawn``: code point → glyph and its advance; ``extents``: ascent and descent, all in units of ``upem``."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = {code: f"u{code:04X}" for code in drawn}
    builder = FontBuilder(upem, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), **{names[code]: drawn[code][0] for code in drawn}})
    # The left bearing is where the drawing starts: readers of the file move it to where the table says.
    for glyph, _advance in drawn.values():
        glyph.recalcBounds(None)
    metrics = {names[code]: (advance, glyph.xMin) for code, (glyph, advance) in drawn.items()}
    builder.setupHorizontalMetrics({".notdef": (upem // 2, 0), **metrics})
    builder.setupHorizontalHeader(ascent=extents[0], descent=extents[1])
    builder.setupNameTable({"familyName": f"Noto {name}", "styleName": "Regular", "fullName": f"NotoSans-{name}"})
    builder.setupOS2(sTypoAscender=extents[0], sTypoDescender=extents[1], sCapHeight=upem * 7 // 10)
    builder.setupPost()
    # No time of making: the same characters are the same bytes.
    builder.font.recalcTimestamp = False
    builder.updateHead(created=EPOCH, modified=EPOCH)
    file = BytesIO()
    builder.save(file)
    return file.getvalue()
