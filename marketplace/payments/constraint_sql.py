"""The rules of constraints.py in the words of PostgreSQL and SQLite. Each may be said again without effect."""

from dataclasses import dataclass

ENTRIES, POSTINGS = "marketplace_payments_journalentry", "marketplace_payments_posting"
STOCK, OFFERS = "partner_stockrecord", "offer_conditionaloffer"
# Wagtail's log, where payments/audit.py writes who did what with money and rights.
ACTS = "wagtailcore_modellogentry"
VOUCHERS, USES = "voucher_voucher", "voucher_voucherapplication"
# The values of Oscar's Voucher.usage.
SINGLE, ONCE_EACH = "Single use", "Once per customer"


@dataclass(frozen=True)
class Rule:
    """``name`` stands in every error. ``validate`` looks at the rows from before; ``remove`` takes the rule away."""

    name: str
    tables: tuple[str, ...]
    install: tuple[str, ...]
    remove: tuple[str, ...] = ()
    validate: str = ""


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$"


def _refuse(name: str) -> str:
    return f"RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


def _unless(missing: str, statement: str) -> str:
    return f"DO $body$ BEGIN IF NOT EXISTS ({missing}) THEN {statement}; END IF; END $body$"


def _trigger(name: str, when: str, table: str, function: str, each: str = "ROW") -> str:
    return f"CREATE OR REPLACE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"


def _books_of_postgresql(table: str) -> Rule:
    name = "books_are_only_added_to"
    return Rule(
        name,
        (table,),
        (
            _function(name, f"BEGIN {_refuse(name)} END"),
            _trigger(name, "BEFORE UPDATE OR DELETE", table, name),
            _trigger(f"{name}_at_all", "BEFORE TRUNCATE", table, name, "STATEMENT"),
        ),
    )


def _acts_of_postgresql() -> Rule:
    name = "acts_are_only_added_to"
    body = f"""BEGIN
        IF left(OLD.action, 12) = 'marketplace.' THEN {_refuse(name)} END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END"""
    return Rule(name, (ACTS,), (_function(name, body), _trigger(name, "BEFORE UPDATE OR DELETE", ACTS, name)))


