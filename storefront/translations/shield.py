"""Glossary terms behind marks that a machine translator leaves alone. Pure."""

import re
from html import escape

from catalogue.glossary import Rule, places_of, plain

# An empty element: the services are asked to translate HTML or XML, and leave elements that they do not know where they are.
MARK = '<x id="g{number}"></x>'
FOUND = re.compile(r"<x id=[\"']?g(\d+)[\"']?\s*(?:/>|>\s*</x>)", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")


def shield(html: str, rules: list[Rule]) -> tuple[str, list[Rule]]:
    """``html`` with a numbered mark in place of every term of the glossary, and the rules behind the numbers."""
    hidden: list[Rule] = []
    parts, at = [], 0
    html = plain(html)
    for tag in [*TAG.finditer(html), None]:
        end = tag.start() if tag else len(html)
        parts.append(_shield_text(html[at:end], rules, hidden))
        if tag:
            parts.append(tag.group())
            at = tag.end()
    return "".join(parts), hidden


def _shield_text(text: str, rules: list[Rule], hidden: list[Rule]) -> str:
    parts, at = [], 0
    for start, end, rule in places_of(rules, text):
        parts += [text[at:start], MARK.format(number=len(hidden))]
        hidden.append(rule)
        at = end
    return "".join([*parts, text[at:]])


def unshield(html: str, hidden: list[Rule]) -> str | None:
    """``html`` with the glossary's words in place of the marks; None when a mark was lost, doubled or broken."""
    if sorted(FOUND.findall(html), key=int) != [str(number) for number in range(len(hidden))]:
        return None
    words = FOUND.sub(lambda mark: escape(hidden[int(mark.group(1))].expected, quote=False), html)
    return None if re.search(r"</?x\b", words, re.IGNORECASE) else words
