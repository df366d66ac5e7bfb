"""Who did what: whose hands a piece went through, from the log and from what was agreed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry

from catalogue.models import Product
from catalogue.text import language_name
from marketplace import formats
from marketplace.notices.people import name_of
from marketplace.workshops.assisting import helpers_of
from marketplace.workshops.hands import helper_name
from marketplace.workshops.models import Assistance, Consent, Workshop

MOST = 500
# Between a row and the entry of the log that the same verb wrote.
TOGETHER = timedelta(seconds=2)


# What an entry of the log has in its data → what was done.
CHANGED = {
    "voice": gettext_lazy("Changed the recording"),
    "written_from_voice": gettext_lazy("Said whether the words come from the recording"),
    "hs_code": gettext_lazy("Changed the customs code (HS)"),
    "tariff_code": gettext_lazy("Changed the tariff code of a destination"),
    "customs": gettext_lazy("Changed what customs ask for"),
    "certificate": gettext_lazy("Added a certificate"),
    "import": gettext_lazy("Changed it from a table of many pieces"),
    "words": gettext_lazy("Changed its words in another language"),
    "variants": gettext_lazy("Changed its variants"),
}


@dataclass(frozen=True)
class Deed:
    """One row of the record. ``by`` is a person's name, ``office`` in whose name she acted, ``maker`` for whom."""

    at: datetime
    what: str
    by: str = ""
    office: str = ""
    maker: str = ""
    consent: str = ""


def chain_of(product: Product, workshop: Workshop) -> list[Deed]:
    """The newest MOST deeds, oldest first: a reader of the record begins where the piece began."""
    helps = list(
        Assistance.objects.filter(workshop=workshop)
        .select_related("officer", "cooperative")
        .prefetch_related("consents__recorded_by", "codes__used_by")
    )
    consents = {row.pk: row for helped in helps for row in helped.consents.all()}
    entries = Log(workshop) if helps else None
    deeds = [deed for helped in helps for deed in _of_help(helped, entries)]
    deeds += _of_piece(product, consents)
    return sorted(deeds, key=lambda deed: deed.at)[-MOST:]


def _of_help(helped: Assistance, log: "Log") -> list[Deed]:
    helpers = {user.pk for user in helpers_of(helped)}

    def known(user) -> dict:
        """Who did it; in the office's name where she works for it. What the maker did herself, she did for nobody."""
        acted = {"office": helper_name(helped), "maker": helped.maker_name} if user and user.pk in helpers else {}
        return {"by": name_of(user)} | acted

    deeds = [Deed(helped.since, _("Began to list for the maker"), **known(log.who(helped.since)))]
    for row in helped.consents.all():
        consent = {"consent": describe_consent(row)}
        deeds.append(Deed(row.recorded_at, _("Recorded that the maker agrees"), **known(row.recorded_by) | consent))
        if row.withdrawn_at:
            who = log.who(row.withdrawn_at)
            deeds.append(Deed(row.withdrawn_at, _("The maker no longer agrees"), **known(who) | consent))
    used = next((row for row in helped.codes.all() if row.used_at), None)
    if used:
        deeds.append(Deed(used.used_at, _("The maker took the workshop over"), by=name_of(used.used_by)))
    elif helped.ended_at:
        deeds.append(Deed(helped.ended_at, _("Stopped listing for the maker"), **known(log.who(helped.ended_at))))
    return deeds


class Log:
    """What the log of the workshop keeps: who did something there at a moment. Two statements."""

    def __init__(self, workshop: Workshop) -> None:
        rows = ModelLogEntry.objects.for_instance(workshop).filter(user_id__isnull=False, data__has_key="for")
        self._rows = [(row.timestamp, row.user_id) for row in rows]
        self._users = get_user_model().objects.in_bulk({user for _at, user in self._rows})

    def who(self, moment: datetime):
        """The user of the entry nearest to ``moment``, for both are written together; None: nothing was kept."""
        near = [(abs(at - moment), user) for at, user in self._rows if abs(at - moment) <= TOGETHER]
        return self._users.get(min(near)[1]) if near else None


def _of_piece(product: Product, consents: dict[int, Consent]) -> list[Deed]:
    rows = ModelLogEntry.objects.for_instance(product).order_by("-timestamp", "-pk")[:MOST]
    entries = list(rows)
    users = get_user_model().objects.in_bulk({row.user_id for row in entries if row.user_id})
    return [_of_entry(row, users.get(row.user_id), consents) for row in entries]


def _of_entry(entry: ModelLogEntry, user, consents: dict[int, Consent]) -> Deed:
    data = entry.data if isinstance(entry.data, dict) else {}
    consent = consents.get(data.get("consent"))
    return Deed(
        entry.timestamp,
        _what(entry.action, data),
        by=name_of(user),
        office=str(data.get("by", "")),
        maker=str(data.get("for", "")),
        consent=describe_consent(consent) if consent else "",
    )


def _what(action: str, data: dict) -> str:
    if "stage" in data:
        stages = {
            Product.Stage.LIVE: _("Put it into the shop"),
            Product.Stage.PAUSED: _("Took it out of the shop for a while"),
            Product.Stage.ARCHIVED: _("Put it away"),
            Product.Stage.DRAFT: _("Made it a draft"),
        }
        return stages.get(data["stage"], _("Changed it"))
    if action == "wagtail.create":
        return _("Listed it")
    return next((str(words) for name, words in CHANGED.items() if name in data), _("Changed its photos, words or price"))


def describe_consent(consent: Consent) -> str:
    """Such as "Voice note, July 3, 2026, Vietnamese"."""
    return ", ".join([consent.get_kind_display(), formats.day(consent.said_on), language_name(consent.language)])
