"""Which pages are measured, and what they cost in SQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from urllib.parse import urlencode

import psycopg

from bench.servers import NAME, ROOT, SITE, Failed
from storefront.demo import content

# The English page of a story.
STORY = """SELECT page.id FROM wagtailcore_page page JOIN wagtailcore_locale locale ON locale.id = page.locale_id
JOIN storefront_storypage story ON story.page_ptr_id = page.id WHERE page.slug = %s AND locale.language_code = 'en'"""


def addresses(database: str) -> dict[str, str]:
    """Page → address, all of the demo's own content; generated pieces only fill the lists."""
    code = next(
        row["code"] for _workshop, row in content.pieces() if row["pictures"] > 2 and "variant" not in row
    )
    with psycopg.connect(database) as connection:
        find = "SELECT slug, product_id FROM storefront_productcard WHERE code = %s"
        slug, pk = connection.execute(find, [code]).fetchone()
        story = content.stories()[0]["slug"]
        page = connection.execute(STORY, [story]).fetchone()[0]
    village, craft = content.villages()[0], content.crafts()[0]
    return {
        "home": "/en/",
        "listing": "/en/products/",
        "filtered": f"/en/products/?economy={village['economy']}&craft={craft['slug']}&available=1&sort=price",
        "product": f"/en/products/{slug}-{pk}/",
        "story": f"/en/stories/{story}/",
        "village": f"/en/villages/{village['slug']}/",
        "search": "/en/search/?q=indigo",
        "card": f"/embed/v1/en/story/{story}-{page}/",
        "oembed": f"/oembed/?{urlencode({'url': f'https://{NAME}/en/stories/{story}/'})}",
    }


def statements(database: str, pages: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Page → SQL statements in a worker that has just started, and in one that runs; without the page cache."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.pages"],
        input=json.dumps(pages),
        cwd=ROOT,
        env=os.environ | SITE | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failed(done.stderr[-2000:])
    return {name: tuple(pair) for name, pair in json.loads(done.stdout).items()}


def _count(pages: dict[str, str]) -> dict[str, tuple[int, int]]:
    import django

    django.setup()
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from storefront.embeds import remembered
    from storefront.listing import cube, directory, version

    client, found = Client(headers={"Host": NAME, "X-Forwarded-Proto": "https"}), {}
    for name, address in pages.items():
        client.get(address)
        for kept in (version, directory, cube, remembered):
            kept.forget()
        cache.clear()
        numbers = []
        for _worker in ("new", "running"):
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            numbers.append(len(captured))
        found[name] = tuple(numbers)
    return found


if __name__ == "__main__":
    print(json.dumps(_count(json.load(sys.stdin))))
