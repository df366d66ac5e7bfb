"""``python -m bench``: the shop beside two bare Django views, measured in one run. See docs/performance.md."""

import argparse
import os
import statistics
import sys
from contextlib import ExitStack

import django

from bench import checkout, load, stack
from bench.pages import Page, find, floor_constant, floor_rows, machine, pages

CLIENTS = 8
# What Wagtail's migrations would have made.
ROOTS = """
from wagtail.models import Collection, Locale, Page
Locale.objects.create(language_code="en")
Page.add_root(title="Root", slug="root")
Collection.add_root(name="Root")
"""


def main() -> int:
    """Exit status 0 when every target holds, else 1."""
    options = read_options()
    print(
        f"{machine()}\nPython {sys.version.split()[0]}, Django {django.__version__}, client: {load.WRK or 'Python threads'}",
        flush=True,
    )
    with ExitStack() as running:
        server = running.enter_context(stack.postgres())
        held = growth(server, options) if options.growth else compare(server, options)
    print("All targets hold." if held else "A target is missed.")
    return 0 if held else 1


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--products", type=int, default=20_000, help="generated pieces beside the demo's (20,000)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="A B / B A rounds (3)")
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (3)")
    parser.add_argument("--quick", action="store_true", help="2,000 pieces, one round of two seconds")
    parser.add_argument("--growth", action="store_true", help="1,000 against 100,000 pieces instead")
    options = parser.parse_args()
    if options.quick:
        options.products, options.rounds, options.seconds = 2_000, 1, 2
    return options


def fill(server, name: str, products: int, template: str = "") -> str:
    """A database with the demo and ``products`` generated pieces; answers its address."""
    server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    env = stack.environment(server.url(name))
    if not template:
        stack.manage(env, "migrate", "--run-syncdb", "-v", "0")
        stack.manage(env, "shell", "-v", "0", "-c", ROOTS)
    seconds = stack.manage(env, "load_demo", "--products", str(products))
    print(f"{name}: demo and {products:,} generated pieces in {seconds:.0f} s", flush=True)
    server.execute("CHECKPOINT")
    return server.url(name)


def compare(server, options: argparse.Namespace) -> bool:
    url = fill(server, "shop", options.products)
    names = find(stack.environment(url))
    floor_env = os.environ | {"DATABASE_URL": url}
    with stack.gunicorn("bench.floor.wsgi:application", floor_env, stack.FLOOR, "/rows/?frame=0") as floor:
        held = [
            table(
                "Without the page cache, beside a view that reads and renders 24 rows",
                url,
                floor,
                floor_rows,
                names,
                options,
                0,
                1,
            ),
            table(
                "With the page cache, beside a view with constant bytes",
                url,
                floor,
                floor_constant,
                names,
                options,
                64,
                2,
            ),
        ]
    buy(url, names, options)
    return all(held)


def table(title: str, url: str, floor: str, beside, names: dict, options, cache_mb: int, factor: int) -> bool:
    """Measure every page beside the floor's page of its size; a target is ``factor`` × the page's."""
    print(
        f"\n{title}\n{'page':24}{'KB':>5}{'p50 ms':>9}{'p99':>7}{'req/s':>8}{'floor':>8}{'ratio (min..max)':>22}",
        flush=True,
    )
    held = True
    with stack.gunicorn(
        "storefront.wsgi:application", stack.environment(url, cache_mb=cache_mb), stack.SHOP, "/en/"
    ) as shop:
        for page in pages(names):
            held &= row(page, shop, floor, beside, options, page.target * factor)
    return held