def _balance() -> Rule:
    """Looked at when the transaction commits: until then an entry may be half written."""
    name = "entry_adds_up_to_zero"
    body = f"""BEGIN
        IF EXISTS (SELECT 1 FROM {POSTINGS} WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(amount) <> 0)
        THEN {_refuse(name)} END IF;
        RETURN NULL;
    END"""
    known = f"SELECT 1 FROM pg_trigger WHERE tgname = '{name}' AND tgrelid = '{POSTINGS}'::regclass"
    create = (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {POSTINGS} DEFERRABLE INITIALLY DEFERRED"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )
    return Rule(name, (ENTRIES, POSTINGS), (_function(name, body), _unless(known, create)))


def _vouchers_of_postgresql() -> Rule:
    """The voucher's row is locked first, so that two uses at the same moment see each other."""
    name = "voucher_within_its_limit"
    body = f"""DECLARE mode text; BEGIN
        SELECT usage INTO mode FROM {VOUCHERS} WHERE id = NEW.voucher_id FOR UPDATE;
        IF (mode = '{SINGLE}' AND EXISTS (SELECT 1 FROM {USES} WHERE voucher_id = NEW.voucher_id))
        OR (mode = '{ONCE_EACH}' AND EXISTS
            (SELECT 1 FROM {USES} WHERE voucher_id = NEW.voucher_id AND user_id = NEW.user_id))
        THEN {_refuse(name)} END IF;
        RETURN NEW;
    END"""
    return Rule(name, (VOUCHERS, USES), (_function(name, body), _trigger(name, "BEFORE INSERT", USES, name)))


# Staff may lower a limit below what was used: the offer is over then. Only another use is refused.
_TOO_OFTEN = (
    "NEW.num_applications > OLD.num_applications AND NEW.max_global_applications > 0"
    " AND NEW.num_applications > NEW.max_global_applications"
)


def _offers_of_postgresql() -> Rule:
    name = "offer_within_its_limit"
    body = f"BEGIN IF {_TOO_OFTEN} THEN {_refuse(name)} END IF; RETURN NEW; END"
    return Rule(name, (OFFERS,), (_function(name, body), _trigger(name, "BEFORE UPDATE", OFFERS, name)))


def _stock_of_postgresql() -> Rule:
    """Added without a look at the rows from before, which would keep buyers waiting; ``validate`` does that."""
    name = "stock_covers_what_is_held"
    known = f"SELECT 1 FROM pg_constraint WHERE conname = '{name}' AND conrelid = '{STOCK}'::regclass"
    check = "coalesce(num_allocated, 0) >= 0 AND (num_in_stock IS NULL OR coalesce(num_allocated, 0) <= num_in_stock)"
    add = f"ALTER TABLE {STOCK} ADD CONSTRAINT {name} CHECK ({check}) NOT VALID"
    return Rule(
        name,
        (STOCK,),
        (_unless(known, add),),
        validate=f"ALTER TABLE {STOCK} VALIDATE CONSTRAINT {name}",
    )


def _of_sqlite(name: str, tables: tuple[str, ...], triggers: dict[str, str], when: str = "") -> Rule:
    """``triggers``: suffix → "BEFORE UPDATE ON table"."""
    condition = f"WHEN {when}" if when else ""
    create, remove = [], []
    for suffix, moment in triggers.items():
        full = f"{name}_{suffix}"
        remove.append(f"DROP TRIGGER IF EXISTS {full}")
        create.append(
            f"CREATE TRIGGER {full} {moment} FOR EACH ROW {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
    return Rule(name, tables, (*remove, *create), tuple(remove))


def _books_of_sqlite(table: str, short: str) -> Rule:
    triggers = {f"{short}_{verb}": f"BEFORE {verb} ON {table}" for verb in ("UPDATE", "DELETE")}
    return _of_sqlite("books_are_only_added_to", (table,), triggers)


_HELD_TOO_MUCH = (
    "coalesce(NEW.num_allocated, 0) < 0"
    " OR (NEW.num_in_stock IS NOT NULL AND coalesce(NEW.num_allocated, 0) > NEW.num_in_stock)"
)
_USED_UP = f"""EXISTS (
    SELECT 1 FROM {USES} AS used JOIN {VOUCHERS} AS voucher ON voucher.id = used.voucher_id
    WHERE used.voucher_id = NEW.voucher_id
    AND (voucher.usage = '{SINGLE}' OR (voucher.usage = '{ONCE_EACH}' AND used.user_id = NEW.user_id)))"""

POSTGRESQL = (
    _stock_of_postgresql(),
    _vouchers_of_postgresql(),
    _offers_of_postgresql(),
    _books_of_postgresql(ENTRIES),
    _books_of_postgresql(POSTINGS),
    _balance(),
    _acts_of_postgresql(),
)
# SQLite cannot look at a transaction's end, so there the sum of an entry is kept by ledger.post alone.
SQLITE = (
    _of_sqlite(
        "stock_covers_what_is_held",
        (STOCK,),
        {"insert": f"BEFORE INSERT ON {STOCK}", "update": f"BEFORE UPDATE ON {STOCK}"},
        _HELD_TOO_MUCH,
    ),
    _of_sqlite("voucher_within_its_limit", (VOUCHERS, USES), {"insert": f"BEFORE INSERT ON {USES}"}, _USED_UP),
    _of_sqlite("offer_within_its_limit", (OFFERS,), {"update": f"BEFORE UPDATE ON {OFFERS}"}, _TOO_OFTEN),
    _books_of_sqlite(ENTRIES, "entries"),
    _books_of_sqlite(POSTINGS, "postings"),
    _of_sqlite(
        "acts_are_only_added_to",
        (ACTS,),
        {verb.lower(): f"BEFORE {verb} ON {ACTS}" for verb in ("UPDATE", "DELETE")},
        "substr(OLD.action, 1, 12) = 'marketplace.'",
    ),
)
