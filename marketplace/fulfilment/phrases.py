"""What buyers and makers mostly say, as whole sentences that need no translator: each side reads them in its own language.

One more is one more line. The code is kept with the message, so a code is never given another meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from marketplace import formats
from marketplace.fulfilment.models import Message

MAKER, BUYER = Message.Side.MAKER, Message.Side.BUYER


@dataclass(frozen=True)
class Phrase:
    """A sentence; with ``dated``, one that names a day as %(date)s."""

    code: str
    side: str
    sentence: str
    dated: bool = False

    def words(self, values: Mapping[str, str], language: str) -> str:
        """The sentence in ``language``. ``values``: {"date": "2026-12-01"} where it names a day."""
        with override(language):
            sentence = str(self.sentence)
            if not self.dated:
                return sentence
            return sentence % {"date": formats.day(date.fromisoformat(values["date"]))}

    @property
    def choice(self) -> str:
        """As it is offered, in the active language: with a gap for the day."""
        return str(self.sentence) % {"date": _("… (the day below)")} if self.dated else str(self.sentence)


ALL = (
    Phrase("begun", MAKER, gettext_lazy("Thank you for your order. I have begun with it.")),
    Phrase("leaves", MAKER, gettext_lazy("Your parcel leaves on %(date)s."), dated=True),
    Phrase("later", MAKER, gettext_lazy("It takes a little longer. May I send it on %(date)s?"), dated=True),
    Phrase("sent", MAKER, gettext_lazy("Your parcel is on its way.")),
    Phrase(
        "by_hand",
        MAKER,
        gettext_lazy("I make each piece by hand, so yours differs a little from the photo. May I send it?"),
    ),
    Phrase("address", MAKER, gettext_lazy("Please look at your address once more. Is it complete?")),
    Phrase("ask_photo", MAKER, gettext_lazy("Please send me a photo of it.")),
    Phrase("look", MAKER, gettext_lazy("I am looking into it. You hear from me by %(date)s."), dated=True),
    Phrase("sorry", MAKER, gettext_lazy("I am sorry. I will put it right.")),
    Phrase("part_back", MAKER, gettext_lazy("I am sorry. Do you want to keep it and get a part of the money back?")),
    Phrase("maker_yes", MAKER, gettext_lazy("Yes.")),
    Phrase("maker_no", MAKER, gettext_lazy("No, I am sorry.")),
    Phrase("when", BUYER, gettext_lazy("When does my parcel leave?")),
    Phrase("needed", BUYER, gettext_lazy("I need it by %(date)s. Is that possible?"), dated=True),
    Phrase("take_time", BUYER, gettext_lazy("That is fine. Please take your time.")),
    Phrase("buyer_yes", BUYER, gettext_lazy("Yes.")),
    Phrase("buyer_no", BUYER, gettext_lazy("No, please do not.")),
    Phrase("cancel", BUYER, gettext_lazy("No, please cancel it.")),
    Phrase("gift", BUYER, gettext_lazy("It is a gift. Please put nothing with a price on it into the parcel.")),
    Phrase("care", BUYER, gettext_lazy("How do I look after it?")),
    Phrase("thanks", BUYER, gettext_lazy("It has arrived. Thank you, it is beautiful.")),
    Phrase("missing", BUYER, gettext_lazy("It has not arrived yet. Please find out where it is.")),
    Phrase("broken", BUYER, gettext_lazy("It arrived broken. Here is a photo.")),
    Phrase("wrong", BUYER, gettext_lazy("This is not what I ordered. Here is a photo.")),
)
BY_CODE = {phrase.code: phrase for phrase in ALL}


def phrases_of(side: str) -> list[Phrase]:
    """What one side may say, in the order in which it is needed."""
    return [phrase for phrase in ALL if phrase.side == side]
