"""The whole checkout of a guest, as a browser without scripts does it, until Stripe's signed event is accepted."""

import json
import re
import threading
import time
import urllib.request
from dataclasses import dataclass, field

import requests

ADDRESS = {
    "email": "buyer@example.com",
    "full_name": "Bench Buyer",
    "line1": "1-2-3",
    "city": "Osaka",
    "postcode": "540-0001",
    "economy": "JP",
}


@dataclass
class Flows:
    """Seconds that whole flows took, and what went wrong in others."""

    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def one(shop: str, stripe: str, product: int) -> None:
    """Product page → basket → address → review → pay → paid. Raises AssertionError where the shop answers otherwise."""
    browser = requests.Session()
    browser.headers["Origin"] = shop
    _expect(browser.get(f"{shop}/en/products/x-{product}/", allow_redirects=True), 200)
    _expect(browser.post(f"{shop}/en/basket/add/", {"product_id": product, "quantity": 1}), 200)
    page = _expect(browser.get(f"{shop}/en/checkout/"), 200)
    page = _expect(
        browser.post(
            f"{shop}/en/checkout/", ADDRESS | {"csrfmiddlewaretoken": _value(page, "csrfmiddlewaretoken")}
        ),
        200,
    )
    names = ("csrfmiddlewaretoken", "idempotency_key", "expected_total")
    form = {name: _value(page, name) for name in names}
    answer = browser.post(f"{shop}/en/checkout/pay/", form, allow_redirects=False)
    _expect(answer, 303)
    session = answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    body = json.dumps({"session": session, "outcome": "pay"}).encode()
    pay = urllib.request.Request(f"{stripe}/_control/pay", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(pay, timeout=20).close()


def _expect(answer: requests.Response, status: int) -> str:
    assert answer.status_code == status, f"{answer.request.method} {answer.url}: {answer.status_code}"
    return answer.text


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"the page has no {name}"
    return found[1]


def many(shop: str, stripe: str, product: int, *, clients: int, seconds: float) -> Flows:
    """``clients`` buyers at once for ``seconds``, each starting anew when done."""
    flows, until = Flows(), time.monotonic() + seconds

    def buyer() -> None:
        while time.monotonic() < until:
            started = time.monotonic()
            try:
                one(shop, stripe, product)
                flows.took.append(time.monotonic() - started)
            except (AssertionError, requests.RequestException, OSError) as problem:
                flows.wrong.append(str(problem))

    threads = [threading.Thread(target=buyer) for _number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return flows
