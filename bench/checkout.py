"""The guest's whole way: basket, address, review, pay at the (fake) Stripe, paid by its webhook, order page.

``python -m bench.checkout`` reads a JSON object with the arguments of ``run`` and prints a Checkouts as JSON.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urlencode, urlsplit

import psycopg

from bench.measuring import percentile
from bench.servers import HOST, NAME, ROOT, SITE

WAIT = 60  # seconds for the last webhook
LATENCY = 0.3  # seconds that Stripe takes to answer
PIECES = 200
# Of the demo's restrictions none keeps a generated piece from there.
ADDRESS = {
    "email": "buyer@example.com",
    "economy": "SG",
    "full_name": "Mori Kenji",
    "postcode": "238823",
    "line1": "1 Sample Road",
}
PAID = """SELECT number FROM order_order
JOIN marketplace_payments_payment ON order_id = order_order.id WHERE state = 'paid'"""


@dataclass
class Checkouts:
    """``times`` are seconds of one buyer from basket to order page; ``seconds`` end with the last webhook.

    ``seen`` are the order numbers that buyers were shown, ``paid`` the ones that are paid in the database.
    """

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.paid) / self.seconds

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return self._milliseconds(0.5)

    @property
    def p95(self) -> float:
        """Milliseconds."""
        return self._milliseconds(0.95)

    def _milliseconds(self, share: float) -> float:
        """Not a number when nobody came to the end."""
        return 1000 * percentile(self.times, share) if self.times else math.nan

    @property
    def wrong(self) -> int:
        """Orders paid that no buyer was shown, shown to a buyer and not paid, or shown to two buyers."""
        twice = len(self.seen) - len(set(self.seen))
        return len(set(self.seen) ^ set(self.paid)) + twice


def stock_up(database: str) -> list[int]:
    """Pieces that never sell out, however long the bench buys; answers their numbers."""
    with psycopg.connect(database, autocommit=True) as connection:
        rows = connection.execute(
            "UPDATE partner_stockrecord SET num_in_stock = 1000000 WHERE product_id IN (SELECT product_id FROM "
            "storefront_productcard WHERE code LIKE 'GEN-%%' AND state = 'in_stock' ORDER BY product_id LIMIT %s) "
            "RETURNING product_id",
            [PIECES],
        )
        return [row[0] for row in rows]


def measure(
    *, database: str, shop: int, stripe: int, pieces: list[int], clients: int, each: int
) -> Checkouts:
    """``clients`` buyers, ``each`` so many orders, from an own process; counts what the database says is paid.

    The fake Stripe takes LATENCY to answer each call.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        before = _paid(connection)
        arguments = {"shop": shop, "stripe": stripe, "pieces": pieces, "clients": clients, "each": each}
        done = subprocess.run(
            [sys.executable, "-m", "bench.checkout"],
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        found = Checkouts(**json.loads(done.stdout))
        found.paid = sorted(_paid(connection) - before)
    return found


def _paid(connection: psycopg.Connection) -> set[str]:
    return {number for (number,) in connection.execute(PAID)}


def violations(database: str) -> str:
    """What check_invariants says is broken in ``database``; empty when everything holds."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        cwd=ROOT,
        env=os.environ | SITE | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


class Buyer:
    """A browser: keeps cookies, says where a form came from."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, address it leads to, text)."""
        headers = {"Host": NAME, "X-Forwarded-Proto": "https", "Accept-Language": "en"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers |= {"Origin": f"https://{NAME}", "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), text

    def expect(
        self, status: int, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[str, str]:
        """(address it leads to, text) of an answer with ``status``. Raises RuntimeError for another."""
        found, location, text = self.ask(method, path, form)
        if found != status:
            raise RuntimeError(f"{method} {path}: {found} instead of {status}")
        return location, text


def buy(shop: int, stripe: int, piece: int) -> str:
    """One order, paid; answers its number. Raises RuntimeError when a step does not answer as it should."""
    buyer = Buyer(shop)
    buyer.expect(302, "POST", "/en/basket/add/", {"product_id": str(piece), "quantity": "1"})
    buyer.expect(200, "GET", "/en/basket/")
    _to, page = buyer.expect(200, "GET", "/en/checkout/")
    # Whoever sends a parcel to Singapore is led to the pages with Singapore's prices.
    review, _page = buyer.expect(302, "POST", "/en/checkout/", ADDRESS | _hidden(page))
    _to, page = buyer.expect(200, "GET", review)
    pay = review.removesuffix("review/") + "pay/"
    consent = {"consent": "yes"} if 'name="consent"' in page else {}
    hosted, _page = buyer.expect(303, "POST", pay, _hidden(page) | consent)
    answer = _control(stripe, "/pay", {"session": urlsplit(hosted).path.strip("/").rpartition("/")[2]})
    ours = urlsplit(answer["location"]).path
    buyer.expect(200, "GET", ours)
    return ours.strip("/").rpartition("/")[2]


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms by name."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def _control(stripe: int, deed: str, values: dict) -> dict:
    connection = http.client.HTTPConnection(HOST, stripe, timeout=30)
    connection.request("POST", f"/_control{deed}", json.dumps(values), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def run(shop: int, stripe: int, pieces: list[int], clients: int, each: int) -> Checkouts:
    found = Checkouts()
    _control(stripe, "/reset", {})
    _control(stripe, "", {"webhook_url": f"http://{HOST}:{shop}/webhooks/stripe/", "latency": LATENCY})

    def shopper(number: int) -> None:
        for turn in range(each):
            started = time.perf_counter()
            try:
                found.seen.append(buy(shop, stripe, pieces[(number * each + turn) * 7 % len(pieces)]))
                found.times.append(time.perf_counter() - started)
            except (RuntimeError, OSError, KeyError) as problem:
                found.problems.append(str(problem))

    started = time.perf_counter()
    threads = [threading.Thread(target=shopper, args=[number]) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _wait_for_webhooks(stripe)
    found.seconds = time.perf_counter() - started
    return found


def _wait_for_webhooks(stripe: int) -> None:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, stripe, timeout=30)
        connection.request("GET", "/_state")
        waiting = json.loads(connection.getresponse().read())["webhooks"]["waiting"]
        connection.close()
        if not waiting:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    print(json.dumps(asdict(run(**json.load(sys.stdin)))))
