"""The HTML of the hosted pages. Everything that came from outside is escaped here."""

from __future__ import annotations

import time
from html import escape
from pathlib import Path
from typing import Any

from . import currencies
from .checkout import email, offers, success_url
from .objects import Object
from .texts import TEXTS
from .wire import Answer

_CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def payment_page(session: Object, hidden: dict[str, Any], error: Object | None, lang: str) -> Answer:
    """The open session: what went wrong before, amount, lines, and the outcomes to choose from."""
    words = TEXTS[lang]
    amount = _money(session["amount_total"], session["currency"])
    parts = [
        f"<h1>{words['pay_title']}</h1>",
        f'<p class="amount"><span>{words["amount"]}</span> {amount}</p>',
        _failure(error, words) if error else "",
        f'<section class="card" aria-labelledby="lines"><h2 id="lines">{words["lines"]}</h2>',
        f'<ul class="lines">{"".join(_line(line, words) for line in hidden["line_items"])}</ul>',
        f'<p class="total"><span>{words["total"]}</span> <span class="money">{amount}</span></p>',
        f'<p class="small">{words["email"]}: {escape(email(session))}</p>',
        f'<p class="small">{_until(session, words)}</p></section>',
        _choices(session, hidden["nonce"], words),
    ]
    return _document(lang, words["pay_title"], "".join(parts))


def authentication_page(intent: Object, nonce: str, lang: str) -> Answer:
    """The bank's check."""
    words = TEXTS[lang]
    amount = _money(intent["amount"], intent["currency"])
    body = (
        f"<h1>{words['3ds_title']}</h1><p>{words['3ds_intro']}</p>"
        f'<p class="amount"><span>{words["amount"]}</span> {amount}</p>'
        + _form(nonce, [_button("3ds-complete", words, "first"), _button("3ds-fail", words)])
    )
    return _document(lang, words["3ds_title"], body)


def closed_page(session: Object, lang: str, *, waiting: bool, nonce: str) -> Answer:
    """A session that is no longer open: expired, paid, waiting for money, or never paid."""
    words = TEXTS[lang]
    if session["status"] == "expired":
        return note_page("expired", lang, status=410, link=session["cancel_url"])
    link = success_url(session)
    if waiting:
        buttons = [_button("arrive", words, "first"), _button("lapse", words)]
        form = _form(nonce, buttons, link=_leave(link, words))
        body = f"<h1>{words['waiting_title']}</h1><p>{words['waiting']}</p>{form}"
        return _document(lang, words["waiting_title"], body)
    return note_page("complete" if session["payment_status"] == "paid" else "unpaid", lang, link=link)


def note_page(
    name: str, lang: str, *, status: int = 200, link: str | None = None, label: str = "shop"
) -> Answer:
    """A page that only says something, with one link onwards."""
    words = TEXTS[lang]
    way = f'<p><a class="deed" href="{escape(link)}"><b>{words[label]}</b></a></p>' if link else ""
    body = f"<h1>{words[f'{name}_title']}</h1><p>{words[name]}</p>{way}"
    return _document(lang, words[f"{name}_title"], body, status)


def _document(lang: str, title: str, body: str, status: int = 200) -> Answer:
    words = TEXTS[lang]
    html = f"""<!doctype html>
<html lang="{"zh-Hant" if lang == "zh" else lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} – {words["banner"]}</title>
<style>{_CSS}</style>
</head>
<body>
<header class="banner"><p><b>{words["banner"]}</b> {words["intro"]}</p></header>
<main>{body}</main>
</body>
</html>
"""
    return Answer(status, html.encode(), dict(_HEADERS))


def _failure(error: dict[str, Any], words: dict[str, str]) -> str:
    name = "3ds_failed" if error["code"] == "payment_intent_authentication_failure" else "declined"
    return f'<p class="notice" role="alert">{words[name]}</p>'


def _line(line: Object, words: dict[str, str]) -> str:
    price = _money(line["price"]["unit_amount"], line["currency"])
    each = words["each"].format(quantity=line["quantity"], price=price)
    return (
        f'<li><span class="name">{escape(line["description"])}</span> '
        f'<span class="money">{_money(line["amount_total"], line["currency"])}</span> '
        f'<span class="each">{each}</span></li>'
    )


def _choices(session: Object, nonce: str, words: dict[str, str]) -> str:
    styles = {"pay": "first", "decline": "", "3ds": "", "delayed": ""}
    buttons = [_button(name, words, style) for name, style in styles.items() if offers(session, name)]
    form = _form(nonce, buttons, link=_leave(session["cancel_url"], words, "leave", "leave_hint"))
    return f'<section aria-labelledby="choose"><h2 id="choose">{words["choose"]}</h2>{form}</section>'


def _form(nonce: str, buttons: list[str], link: str = "") -> str:
    field = f'<input type="hidden" name="nonce" value="{escape(nonce)}">'
    return f'<form class="deeds" method="post">{field}{"".join(buttons)}{link}</form>'


def _button(name: str, words: dict[str, str], style: str = "") -> str:
    inner = f"<b>{words[name]}</b> <span>{words[f'{name}_hint']}</span>"
    return f'<button class="deed {style}" name="outcome" value="{name}">{inner}</button>'


def _leave(url: str | None, words: dict[str, str], label: str = "shop", hint: str = "") -> str:
    if not url:
        return ""
    more = f" <span>{words[hint]}</span>" if hint else ""
    return f'<a class="deed quiet" href="{escape(url)}"><b>{words[label]}</b>{more}</a>'


def _money(amount: int, currency: str) -> str:
    return currencies.shown(amount, currencies.find(currency))


def _until(session: Object, words: dict[str, str]) -> str:
    moment = time.gmtime(session["expires_at"])
    machine, human = time.strftime("%Y-%m-%dT%H:%MZ", moment), time.strftime("%Y-%m-%d %H:%M", moment)
    return words["until"].format(time=f'<time datetime="{machine}">{human}</time>')
