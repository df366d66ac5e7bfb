"""``python -m bench``: starts what it needs, measures, prints, ends it all. See docs/performance.md."""

from __future__ import annotations

import argparse
import signal
import sys
import time

import psycopg

from bench import checkout, desk, imports, landed, report, search
from bench.data import Data
from bench.measuring import CLIENTS, FULL, QUICK, Plan, Series, Target, in_turns
from bench.pages import addresses, statements
from bench.servers import NAME, Failed, Servers, free_port

CACHE_MB = 64
SMALL, LARGE = 1_000, 100_000
GROWING = ("listing", "filtered", "product", "story", "search")


def main() -> int:
    """Exit status: 0 when all targets are kept, 1 when one is missed, 2 when the bench itself failed."""
    options = _options()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    started = time.monotonic()
    if options.landed:
        return 0 if _landed() else 1
    try:
        with Data() as data:
            kept = _run(data, options, QUICK if options.quick else FULL)
    except (Failed, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        return 130
    print(f"\nThe whole run took {time.monotonic() - started:.0f} s.")
    return 0 if kept else 1


def _run(data: Data, options: argparse.Namespace, plan: Plan) -> bool:
    print("Preparing …", flush=True)
    data.prepare()
    if options.search:
        return _search(data, options, plan)
    if options.imports:
        return _import(data, options.rows)
    if options.desk:
        return _desk(data, options)
    shop = data.shop(options.products)
    if options.checkout:
        return _checkout(shop, options)
    paths = addresses(shop)
    sql = statements(shop, paths)
    with psycopg.connect(shop) as connection:
        server = connection.execute("SHOW server_version").fetchone()[0]
    facts = report.machine(server)
    print("Measuring …", flush=True)
    with Servers() as servers:
        rows = _pages(servers, shop, paths, plan)
        alone, together = _checkouts(servers, shop, 5 if options.quick else 15)
    broken = checkout.violations(shop)
    grown = _growth(data, plan) if options.growth else {}
    print(
        f"\n{facts}\n{report.notes(rows, plan)}\n\n## {options.products:,} pieces\n\n{report.pages(rows, sql)}\n"
    )
    print(report.checkout(alone, together, broken))
    if grown:
        print(f"\n## From {SMALL:,} to {LARGE:,} pieces\n\n{report.growth(grown, SMALL, LARGE)}")
    print("", search.quality(data.empty("questions")), sep="\n")
    return _judge(report.verdicts(rows, grown))


def _checkout(shop: str, options: argparse.Namespace) -> bool:
    """Buying alone, by one buyer and by several."""
    with Servers() as servers:
        alone, together = _checkouts(servers, shop, 5 if options.quick else 15)
    broken = checkout.violations(shop)
    print(f"\n## Checkout\n\n{report.checkout(alone, together, broken)}")
    return not (broken or alone.wrong or together.wrong or alone.problems or together.problems)


def _search(data: Data, options: argparse.Namespace, plan: Plan) -> bool:
    """Search alone, in a shop of so many pieces and one of a fifth."""
    large = data.shop(options.products)
    with Servers() as servers:
        asked = search.measure(servers, large, plan)
    built = search.build(data.shop(options.products // 5)), search.build(large)
    quality = search.quality(data.empty("questions"))
    print(f"\n## Search in {options.products:,} pieces\n\n{search.report(asked, built)}\n\n{quality}")
    return _judge(search.verdicts(asked, built))


def _desk(data: Data, options: argparse.Namespace) -> bool:
    """The maker's desk: a large workshop beside a small one, in the shop with the demo's content."""
    found = desk.measure(data.shop(0), quick=options.quick)
    print(f"\n## The desk\n\n{desk.report(found)}")
    return _judge(desk.verdicts(found))


def _import(data: Data, rows: int) -> bool:
    """A large import alone."""
    measured = imports.measure(data.shop(0), data.shop(1), rows)
    print(f"\n## Import of {measured.rows:,} rows\n\n{imports.report(measured)}")
    return _judge(imports.verdicts(measured))


def _landed() -> bool:
    """The landed-cost engine alone, in this process."""
    measured = landed.measure()
    print(f"\n## Landed cost of ten lines from four workshops\n\n{landed.report(measured)}")
    return _judge(landed.verdicts(measured))


def _judge(verdicts: list[tuple[bool, str]]) -> bool:
    print("\n## Targets\n")
    for kept, sentence in verdicts:
        print(f"- {'kept' if kept else 'MISSED'}: {sentence}")
    return all(kept for kept, _sentence in verdicts)


def _pages(servers: Servers, shop: str, paths: dict[str, str], plan: Plan) -> dict[str, dict[str, Series]]:
    """Page → "live", "rows", "cached" and "constant"."""
    live, cached = servers.site(shop, cache_mb=0), servers.site(shop, cache_mb=CACHE_MB)
    floor = servers.floor(shop)
    empty = Target(floor, "/rows/?frame=0").sample(1, 0.2).size
    rows = {}
    for name, path in paths.items():
        ours = Target(live, path, NAME)
        size = ours.sample(1, 0.2).size
        targets = {
            "live": ours,
            "rows": Target(floor, f"/rows/?frame={max(0, size - empty)}"),
            "cached": Target(cached, path, NAME),
            "constant": Target(floor, f"/constant/?bytes={size}"),
        }
        rows[name] = in_turns(targets, plan)
        print(f"  {name}", flush=True)
    return rows


def _checkouts(servers: Servers, shop: str, each: int) -> tuple[checkout.Checkouts, checkout.Checkouts]:
    """One buyer, then ``CLIENTS`` buyers, ``each`` so many orders."""
    stripe = free_port()
    servers.stripe(stripe)
    site = servers.site(shop, cache_mb=CACHE_MB, stripe=f"http://127.0.0.1:{stripe}")
    same = {"database": shop, "shop": site, "stripe": stripe, "pieces": checkout.stock_up(shop)}
    checkout.measure(**same, clients=2, each=2)
    alone = checkout.measure(**same, clients=1, each=each)
    together = checkout.measure(**same, clients=CLIENTS, each=each)
    print("  checkout", flush=True)
    return alone, together


def _growth(data: Data, plan: Plan) -> dict[str, dict[str, Series]]:
    """Page → "small" and "large", without the page cache."""
    shops = {"small": data.shop(SMALL), "large": data.shop(LARGE)}
    with Servers() as servers:
        ports = {name: servers.site(shop, cache_mb=0) for name, shop in shops.items()}
        paths = {name: path for name, path in addresses(shops["small"]).items() if name in GROWING}
        rows = {}
        for name, path in paths.items():
            rows[name] = in_turns({size: Target(port, path, NAME) for size, port in ports.items()}, plan)
            print(f"  {name}, small and large", flush=True)
        return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="How fast the shop is beside a bare Django app."
    )
    parser.add_argument(
        "--products", type=int, default=20_000, metavar="N", help="generated pieces (default 20,000)"
    )
    parser.add_argument("--quick", action="store_true", help="short measurements, for a first look")
    parser.add_argument("--growth", action="store_true", help=f"also compare {SMALL:,} with {LARGE:,} pieces")
    parser.add_argument("--search", action="store_true", help="search alone, with its index (try --products 100000)")
    parser.add_argument("--checkout", action="store_true", help="buying alone, and what is true afterwards")
    parser.add_argument("--import", action="store_true", dest="imports", help="an import of many pieces, again, and with a kill")
    parser.add_argument("--rows", type=int, default=imports.ROWS, metavar="N", help="of the file that --import takes")
    parser.add_argument("--landed", action="store_true", help="the landed cost of a basket, with 100 and 10,000 rule rows")
    parser.add_argument("--desk", action="store_true", help="the maker's desk, with 50 and with 20,000 consignments")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
