"""An officer of one village, a group that waits for her, and a maker for whom she lists."""

import io
import math
import uuid

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from catalogue.models import Craft
from marketplace.workshops import assisting, services
from marketplace.workshops.details import PieceDetails
from marketplace.workshops.models import Assistance, Member, Officer, Village, Workshop, WorkshopText
from storefront.demo.load.places import Partner, person, write_texts

# Names are invented. The keys make that a second load changes nothing.
START_KEY, CONSENT_KEY, PIECE_KEY = (uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{name}") for name in ("start", "consent", "piece"))


def load_officers() -> int:
    """Answers how many officers there are."""
    village = Village.objects.get(slug="sao-mai")
    user = person("officer@example.com", "Phạm Thu", "officer")
    officer, _new = Officer.objects.get_or_create(
        user=user, village=village, defaults={"title": "Phòng chương trình làng nghề Sao Mai"}
    )
    _load_application(village)
    if officer.ended_at is None and not Assistance.objects.filter(key=START_KEY).exists():
        _load_help(officer, village)
    return Officer.objects.count()


def _load_application(village: Village) -> None:
    slug = "to-may-ben-song"
    if Workshop.objects.filter(slug=slug).exists():
        return
    name = "Tổ mây bến sông"
    partner, _new = Partner.objects.get_or_create(code=slug, defaults={"name": name})
    workshop = Workshop.objects.create(
        partner=partner, village=village, slug=slug, kind=Workshop.Kind.GROUP, contact="Cô Liên", makers=6, since=2011,
        code_prefix="TMB", source_language="vi", stage=Workshop.Stage.APPLIED, applied_at=timezone.now(), is_sample=True,
    )  # fmt: skip
    write_texts(WorkshopText, workshop, {"vi": {"name": name, "summary": "Sáu người đan mây bên bến sông."}})
    Member.objects.create(workshop=workshop, user=person("lien@example.com", "Cô Liên", "maker"), is_owner=True)


def _load_help(officer: Officer, village: Village) -> None:
    helped = assisting.start(
        by=officer, user=officer.user, village=village, maker_name="Bà Sáu", name="Rổ tre Bà Sáu", language="vi",
        key=START_KEY,
    )  # fmt: skip
    assisting.record_consent(
        assistance=helped, user=officer.user, kind="signature", file=ContentFile(_signature(), "signature.jpg"),
        language="vi", said_on=timezone.localdate(), key=CONSENT_KEY,
    )  # fmt: skip
    details = PieceDetails(
        title="Rổ tre đan tay", summary="Rổ tre nhỏ, đan từ tre già.", description="Tôi đan mỗi ngày một cái.",
        price=18, stock=4, craft=Craft.objects.get(slug="basketry"), net_weight_g=250,
    )  # fmt: skip
    services.list_piece(workshop=helped.workshop, details=details, user=officer.user, key=PIECE_KEY)


def _signature() -> bytes:
    """A pen's line on paper, as JPEG."""
    paper = Image.new("RGB", (480, 160), "#fbfaf6")
    line = [(40 + step * 2, 80 + 34 * math.sin(step / 9) * math.cos(step / 31)) for step in range(200)]
    ImageDraw.Draw(paper).line(line, fill="#27324a", width=4)
    file = io.BytesIO()
    paper.save(file, "JPEG", quality=80)
    return file.getvalue()
