"""Why a maker could not make something, in her words: kept with the order as one of Oscar's notes, which staff see, too."""

from oscar.core.loading import get_model

from marketplace.fulfilment.models import Consignment

KIND = "cannot make"


def keep_reason(*, consignment: Consignment, words: str, by) -> None:
    """Inside the transaction that cancels."""
    notes = get_model("order", "OrderNote").objects
    notes.create(order=consignment.order, user=by, note_type=f"{KIND} {consignment.number}", message=words)


def reasons_of(order) -> dict[str, list[str]]:
    """Consignment number → what its maker wrote, the first first. One statement."""
    found: dict[str, list[str]] = {}
    for kind, words in order.notes.filter(note_type__startswith=KIND).order_by("pk").values_list("note_type", "message"):
        found.setdefault(kind.removeprefix(f"{KIND} "), []).append(words)
    return found
