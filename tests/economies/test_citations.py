"""What buyers read of a source, and that the packaged rows name nothing that only their writer knows."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from marketplace.economies.citations import Citation, cite

PROJECT = Path(__file__).resolve().parents[2]
DATA = sorted(
    file
    for app in ("marketplace", "catalogue", "storefront")
    for file in (PROJECT / app).rglob("*.csv")
    if "data" in file.parts
)
NOTES = re.compile(r"from memory|\bmemory\b|\bresearch(?:ed)? of\b|not researched|\b[a-z_]+\.(?:md|csv)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("source", "citation", "text"),
    [
        ("ato.gov.au", Citation("ato.gov.au", True), "ato.gov.au"),
        ("ato.gov.au; unverified: duty range", Citation("ato.gov.au", False), "ato.gov.au, not verified yet"),
        ("Act of 2022 (unverified)", Citation("Act of 2022", False), "Act of 2022, not verified yet"),
        ("Unverified sample, to be checked by the operator", Citation("", False), "not verified yet"),
        ("ECB; Unverified sample: made up", Citation("ECB", False), "ECB, not verified yet"),
        ("", Citation("", True), ""),
    ],
)
def test_a_buyer_reads_who_says_so_and_whether_anybody_checked_it(source, citation, text):
    assert cite(source) == citation
    assert str(cite(source)) == text


def test_a_page_has_the_name_in_english_and_never_runs_it():
    drawn = Template("{% load storefront %}{% source text %}")
    with override("en"):
        assert drawn.render(Context({"text": "<b>; unverified: x"})) == (
            '<small class="soft"><span lang="en">&lt;b&gt;</span> · not verified yet</small>'
        )
        assert drawn.render(Context({"text": ""})) == ""


def test_no_packaged_row_names_notes_of_its_writer():
    assert len(DATA) > 20
    found = {file.name: match.group() for file in DATA if (match := NOTES.search(file.read_text(encoding="utf-8")))}
    assert found == {}
