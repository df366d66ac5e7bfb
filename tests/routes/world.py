"""One workshop with everything that an address can name, and for each hole of an address the id that belongs there.

``theirs`` is what the visitors of the matrix try to reach: the other maker's workshop in Ban Fai, its buyer's order, its
pages. What nobody else may read carries SECRET. A new kind of object needs a builder here and a line in ids.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupCollectionPermission,
    GroupPagePermission,
)

from marketplace.bulk.models import ImportRun
from marketplace.fulfilment.models.conversation import DispatchPhoto, Message
from marketplace.partnerships.models import ApiKey, SeatInvitation, WordsAsked
from marketplace.payments.models import Payee, Payout, PayoutBatch, Refund
from marketplace.workshops.models import (
    Assistance,
    Consent,
    Decision,
    HandoverCode,
    Invitation,
    VoiceNote,
    WaitingPhoto,
    Workshop,
)
from tests.factories import (
    make_agency,
    make_craft,
    make_host,
    make_order,
    make_picture,
    make_piece,
    make_place_page,
    make_seat,
    make_story,
)
from tests.factories.orders import make_buyer
from tests.factories.places import make_member, make_officer, make_user, make_village
from tests.people import Cast, Person, Visitor

# Stands in everything that only its own people may read; no answer to anybody else may contain it.
SECRET = "Quittenbaum"
LATER = timedelta(days=30)


@dataclass
class World:
    """Ban Fai's workshop; ``things`` are its objects by name.

    ``secret`` stands in what only its own people may read, ``mark`` in what its people wrote for everybody.
    """

    cast: Cast
    workshop: Workshop
    secret: str
    mark: str = ""
    things: dict = field(default_factory=dict)

    def __getitem__(self, name: str):
        return self.things[name]


BUILDERS: list[Callable[[World], dict]] = []


def builds(make: Callable[[World], dict]) -> Callable[[World], dict]:
    """``make(world)`` answers things by name; it may use those of the builders above it."""
    BUILDERS.append(make)
    return make


def make_world(cast: Cast, secret: str = SECRET, mark: str = "") -> World:
    world = World(cast, cast.other_maker.workshop, secret, mark)
    for make in BUILDERS:
        world.things |= make(world)
    return world


@builds
def pieces(world: World) -> dict:
    craft = make_craft("indigo", name="Indigo")
    sizes = {f"Small{world.mark}": ("20.00", 2), "Large": ("30.00", 2)}
    parent = make_piece(world.workshop, title=f"Shawl{world.mark}", variants=sizes, craft=craft)
    return {
        "craft": craft,
        "piece": make_piece(
            world.workshop,
            title=f"Blue scarf{world.mark}",
            summary=world.mark,
            description=world.mark,
            price="77.00",
            pictures=1,
            craft=craft,
        ),
        "variant": parent.children.first(),
        "draft": make_piece(
            world.workshop, title=f"{world.secret} scarf", craft=craft, pictures=1, is_public=False, stage="draft"
        ),
    }


@builds
def orders(world: World) -> dict:
    owner = make_user("sakura@example.com", first_name=world.secret)
    whose = make_buyer(user=owner, full_name=f"{world.secret} Sakura", email=owner.email)
    payment = make_order([world["piece"], world["variant"]], buyer=whose, paid=True)
    refund = Refund.objects.create(
        payment=payment,
        key="a-refund",
        number="R-1",
        amount=1,
        currency=payment.currency,
        reason="goodwill",
        asked_as="staff",
        note=world.secret,
    )
    return {
        "order_owner": owner,
        "payment": payment,
        "consignment": payment.order.consignments.get(),
        "line": payment.order.lines.first(),
        "unpaid": make_order([world["piece"]], buyer=whose),
        "refund": refund,
    }


@builds
def money(world: World) -> dict:
    owner, clerk = world.cast.other_maker.user, world.cast.staff.user
    payee = Payee.objects.create(
        workshop=world.workshop,
        route="bank_file",
        currency="THB",
        holder_name=world.secret,
        masked=f"{world.secret} 1",
        state="active",
        entered_by=owner,
        decided_by=clerk,
    )
    batch = PayoutBatch.objects.create(number="B-1", route="bank_file", currency="THB", as_of=timezone.now())
    payout = Payout.objects.create(
        batch=batch, number="B-1-1", workshop=world.workshop, payee=payee, currency="THB", amount=100, reference=world.secret
    )
    return {"payee": payee, "batch": batch, "payout": payout}


@builds
def talk(world: World) -> dict:
    """What was said and shown about the consignment, and the maker's own voice."""
    row, maker = world["consignment"], world.cast.other_maker.user
    message = Message.objects.create(
        consignment=row, side="buyer", language="en", text=world.secret, key=uuid4(), photo=kept_file("message.jpg")
    )
    parcel = DispatchPhoto.objects.create(consignment=row, digest="d" * 64, file=kept_file("parcel.jpg"))
    voice = VoiceNote.objects.create(
        product=world["draft"], language="th", file=kept_file("voice.mp3"), mime="audio/mpeg", seconds=9, size=9, sha256="e" * 64
    )
    photo = WaitingPhoto.objects.create(
        user=maker, workshop=world.workshop, file=kept_file("waiting.jpg"), small=kept_file("small.jpg"), size=9
    )
    run = ImportRun.objects.create(
        workshop=world.workshop,
        user=maker,
        language="th",
        state="checked",
        file_name=f"{world.secret}.csv",
        digest="f" * 64,
        file=kept_file("pieces.csv"),
    )
    return {"message": message, "parcel_photo": parcel, "voice": voice, "waiting_photo": photo, "import": run}


