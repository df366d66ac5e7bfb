"""Lists with cursors, and the expansion of ids into objects."""

from __future__ import annotations

import copy
import operator
from typing import Any

from .errors import ApiError, no_such
from .objects import Object
from .state import State

_BOUNDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_EXPANDABLE = {
    "payment_intent": "intents",
    "latest_charge": "charges",
    "charge": "charges",
    "balance_transaction": "balance",
    "failure_balance_transaction": "balance",
    "source_transaction": "charges",
    "transfer": "transfers",
}


def listing(rows: list[Object], params: Object, url: str) -> Object:
    """A page of ``rows`` (given oldest first), newest first, filtered by ``created``."""
    return page_of([row for row in reversed(rows) if _in_time(row, params.get("created"))], params, url)


def _in_time(row: Object, created: Any) -> bool:
    if created is None:
        return True
    if isinstance(created, int):
        return row["created"] == created
    return all(_BOUNDS[name](row["created"], bound) for name, bound in created.items())


def page_of(rows: list[Object], params: Object, url: str) -> Object:
    """A page of ``rows`` in the order given, by ``limit``, ``starting_after`` and ``ending_before``."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Invalid limit: must be between 1 and 100.", param="limit")
    ids = [row["id"] for row in rows]
    if "ending_before" in params:
        end = _index(ids, params["ending_before"], "ending_before")
        start, more = max(0, end - limit), end > limit
        rows = rows[start:end]
    else:
        after = params.get("starting_after")
        start = _index(ids, after, "starting_after") + 1 if after else 0
        rows, more = rows[start : start + limit], len(rows) > start + limit
    return {"object": "list", "data": rows, "has_more": more, "url": url}


def _index(ids: list[str], object_id: str, param: str) -> int:
    if object_id not in ids:
        raise no_such("object", object_id, param)
    return ids.index(object_id)


def expanded(state: State, item: Object, paths: list[str]) -> Object:
    """A copy of ``item`` with the ids at ``paths`` ("payment_intent.latest_charge") replaced by objects."""
    item = copy.deepcopy(item)
    for path in paths:
        _expand(state, item, path.split("."), path)
    return item


def _expand(state: State, item: Object, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if name == "data" and item.get("object") == "list" and rest:
        for row in item["data"]:
            _expand(state, row, rest, path)
    elif name == "line_items" and item.get("object") == "checkout.session":
        url = f"/v1/checkout/sessions/{item['id']}/line_items"
        item[name] = page_of(copy.deepcopy(state.hidden[item["id"]]["line_items"]), {}, url)
    elif name == "payment_method" and item.get("object") == "payment_intent":
        item[name] = _payment_method(state, item[name])
    elif name in _EXPANDABLE and name in item:
        if isinstance(item[name], str):
            item[name] = copy.deepcopy(state.get(_EXPANDABLE[name], item[name]))
        if rest and item[name] is not None:
            _expand(state, item[name], rest, path)
    else:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")


def _payment_method(state: State, method_id: str | None) -> Object | None:
    """Payment methods are not kept: only what kind one is."""
    if method_id is None:
        return None
    kind = state.hidden.get(method_id, {}).get("type", "card")
    return {"id": method_id, "object": "payment_method", "customer": None, "livemode": False, "type": kind}