def row(page: Page, shop: str, floor: str, beside, options, target: float) -> bool:
    ours = shop + page.path
    size = len(stack.wait_for(ours))
    theirs = beside(floor, size)
    for warm in (ours, theirs):
        load.ask(warm, clients=2, seconds=0.5)
    alone = load.ask(ours, clients=1, seconds=options.seconds)
    pairs = [pair(ours, theirs, options.seconds, swap=bool(number % 2)) for number in range(options.rounds)]
    ratios = sorted(mine.per_second / other.per_second for mine, other in pairs)
    ratio, errors = statistics.median(ratios), sum(mine.errors for mine, _other in pairs)
    rate = statistics.median(mine.per_second for mine, _other in pairs)
    floor_rate = statistics.median(other.per_second for _mine, other in pairs)
    verdict = "" if not target else f"  {'holds' if ratio >= target else 'MISSED'} {target:.2f}"
    print(
        f"{page.name:24}{size / 1024:5.0f}{alone.p50:9.1f}{alone.p99:7.1f}{rate:8.0f}{floor_rate:8.0f}"
        f"{f'{ratio:.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f})':>22}{verdict}{f'  {errors} errors' if errors else ''}",
        flush=True,
    )
    return ratio >= target and not errors


def pair(one: str, other: str, seconds: float, *, swap: bool) -> tuple[load.Measured, load.Measured]:
    """Both addresses at CLIENTS clients, one after the other; ``swap`` turns the order."""
    order = [other, one] if swap else [one, other]
    first, second = [load.ask(url, clients=CLIENTS, seconds=seconds) for url in order]
    return (second, first) if swap else (first, second)


def buy(url: str, names: dict, options) -> None:
    """Whole checkouts a second; wrong outcomes are counted and named."""
    env = stack.environment(url)
    stripe = f"http://127.0.0.1:{stack.STRIPE}"
    command = [sys.executable, "-m", "tests.fake_stripe", "--port", str(stack.STRIPE)]
    command += [
        "--webhook-url",
        f"http://127.0.0.1:{stack.SHOP}/webhooks/stripe/",
        "--webhook-secret",
        "whsec_fake",
    ]
    with (
        stack.running(command, env),
        stack.gunicorn("storefront.wsgi:application", env, stack.SHOP, "/en/") as shop,
    ):
        stack.wait_for(f"{stripe}/_state")
        checkout.one(shop, stripe, names["unending"])
        print("\nWhole guest checkout: product, basket, address, review, pay (fake Stripe), signed event")
        for clients in (1, CLIENTS):
            seconds = max(5.0, options.seconds * 3)
            flows = checkout.many(shop, stripe, names["unending"], clients=clients, seconds=seconds)
            p50 = statistics.median(flows.took) * 1000 if flows.took else float("nan")
            rate = len(flows.took) / seconds
            print(
                f"{clients} client(s): {rate:.1f} orders/s, p50 {p50:.0f} ms, {len(flows.wrong)} went wrong {flows.wrong[:2] or ''}",
                flush=True,
            )


def growth(server, options: argparse.Namespace) -> bool:
    """The same pages with 1,000 and with 100,000 pieces, in turns: at most 1.2 times slower."""
    small = fill(server, "small", 1_000)
    large = fill(server, "large", 100_000, template="small")
    held = True
    print(f"\n{'page':24}{'1,000 /s':>10}{'100,000 /s':>12}{'slower (min..max)':>22}", flush=True)
    few, many = (stack.environment(url) for url in (small, large))
    with (
        stack.gunicorn("storefront.wsgi:application", few, stack.SHOP, "/en/") as one,
        stack.gunicorn("storefront.wsgi:application", many, stack.FLOOR, "/en/") as other,
    ):
        for ours, theirs in zip(pages(find(few)), pages(find(many)), strict=True):
            pairs = [
                pair(one + ours.path, other + theirs.path, options.seconds, swap=bool(n % 2))
                for n in range(options.rounds)
            ]
            slower = sorted(a.per_second / b.per_second for a, b in pairs)
            middle = statistics.median(slower)
            rates = [
                statistics.median(side)
                for side in zip(*((a.per_second, b.per_second) for a, b in pairs), strict=True)
            ]
            verdict = "" if not ours.target else "  holds 1.2" if middle <= 1.2 else "  MISSED 1.2"
            print(
                f"{ours.name:24}{rates[0]:10.0f}{rates[1]:12.0f}{f'{middle:.2f} ({slower[0]:.2f}..{slower[-1]:.2f})':>22}{verdict}",
                flush=True,
            )
            held &= not ours.target or middle <= 1.2
    return held


if __name__ == "__main__":
    sys.exit(main())
