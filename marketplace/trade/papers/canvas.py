"""Pages in millimetres, from the top left corner. What is drawn is kept and written as one PDF at the end.

Scripts whose marks must be placed (Thai) are drawn as outlines, with the same text invisibly beneath: so every reader of
the file gets the exact characters in their order, which shaped glyphs do not give. fpdf2 writes the file.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import budoux

from marketplace.trade.papers import fonts

POINT = 25.4 / 72  # millimetres
LEADING = 1.32
HIDDEN = "hidden"  # the font of text that is there to be read back, not to be seen
Align = Literal["left", "right", "center"]
# May be broken between any two: Han, kana. Others at blanks; Thai between phrases.
HAN = r"\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
ATOM = re.compile(f" +|[{HAN}]|[^ {HAN}]+")
THAI = re.compile(r"[\u0e01-\u0e5b]{6,}")
NOT_FIRST = "、。，．）」』】〕〉》！？：；・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
NOT_LAST = "（「『【〔〈《〒"
# Written before their consonant, and the vowel that is written after but belongs to it.
LEADING_VOWELS, SARA_AM = "เแโใไ", "\u0e33"


def wrap(text: str, width: float, size: float, language: str = "", bold: bool = False) -> list[str]:
    """``text`` in lines of at most ``width`` mm at ``size`` points. Nothing is lost but the blanks at which it breaks."""
    lines = []
    for paragraph in fonts.tidy(text).split("\n"):
        line = ""
        for atom in _atoms(paragraph):
            if _fits(line + atom, width, size, language, bold):
                line += atom
                continue
            if line.strip():
                lines.append(line.rstrip(" "))
            *full, line = _cut(atom.lstrip(" "), width, size, language, bold)
            lines += full
        lines.append(line.rstrip(" "))
    return lines


def _fits(text: str, width: float, size: float, language: str, bold: bool) -> bool:
    return fonts.width(text.rstrip(" "), language, bold) * size * POINT <= width + 0.01


def _cut(atom: str, width: float, size: float, language: str, bold: bool) -> list[str]:
    """A word that is wider than the line, between letters; a letter stays with its marks."""
    parts = [""]
    for letter in letters(atom):
        if parts[-1] and not _fits(parts[-1] + letter, width, size, language, bold):
            parts.append("")
        parts[-1] += letter
    return parts


def letters(text: str) -> list[str]:
    """Letters with their marks."""
    found: list[str] = []
    for char in text:
        joined = unicodedata.category(char)[0] == "M" or char == SARA_AM
        if found and (joined or found[-1][-1] in LEADING_VOWELS):
            found[-1] += char
        else:
            found.append(char)
    return found


def _atoms(text: str) -> list[str]:
    """What stays on one line, with the blanks between as atoms of their own."""
    found: list[str] = []
    for atom in ATOM.findall(text):
        parts = _thai(atom) if THAI.search(atom) else [atom]
        for part in parts:
            if found and (part[0] in NOT_FIRST or found[-1][-1] in NOT_LAST):
                found[-1] += part
            else:
                found.append(part)
    return found


def _thai(text: str) -> list[str]:
    return _thai_parser().parse(text)


@lru_cache(maxsize=1)
def _thai_parser():
    return budoux.load_default_thai_parser()


class Canvas:
    """One document. ``width`` and ``height`` of its pages in mm."""

    def __init__(self, width: float, height: float, *, title: str, on) -> None:
        self.width, self.height, self.title, self.on = width, height, title, on
        self.pages: list[list[Callable]] = []
        self._page: list[Callable] = []
        self._used: dict[str, set[str]] = {}

    def page(self) -> int:
        """Starts a page; answers its number, from 1."""
        self.pages.append([])
        self._page = self.pages[-1]
        return len(self.pages)

    def open(self, number: int) -> None:
        """Goes on drawing on a page that is there, by its number from 1."""
        self._page = self.pages[number - 1]

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.2) -> None:
        def draw(pdf) -> None:
            pdf.set_line_width(weight)
            pdf.line(x1, y1, x2, y2)

        self._page.append(draw)

    def box(self, x: float, y: float, width: float, height: float, weight: float = 0.2) -> None:
        def draw(pdf) -> None:
            pdf.set_line_width(weight)
            pdf.rect(x, y, width, height)

        self._page.append(draw)

    def fill(self, x: float, y: float, width: float, height: float, grey: int = 0) -> None:
        """A filled rectangle; ``grey`` from 0, black, to 255."""

        def draw(pdf) -> None:
            pdf.set_fill_color(grey)
            pdf.rect(x, y, width, height, style="F")

        self._page.append(draw)

    def text(
        self, x: float, y: float, words: str, size: float = 8, *, bold: bool = False, language: str = "",
        align: Align = "left", width: float = 0,
    ) -> None:  # fmt: skip
        """One line whose baseline lies at ``y``; ``align`` within ``width`` from ``x``. Raises MissingCharacter."""
        words = fonts.tidy(words)
        parts = fonts.runs(words, language, bold)
        if align != "left":
            rest = width - sum(run.width for run in parts) * size * POINT
            x += rest if align == "right" else rest / 2
        for run in parts:
            self._used.setdefault(HIDDEN if run.shaped else run.face, set()).update(run.text)
            self._page.append(_shaped(run, x, y, size) if run.shaped else _plain(run, x, y, size))
            x += run.width * size * POINT

    def block(
        self, x: float, y: float, width: float, words: str | Sequence[str], size: float = 8, *, bold: bool = False,
        language: str = "", align: Align = "left",
    ) -> float:  # fmt: skip
        """Lines from the top edge ``y`` downwards, broken where they are too wide. Answers the y below them."""
        for paragraph in [words] if isinstance(words, str) else words:
            for line in wrap(paragraph, width, size, language, bold):
                self.text(x, y + size * POINT, line, size, bold=bold, language=language, align=align, width=width)
                y += size * POINT * LEADING
        return y

    def file(self) -> bytes:
        """The PDF. The same drawing gives the same bytes."""
        from fpdf import FPDF

        pdf = FPDF(unit="mm", format=(self.width, self.height))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_title(self.title)
        pdf.set_creation_date(datetime.combine(self.on, time(), UTC))
        with TemporaryDirectory() as folder:
            for name, characters in sorted(self._used.items()):
                path = Path(folder) / f"{name}.ttf"
                small = fonts.blank_font(characters) if name == HIDDEN else fonts.small_font(name, frozenset(characters))
                path.write_bytes(small)
                pdf.add_font(name, "", path)
            for drawings in self.pages:
                pdf.add_page()
                pdf.set_text_color(0)
                for draw in drawings:
                    draw(pdf)
            return bytes(pdf.output())


def measure(words: str, size: float = 8, *, bold: bool = False, language: str = "") -> float:
    """The width of a line in mm."""
    return fonts.width(fonts.tidy(words), language, bold) * size * POINT


def height(words: str | Sequence[str], width: float, size: float = 8, *, bold: bool = False, language: str = "") -> float:
    """What ``Canvas.block`` takes of the page, in mm."""
    paragraphs = [words] if isinstance(words, str) else words
    return sum(len(wrap(text, width, size, language, bold)) for text in paragraphs) * size * POINT * LEADING


def _plain(run: fonts.Run, x: float, y: float, size: float) -> Callable:
    def draw(pdf) -> None:
        pdf.set_font(run.face, size=size)
        pdf.text(x, y, run.text)

    return draw


def _shaped(run: fonts.Run, x: float, y: float, size: float) -> Callable:
    scale = size * POINT

    def draw(pdf) -> None:
        from fpdf.drawing import DeviceGray, PaintedPath

        path = PaintedPath()
        path.style.fill_color, path.style.stroke_color = DeviceGray(0), None
        for command, points in fonts.outlines(run):
            _draw(path, command, [(x + px * scale, y - py * scale) for px, py in points])
        with pdf.drawing_context() as context:
            context.add_item(path)
        # As wide as the drawing, so that the file's text lies where the eye sees it.
        pdf.set_font(HIDDEN, size=max(run.width * size / (len(run.text) * fonts.BLANK), 0.1))
        pdf.set_fill_color(255)  # unlike the text's colour: then fpdf2 ends the invisibility with the text
        pdf.text_mode = 3
        pdf.text(x, y, run.text)
        pdf.text_mode = 0

    return draw


def _draw(path, command: str, points: Sequence[tuple[float, float]]) -> None:
    if command == "moveTo":
        path.move_to(*points[0])
    elif command == "lineTo":
        path.line_to(*points[0])
    elif command == "qCurveTo":
        for at, control in enumerate(points[:-1]):
            after = points[at + 1]
            end = after if at == len(points) - 2 else ((control[0] + after[0]) / 2, (control[1] + after[1]) / 2)
            path.quadratic_curve_to(*control, *end)
    elif command == "curveTo":
        path.curve_to(*points[0], *points[1], *points[2])
    else:
        path.close()
