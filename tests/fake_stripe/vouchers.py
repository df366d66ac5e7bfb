"""Vouchers to be paid at a shop's till: until when, and what the buyer is shown."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .objects import Object

# Method → time zone of the last day, name of the deadline's field in the API. All have three days unless told.
_KINDS = {
    "konbini": (ZoneInfo("Asia/Tokyo"), "expires_at"),
    "oxxo": (ZoneInfo("America/Mexico_City"), "expires_after"),
    "boleto": (ZoneInfo("America/Sao_Paulo"), "expires_at"),
}
DAYS = 3


def next_action(method: str, options: Object, now: int, url: str) -> Object:
    """The ``next_action`` of an intent that waits for a voucher; ``options`` are its payment_method_options."""
    field = _KINDS[method][1]
    details = {field: deadline(method, options, now), "hosted_voucher_url": url}
    if method == "oxxo":
        details["number"] = "00000000000000000000000000000"
    return {"type": f"{method}_display_details", f"{method}_display_details": details}


def deadline(method: str, options: Object, now: int) -> int:
    """The end of the voucher's last day where it is paid, in seconds since 1970."""
    zone = _KINDS[method][0]
    days = options.get(method, {}).get("expires_after_days", DAYS)
    last = datetime.fromtimestamp(now, UTC).astimezone(zone).date() + timedelta(days=days)
    return int(datetime.combine(last, time(23, 59, 59), zone).timestamp())
