"""What keeps a paper from being made, field by field."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class PaperProblem:
    """``field`` names the field of the Declaration, ``line`` the goods line (from 1) or None; ``text`` is for the person.

    ``where`` says where it is mended: "piece" (of the id ``piece``), "parcel", "sender", "addressee" or "operator";
    "cn23": nowhere, the parcel needs that form.
    """

    field: str
    line: int | None
    text: str
    where: str = "operator"
    piece: int | None = None


class PaperRefused(Exception):
    """The paper was not made, and nothing of it exists. ``problems`` say why."""

    def __init__(self, paper: str, problems: list[PaperProblem]) -> None:
        self.paper = paper
        self.problems = problems
        super().__init__("\n".join(problem.text for problem in problems))


def in_line(line: int, sentence: str) -> str:
    """A sentence with the number of the goods line before it."""
    return _("Line %(line)s: %(sentence)s") % {"line": line, "sentence": sentence}
