"""What a search finds, best first, in one statement that both databases answer alike: tiers, not scores.

0 the very title in the reader's language · 1 all words in such a title · 2 or words that mean the same · 3 anywhere in
the reader's language · 4–6 the title whole, the title, anywhere in another language · 7, 8 (only when asked) some of the
words in a title, or anywhere, in the reader's language. In a tier places come before stories
before pieces, then the newest first. A thing is found once, at its best; a later tier is only read when earlier ones
leave room.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from catalogue.text import fallbacks
from storefront.search import storage
from storefront.search.analysis import language_token, may_hold
from storefront.search.units import Alternative, Unit

MOST = 1_000  # things that are found; of more there is only said that there are more
TITLE_TIERS = frozenset({0, 1, 2, 4, 5})

COLUMNS = "e.thing, e.kind, e.object_id, e.language, e.rank, e.listed_at, e.title, e.url_path"
CARD = ("slug", "economy", "village_id", "workshop_id", "craft_id", "materials", "price", "state")
ORDER = "rank, listed_at DESC, thing, language"


class Hit(NamedTuple):
    """A thing that was found. ``language``: in which its words were found. The rest is of a piece's card."""

    tier: int
    thing: str
    kind: str
    object_id: int
    language: str
    rank: int
    listed_at: datetime | str
    title: str
    url_path: str
    slug: str | None
    economy: str | None = None
    village_id: int | None = None
    workshop_id: int | None = None
    craft_id: int | None = None
    materials: str | None = None
    price: Decimal | None = None
    state: str | None = None


def find(
    units: Sequence[Unit],
    title: str,
    language: str,
    *,
    most: int = MOST,
    where: tuple[str, list] = ("", []),
    some: bool = False,
) -> list[Hit]:
    """At most ``most`` + 1 things in which every unit is found. ``title``: the words as one (analysis.exact).

    With ``some`` those in which only some are found follow.

    ``where``: a further SQL condition on pieces' cards (alias c) with its parameters; then only pieces are found.
    """
    if not units:
        return []
    room = most + 1
    own, far = _own(units, title, language), _far(units, title, language, some)
    sql, parameters = _statement(own, far, room, where)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return _once(cursor.fetchall(), language)[:room]


def expression(
    namespace: str,
    units: Sequence[Unit],
    pick: Callable[[Unit], Sequence[Alternative]],
    join: Callable[[list[str]], str] = storage.all_of,
    language: str = "",
) -> str:
    """The units as the database's own full-text expression; ``namespace`` "h" for titles, "b" for all words.

    Databases try every part on every row that might match, so an expression for the rows of one ``language`` leaves
    out what no text of that language holds.
    """
    return join([_unit(namespace, pick(unit), unit.direct, language) for unit in units])


def _unit(namespace: str, alternatives: Sequence[Alternative], direct: Alternative, language: str) -> str:
    leaves: dict[str, None] = {}
    rows: dict[str, None] = {}
    for one in alternatives:
        groups = [[leaf for leaf in group if may_hold(language, leaf.token, one is direct)] for group in one]
        parts = [[storage.leaf(namespace + leaf.token, leaf.prefix) for leaf in group] for group in groups]
        if len(parts) == 1:
            leaves.update(dict.fromkeys(parts[0]))
        elif all(parts):
            rows[storage.all_of([storage.any_of(part) for part in parts])] = None
    return storage.any_of([*leaves, *rows])


def _direct(unit: Unit) -> Sequence[Alternative]:
    return (unit.direct,)


def _every(unit: Unit) -> Sequence[Alternative]:
    return (unit.direct, *unit.others)


Tier = tuple[int, str, list]  # its number, its SQL condition, the condition's parameters
NEW = "u.thing NOT IN (SELECT thing FROM own) AND (SELECT count(*) FROM own) < %s"


