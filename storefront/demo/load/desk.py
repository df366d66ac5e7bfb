"""What the makers' desk has to show: a telephone, an order with its conversation and photo, and a story told aloud.

All of it is invented. What is there stays as it is: somebody may have gone on with it.
"""

import io
import math
import struct
import uuid
import wave

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from catalogue.models import Product
from marketplace.fulfilment.conversations import keep_translation, write
from marketplace.fulfilment.models import Message
from marketplace.fulfilment.photos import add_dispatch_photo
from marketplace.fulfilment.services import send
from marketplace.notices.contacts import PHONE
from marketplace.notices.models import ContactPoint
from marketplace.payments.models import Payment
from marketplace.payments.placing import Buyer
from marketplace.workshops import voices
from storefront.demo.load.orders import sample_order, tell_nobody
from storefront.demo.load.places import User

COOPERATIVE, OWNER, HELPER, BUYER = "sao-mai-lacquer", "hoa@example.com", "man@example.com", "kenji@example.com"
ORDERED, TOLD_ALOUD = "SML-01-S", "SML-03"
ORDER_KEY = "demo-sample-order"
NUMBER = "+84900000000"
Side = Message.Side
# side, language, ready-made phrase, own words, and these in the other's language.
MESSAGES = (
    (Side.BUYER, "ja", "gift", "", {}),
    (
        Side.MAKER, "vi", "", "Vâng ạ. Tôi gói bát bằng giấy dó, trong hộp không ghi giá.",
        {"ja": "承知しました。お椀は手すきの紙で包み、箱に値段は入れません。"},
    ),
    (
        Side.BUYER, "ja", "", "ありがとうございます。母が喜びます。",
        {"vi": "Cảm ơn chị. Mẹ tôi sẽ vui lắm."},
    ),
)  # fmt: skip
RATE, SECONDS = 8000, 2  # samples in a second, length


def load_desk() -> int:
    """Answers how many messages the sample order has."""
    _load_phone(User.objects.get(username=HELPER))
    _load_voice(Product.objects.get(upc=TOLD_ALOUD), User.objects.get(username=OWNER))
    if not Payment.objects.filter(idempotency_key=ORDER_KEY).exists():
        _load_order()
    return Message.objects.filter(consignment__order__payment__idempotency_key=ORDER_KEY).count()


def _load_phone(user) -> None:
    """She can sign in with a code by SMS, which the demo prints into its own log."""
    known = ContactPoint.objects.filter(kind=PHONE, value=NUMBER)
    if not known.exists():
        ContactPoint.objects.create(user=user, kind=PHONE, value=NUMBER, verified_at=timezone.now())


def _load_voice(piece: Product, user) -> None:
    if voices.voice_of(piece) is not None:
        return
    whose = {"workshop": piece.partner.workshop, "product": piece, "user": user}
    voices.set_voice(
        **whose, content=ContentFile(_tone(), "sample-tone.wav"), mime="audio/wav", seconds=SECONDS, language="vi"
    )
    voices.mark_written(**whose)


def _load_order() -> None:
    """Paid, on its way, and told to nobody by mail: the people of the demo have no mailboxes."""
    owner, buyer = User.objects.get(username=OWNER), User.objects.get(username=BUYER)
    who = Buyer(
        email=buyer.email, full_name="Mori Kenji", line1="1-2-3 Minato", city="Yokohama", state="Kanagawa",
        postcode="220-0012", economy="JP", phone="+81451234567", user=buyer,
    )  # fmt: skip
    payment = sample_order(key=ORDER_KEY, name="sample_order", buyer=who, upc=ORDERED, language="ja")
    consignment = payment.order.consignments.get()
    for number, (side, language, phrase, text, translations) in enumerate(MESSAGES):
        message, _new = write(
            consignment=consignment, side=side, key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:message-{number}"),
            language=language, author=owner if side == Side.MAKER else buyer, phrase=phrase, text=text,
        )  # fmt: skip
        for other, words in translations.items():
            keep_translation(message=message, language=other, text=words, tool="sample")
    add_dispatch_photo(consignment=consignment, photo=ContentFile(_parcel(), "sample-parcel.jpg"), by=owner)
    send(consignment=consignment, carrier="Sample post")
    tell_nobody(payment)


def _tone() -> bytes:
    """A soft tone as WAV (8 kHz, mono), in the place of a voice: nobody's voice is invented."""
    file, number = io.BytesIO(), RATE * SECONDS
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        levels = (int(6000 * math.sin(math.pi * at / number) * math.sin(2 * math.pi * 330 * at / RATE)) for at in range(number))
        sound.writeframes(b"".join(struct.pack("<h", level) for level in levels))
    return file.getvalue()


def _parcel() -> bytes:
    """A tied box on a table, as JPEG."""
    table = Image.new("RGB", (640, 480), "#8a7f6d")
    draw = ImageDraw.Draw(table)
    draw.rectangle((120, 140, 520, 400), fill="#c9a26b", outline="#7d5f35", width=4)
    draw.line((320, 140, 320, 400), fill="#f3ead7", width=10)
    draw.line((120, 270, 520, 270), fill="#f3ead7", width=10)
    file = io.BytesIO()
    table.save(file, "JPEG", quality=80)
    return file.getvalue()
