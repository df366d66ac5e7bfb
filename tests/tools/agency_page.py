"""A travel agency's plain page (the demo's sample agency), on another origin than the shop, with a story of the shop.

It does what any consumer of oEmbed does: fetch the story's page, find the discovery link in it, ask there for
html, and put that into its own page.

``python -m tests.tools.agency_page --shop http://127.0.0.1:8000 --port 8002``
"""

import argparse
import json
from html import escape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

STORY = "stories/the-bowl-that-waits/"
WORDS = {
    "en": (
        "Chang Thong Travel",
        "Three days on the river",
        "Day two: the village we like best. Its makers tell it themselves.",
    ),
    "ja": (
        "チャントーン・トラベル",
        "川をくだる三日間",
        "二日目は、いちばん好きな村へ。つくり手の言葉で読めます。",
    ),
}
STYLE = """body { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; font: 1.0625rem/1.7 sans-serif; }
body { color: #223; background: #fbf7ef; } iframe { max-width: 100%; }
header { display: flex; justify-content: space-between; border-bottom: 3px solid #d9762b; }
blockquote { margin: 2rem 0 1rem; }"""
# What an agency with a strict policy has to allow: the shop's frames, and for their height on phones styles as attributes.
POLICY = "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; frame-src {shop}"
open_url = build_opener(ProxyHandler({})).open


class DiscoveryLink(HTMLParser):
    """``href`` of the first oEmbed link in a page; empty when there is none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.href = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "link" and values.get("type") == "application/json+oembed":
            self.href = self.href or values.get("href") or ""


def embed(story: str, **parameters: str | int) -> dict:
    """The oEmbed answer for the page at URL ``story``. Raises OSError, or ValueError when it offers none."""
    with open_url(story, timeout=10) as answer:
        href = DiscoveryLink(answer.read(150_000).decode(errors="replace")).href
    with open_url(f"{href}&{urlencode(parameters)}", timeout=10) as answer:
        return json.load(answer)


def render(language: str, html: str) -> str:
    """The agency's page around what the shop answered."""
    name, heading, text = map(escape, WORDS[language])
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading} · {name}</title><link rel="stylesheet" href="/style.css"></head>
<body><header><strong>{name}</strong> <nav><a href="/">English</a> <a href="/ja/">日本語</a></nav></header>
<main><h1>{heading}</h1><p>{text}</p>{html}</main></body></html>"""


def other_name(shop: str) -> str:
    """This machine under another name than the shop's, so that for a browser the two are different sites."""
    return "127.0.0.1" if urlsplit(shop).hostname == "localhost" else "localhost"


class Agency(ThreadingHTTPServer):
    """Serves ``/`` (English) and ``/ja/``, with the shop's ``story`` in that language."""

    daemon_threads = True

    def __init__(self, shop: str, port: int = 0, story: str = STORY, via: str = "chang-thong") -> None:
        super().__init__(("127.0.0.1", port), Page)
        self.shop, self.story, self.via = shop.rstrip("/"), story, via
        self.url = f"http://{other_name(shop)}:{self.server_port}"

    def __enter__(self) -> "Agency":
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self.server_close()


class Page(BaseHTTPRequestHandler):
    server: Agency

    def do_GET(self) -> None:
        pages = {"/": "en", "/ja/": "ja"}
        if self.path == "/style.css":
            self._send(200, "text/css", STYLE)
        elif self.path in pages:
            self._send(200, "text/html", render(pages[self.path], self._story(pages[self.path])))
        else:
            self._send(404, "text/plain", "Not here.")

    def _story(self, language: str) -> str:
        story = f"{self.server.shop}/{language}/{quote(self.server.story)}"
        try:
            return embed(story, maxwidth=700, via=self.server.via)["html"]
        except (OSError, ValueError, KeyError):
            return f'<p><a href="{escape(story)}">{escape(story)}</a></p>'

    def _send(self, status: int, media_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY.format(shop=self.server.shop))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silence: the terminal belongs to the shop."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", required=True, help="address of the shop, such as http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--story", default=STORY, help="path of the story below the language")
    options = parser.parse_args()
    agency = Agency(options.shop, options.port, options.story)
    print(f"The agency's page is at {agency.url}/ and {agency.url}/ja/", flush=True)
    agency.serve_forever()


if __name__ == "__main__":
    main()
