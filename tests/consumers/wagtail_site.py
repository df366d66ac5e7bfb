"""An agency's own Wagtail, in a process of its own: our provider definition, a template tag and a block.

``python -m tests.consumers.wagtail_site SHOP FOLDER`` says its own address; below it ``?url=…`` is a page that embeds
the given address in three ways. FOLDER takes its database.
"""

import re
import sys
from ast import literal_eval
from pathlib import Path
from wsgiref.simple_server import make_server

from django.conf import settings

DOCS = Path(__file__).resolve().parents[2] / "docs" / "embedding.md"
urlpatterns = []
PAGE = """{% load wagtailcore_tags wagtailembeds_tags %}<!doctype html><title>Three days on the river</title>
<div id="tag">{% embed url max_width=640 %}</div>
<div id="block">{{ body }}</div>
<div id="words">{{ words|richtext }}</div>
"""


def finders(shop: str) -> list[dict]:
    """What docs/embedding.md tells Wagtail's people to write into their settings, with the shop's real address."""
    text = re.search(r"```python\nWAGTAILEMBEDS_FINDERS = (.*?)\n```", DOCS.read_text("utf-8"), re.DOTALL)[1]
    text = text.replace("https://shop\\.example", re.escape(shop)).replace("https://shop.example", shop)
    return literal_eval(text)


def configure(shop: str, folder: str) -> None:
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="only for tests",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/wagtail.sqlite"}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "modelcluster",
            "taggit",
            "wagtail.users",
            "wagtail.admin",
            "wagtail.images",
            "wagtail.documents",
            "wagtail.embeds",
            "wagtail",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        WAGTAILEMBEDS_FINDERS=finders(shop),
        USE_TZ=True,
    )


def page(request):
    from django.http import HttpResponse
    from django.template import engines
    from django.utils.html import format_html
    from wagtail.blocks import StreamBlock
    from wagtail.embeds.blocks import EmbedBlock

    url = request.GET["url"]
    # As a StreamField keeps it.
    body = StreamBlock([("embed", EmbedBlock())]).to_python([{"type": "embed", "value": url}])
    # As Wagtail's editor of rich text keeps what its button "Embed" puts in.
    words = format_html('<p>Day two.</p><embed embedtype="media" url="{}"/>', url)
    given = {"url": url, "body": body, "words": words}
    return HttpResponse(engines["django"].from_string(PAGE).render(given))


def main(shop: str, folder: str) -> None:
    import django.urls
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command

    configure(shop, folder)
    django.setup()
    urlpatterns.append(django.urls.path("", page))
    call_command("migrate", "wagtailembeds", verbosity=0)
    server = make_server("127.0.0.1", 0, WSGIHandler())
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