def _own(units: Sequence[Unit], title: str, language: str) -> list[Tier]:
    """In the reader's language."""
    here = language_token(language)
    named, called = (expression("h", units, pick, language=language) for pick in (_direct, _every))
    said = expression("b", units, _every, language=language)
    match = f"e.exact <> %s AND {storage.match()}"
    tiers: list[Tier] = [
        (0, "e.language = %s AND e.exact = %s", [language, title]),
        (1, match, [title, storage.all_of([here, named])]),
    ]
    if any(unit.others for unit in units):
        tiers.append((2, match, [title, storage.all_of([here, storage.but_not(called, named)])]))
    return [*tiers, (3, match, [title, storage.all_of([here, storage.but_not(said, called)])])]


def _far(units: Sequence[Unit], title: str, language: str, some: bool) -> list[Tier]:
    """In other languages; and with ``some`` what holds only some of the words, in the reader's."""
    here = language_token(language)
    called, said = expression("h", units, _every), expression("b", units, _every)
    match, alike = storage.match(), f"e.exact <> %s AND {storage.match()}"
    tiers: list[Tier] = [
        (4, "e.language <> %s AND e.exact = %s", [language, title]),
        (5, alike, [title, storage.but_not(called, here)]),
        (6, alike, [title, storage.but_not(storage.but_not(said, called), here)]),
    ]
    if not some:
        return tiers
    titled = expression("h", units, _direct, storage.any_of, language)
    anywhere = storage.but_not(expression("b", units, _every, storage.any_of, language), titled)
    return [
        *tiers,
        (7, match, [storage.all_of([here, titled])]),
        (8, match, [storage.all_of([here, anywhere])]),
    ]


def _statement(own: list[Tier], far: list[Tier], most: int, where: tuple[str, list]) -> tuple[str, list]:
    # A thing may be found in all languages but one; so, whatever is found in the reader's already, there is room.
    wide = most * max(1, len(settings.LANGUAGES) - 1)
    first, values = _first_of(own, most, where)
    then, more = _first_of(far, wide, where)
    sql = (
        f"WITH own AS MATERIALIZED ({first}), far AS MATERIALIZED (SELECT * FROM ({then}) u WHERE {NEW}) "
        "SELECT h.tier, h.thing, h.kind, h.object_id, h.language, h.rank, h.listed_at, h.title, h.url_path, "
        f"{', '.join(f'c.{column}' for column in CARD)} "
        f"FROM (SELECT * FROM own UNION ALL SELECT * FROM far) h {storage.of_card(', '.join((*CARD, 'visible')))} "
        "WHERE h.kind <> 'product' OR c.visible "
        "ORDER BY h.tier, h.rank, h.listed_at DESC, h.thing, h.language"
    )
    return sql, [*values, *more, most]


def _first_of(tiers: list[Tier], number: int, where: tuple[str, list]) -> tuple[str, list]:
    """SQL for the first ``number`` rows of the tiers in turn; a tier is read only while the ones before leave room."""
    condition, values = where
    source = "storefront_searchentry e"
    if condition:
        source += " JOIN storefront_productcard c ON e.kind = 'product' AND c.product_id = e.object_id"
        condition = f" AND {condition}"
    parts, parameters = [], []
    for tier, test, given in tiers:
        rows = f"SELECT {tier} AS tier, {COLUMNS} FROM {source} WHERE {test}{condition}"
        parts.append(f"SELECT * FROM ({rows} ORDER BY {ORDER} LIMIT {number}) t{tier}")
        parameters += [*given, *values]
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) u LIMIT {number}", parameters


def _once(rows: list[tuple], language: str) -> list[Hit]:
    """Each thing once, at its best; of the same tier in the first language of the operator's chain."""
    preferred = {code: at for at, code in enumerate([language, *fallbacks(language)])}
    best: dict[str, tuple] = {}
    for row in rows:
        known = best.get(row[1])
        if known is None or known[0] == row[0] and preferred.get(row[4], 99) < preferred.get(known[4], 99):
            best[row[1]] = row
    return [Hit(*row) for row in best.values()]