def kept_file(name: str) -> ContentFile:
    return ContentFile(SECRET.encode(), name)


@builds
def programme(world: World) -> dict:
    """Officers, a workshop that waits, one that is listed for, with a consent, a code, a decision and an invitation."""
    village, owner = world.workshop.village, world.cast.other_maker.user
    officer = make_officer(village, email="officer@example.com")
    Decision.objects.create(workshop=world.workshop, officer=officer, outcome="opened", reason="visited", words=world.secret)
    helped = Workshop.objects.get(pk=world.workshop.pk)
    assistance = Assistance.objects.create(workshop=helped, officer=officer, maker_name=f"Malee{world.mark}")
    consent = Consent.objects.create(
        assistance=assistance,
        maker_name=f"{world.secret} Malee",
        language="th",
        kind="signature",
        file=kept_file("consent.jpg"),
        said_on=timezone.localdate(),
        recorded_by=officer.user,
    )
    code = HandoverCode.objects.create(
        assistance=assistance, code_hash="a" * 64, made_by=officer.user, expires_at=timezone.now() + LATER
    )
    invitation = Invitation.objects.create(
        workshop=world.workshop,
        packs=True,
        name=f"{world.secret} Noi",
        contact="noi@example.com",
        language="th",
        token_hash="b" * 64,
        invited_by=owner,
        expires_at=timezone.now() + LATER,
    )
    return {
        "officer": officer,
        "decision": world.workshop.decisions.get(),
        "assistance": assistance,
        "consent": consent,
        "code": code,
        "invitation": invitation,
        "member": world.workshop.members.get(user=owner),
    }


@builds
def pages(world: World) -> dict:
    """Their village's page, a story that is no more than a draft, and files in a collection of their own."""
    page = make_place_page(world.workshop.village, slug="ban-fai")["en"]
    page.intro = world.secret
    page.save_revision(clean=False)
    story = make_story(village=world.workshop.village, title="The dye that waits", slug="the-dye")["en"]
    first = story.latest_revision
    story.title = f"{world.secret} unfinished"
    second = story.save_revision(clean=False)
    root = Collection.get_first_root_node()
    kept = root.add_child(name="Ban Fai files")
    restriction = CollectionViewRestriction.objects.create(collection=kept, restriction_type="groups")
    restriction.groups.add(Group.objects.create(name="Ban Fai"))
    picture = make_picture(title=f"{world.secret} picture")
    picture.collection = kept
    picture.save()
    document = get_document_model().objects.create(
        title=f"{world.secret} paper", collection=kept, file=kept_file("paper.txt")
    )
    return {
        "village_page": page,
        "story": story,
        "first_revision": first,
        "revision": second,
        "collection": kept,
        "picture": picture,
        "document": document,
    }


@builds
def agencies(world: World) -> dict:
    """An agency of which nobody in the cast is a part, with a site, a wish, an invitation and a key."""
    agency = make_agency("lanna", name=f"{world.secret} Travel", contact_email="lanna@example.com")
    owner = make_seat(agency, email="lanna@example.com", first_name=world.secret)
    invitation = SeatInvitation.objects.create(
        agency=agency,
        edits=True,
        name=f"{world.secret} Fon",
        email="fon@example.com",
        language="th",
        token_hash="c" * 64,
        invited_by=owner,
        expires_at=timezone.now() + LATER,
    )
    return {
        "agency": agency,
        "agency_owner_user": owner,
        "seat": agency.seats.get(),
        "seat_invitation": invitation,
        "host": make_host(agency, f"{world.secret.lower()}.example", proven=False),
        "wish": WordsAsked.objects.create(
            agency=agency, subject=f"story-{world['story'].pk}", language="ko", note=world.secret, asked_by=owner
        ),
        "api_key": ApiKey.objects.create(
            agency=agency, name=world.secret, prefix="vh_quittenba", key_hash="d" * 64, made_by=owner
        ),
    }


@builds
def visitors(world: World) -> dict:
    """Who comes beside the cast, each with a browser."""
    own_village = make_village("nong-mai", economy="TH", name="Nong Mai")
    return {
        "packer": _enter("packer", make_member(world.workshop, email="packer@example.com", rights=("packs",))),
        "bookkeeper": _enter("bookkeeper", make_member(world.workshop, email="books@example.com", rights=("keeps_books",))),
        "officer_elsewhere": _enter("officer_elsewhere", make_officer(own_village, email="elsewhere@example.com").user),
        "officer_here": _enter("officer_here", world["officer"].user),
        "editor": _enter("editor", make_editor(own_village)),
        "agency_owner": _enter("agency_owner", world["agency_owner_user"]),
        "order_owner_person": _enter("order_owner", world["order_owner"]),
    }


def make_editor(village):
    """Writes the page of ``village`` and keeps files in a collection of her own; nothing else."""
    page = make_place_page(village, slug=village.slug)["en"]
    group = Group.objects.create(name=f"Editors of {village.slug}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=name)
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    own = Collection.get_first_root_node().add_child(name=f"Files of {village.slug}")
    for kind in ("image", "document"):
        for name in ("add", "change", "choose"):
            permission = Permission.objects.get(content_type__model=kind, codename=f"{name}_{kind}")
            GroupCollectionPermission.objects.create(group=group, collection=own, permission=permission)
    user = make_user("editor@example.com")
    user.groups.add(group)
    return user


def _enter(name: str, user) -> Person:
    visitor = Visitor()
    visitor.force_login(user)
    return Person(name, visitor, user)
