"""How files leave again: what they may do in a browser, what they are called, and that nobody orders pictures by URL."""

from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import Http404
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.images import get_image_model
from wagtail.images.views.serve import SendFileView, ServeView, generate_signature

from storefront.private_files import stored_file_response
from tests.factories.pieces import make_picture

KINDS = [
    ("a.jpg", True, "image/jpeg", "inline"),
    ("a.m4a", True, "audio/mp4", "inline"),
    ("a.jpg", False, "image/jpeg", "attachment"),
    ("a.pdf", True, "application/pdf", "attachment"),
    ("a.html", True, "application/octet-stream", "attachment"),
    ("a.svg", True, "application/octet-stream", "attachment"),
    ("a.js", True, "application/octet-stream", "attachment"),
    ("a.xhtml", True, "application/octet-stream", "attachment"),
    ("a", True, "application/octet-stream", "attachment"),
]


@pytest.mark.parametrize("name, inline, kind, way", KINDS)
def test_a_file_is_what_its_kind_says_and_runs_nothing(name, inline, kind, way):
    stored = storages["private"].save(name, ContentFile(b"<script>alert(1)</script>"))
    answer = stored_file_response(storages["private"], stored, filename=name, inline=inline)
    assert (answer["Content-Type"], answer["Content-Disposition"].split(";")[0]) == (kind, way)
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].endswith("sandbox") and "script-src" not in answer["Content-Security-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin" and answer["Content-Length"] == "25"
    answer.file_to_stream.close()


NAMES = {
    "../../etc/passwd": "..-..-etc-passwd",
    'a".html\r\nSet-Cookie: x=1': "a-.html Set-Cookie- x=1",
    "gnp.\u202egpj.exe": "gnp.gpj.exe",
    "a\x00b.jpg": "ab.jpg",
    "x" * 5000 + ".jpg": "x" * 120 + ".jpg",
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_to_save_under_is_plain(name):
    stored = storages["private"].save("a.jpg", ContentFile(b"x"))
    answer = stored_file_response(storages["private"], stored, filename=name)
    assert answer["Content-Disposition"] == f'attachment; filename="{NAMES[name]}"'
    answer.file_to_stream.close()


def test_a_file_that_is_gone_is_missing():
    with pytest.raises(Http404):
        stored_file_response(storages["private"], "no/such.jpg", filename="a.jpg")


# Renditions are made by our templates, never by an address (case 50)


def views(patterns=None):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.callback


def test_no_route_draws_a_picture_that_a_stranger_describes():
    classes = [getattr(view, "view_class", None) for view in views()]
    assert len(classes) > 100 and not {ServeView, SendFileView} & set(classes)


FILTERS = ["width-99999", "max-50000x50000", "fill-9999x9999-c100", "<script>alert(1)</script>", "original", "width-1|" * 500]


@pytest.mark.django_db
@pytest.mark.parametrize("spec", FILTERS, ids=range(len(FILTERS)))
def test_nobody_orders_a_rendition(client, cast, spec):
    picture = make_picture()
    made = get_image_model().get_rendition_model().objects.count
    signature = generate_signature(picture.pk, spec)
    for path in (f"/images/{signature}/{picture.pk}/{spec}/", f"/en/images/{signature}/{picture.pk}/{spec}/"):
        assert client.get(path).status_code == 404
    path = reverse("wagtailimages:preview", args=(picture.pk, "x")).replace("/x/", f"/{quote(spec)}/")
    for person in cast.all_but("staff"):
        assert person.client.get(path).status_code in (302, 403, 404), (person, path)
    # Somebody of the staff is told what is wrong with it; nothing is drawn larger than it is, and nothing is kept.
    answer = cast.staff.client.get(path)
    body = b"".join(answer)
    assert answer.status_code < 500 and len(body) < 100_000
    assert b"<script>alert" not in body or not answer["Content-Type"].startswith("text/html")
    assert made() == 0
