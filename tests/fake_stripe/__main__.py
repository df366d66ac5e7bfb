"""Run the imitation by itself until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from .fake import FakeStripe


def main() -> None:
    options = _options()
    fake = FakeStripe(
        port=options.port,
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        state_file=options.state_file,
        public_url=options.public_url,
    )
    fake.control(webhook_attempts=8, webhook_backoff=1.0)
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    fake.start()
    print(f"Fake Stripe (no real money) on {fake.url}", flush=True)
    done.wait()
    fake.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=8421, help="on 127.0.0.1 (default 8421, 0: a free one)")
    parser.add_argument("--webhook-url", help="where events are posted")
    parser.add_argument("--webhook-secret", default="whsec_fake", help="signs events (default whsec_fake)")
    parser.add_argument("--state-file", type=Path, help="JSON file that keeps sessions over a restart")
    parser.add_argument("--public-url", default="", help="this server as the buyer's browser sees it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
