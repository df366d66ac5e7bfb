"""Which id fills which hole of which address: theirs, and one that nobody has."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from django.utils import timezone

from storefront.embeds.loading import digest_of, newest
from tests.routes.routes import Route
from tests.routes.world import World

# (route, hole) → their id. The first line that fits counts.
IDS: list[tuple[str, str, Callable[[World], object]]] = [
    ("desk:*", "workshop", lambda w: w.workshop.slug),
    ("desk:consignment*", "pk", lambda w: w["consignment"].pk),
    ("desk:conversation", "pk", lambda w: w["consignment"].pk),
    ("desk:consignment-photo", "kind", lambda w: "message"),
    ("desk:consignment-photo", "photo", lambda w: w["message"].pk),
    ("desk:helping-consent", "pk", lambda w: w["consent"].pk),
    ("desk:helping-withdraw", "pk", lambda w: w["consent"].pk),
    ("desk:helping-hands*", "pk", lambda w: w["piece"].pk),
    ("desk:member*", "pk", lambda w: w["member"].pk),
    ("desk:invitation", "pk", lambda w: w["invitation"].pk),
    ("desk:join", "token", lambda w: "no-such-token"),
    ("desk:waiting-photo", "ticket", lambda w: w["waiting_photo"].ticket),
    ("desk:paper", "pk", lambda w: w["consignment"].pk),
    ("desk:paper", "paper", lambda w: "packing-slip"),
    ("desk:piece-voice", "pk", lambda w: w["draft"].pk),
    ("desk:piece*", "pk", lambda w: w["piece"].pk),
    ("desk:piece-step", "step", lambda w: "words"),
    ("desk:bulk-run", "pk", lambda w: w["import"].pk),
    ("desk:bulk-report", "pk", lambda w: w["import"].pk),
    ("desk:bulk-*", "kind", lambda w: "csv"),
    ("desk:*", "language", lambda w: "ja"),
    ("desk:*", "currency", lambda w: "THB"),
    ("desk:*", "year", lambda w: timezone.localdate().year),
    ("desk:*", "month", lambda w: timezone.localdate().month),
    ("desk:statement-file", "kind", lambda w: "csv"),
    ("officer:workshop*", "slug", lambda w: w.workshop.slug),
    ("officer:consent*", "pk", lambda w: w["consent"].pk),
    ("officer:piece*", "pk", lambda w: w["piece"].pk),
    ("agency:*", "agency", lambda w: w["agency"].code),
    ("agency:join", "token", lambda w: "no-such-token"),
    ("agency:card", "kind", lambda w: "story"),
    ("agency:card", "pk", lambda w: w["story"].pk),
    ("agency:ask", "kind", lambda w: "story"),
    ("agency:ask", "pk", lambda w: w["story"].pk),
    ("agency:wish-back", "pk", lambda w: w["wish"].pk),
    ("agency:site*", "pk", lambda w: w["host"].pk),
    ("agency:person*", "pk", lambda w: w["seat"].pk),
    ("agency:invitation", "pk", lambda w: w["seat_invitation"].pk),
    ("agency:key-withdraw", "pk", lambda w: w["api_key"].pk),
    ("agency:*", "currency", lambda w: "THB"),
    ("agency:*", "year", lambda w: timezone.localdate().year),
    ("agency:*", "month", lambda w: timezone.localdate().month),
    ("agency:statement-file", "kind", lambda w: "csv"),
    ("order*", "number", lambda w: w["payment"].order.number),
    ("order-messages-photo", "kind", lambda w: "message"),
    ("order-messages-photo", "pk", lambda w: w["message"].pk),
    ("voice", "pk", lambda w: w["voice"].pk),
    ("voice", "fingerprint", lambda w: w["voice"].sha256[:16]),
    ("account:change-contact*", "kind", lambda w: "email"),
    ("account:stop-change", "token", lambda w: "no-such-token"),
    ("order*", "consignment", lambda w: w["consignment"].number),
    ("account:new-password", "uidb64", lambda w: "MQ"),
    ("account:new-password", "token", lambda w: "set-password"),
    ("catalogue:detail", "product_slug", lambda w: w["piece"].slug),
    ("catalogue:detail", "pk", lambda w: w["piece"].pk),
    ("catalogue:reviews-detail", "product_slug", lambda w: w["piece"].slug),
    ("catalogue:reviews-detail", "product_pk", lambda w: w["piece"].pk),
    ("catalogue:category", "category_slug", lambda w: "bowls"),
    ("catalogue:category", "pk", lambda w: 1),
    ("catalogue:reviews-detail", "pk", lambda w: 1),
    ("catalogue:*", "slug", lambda w: "everything"),
    ("offer:detail", "slug", lambda w: "autumn"),
    ("wagtailcore_authenticate_with_password", "*", lambda w: w["story"].pk),
    ("sitemap-file", "kind", lambda w: "pieces"),
    ("sitemap-file", "number", lambda w: 1),
    ("embed-loader-pinned", "digest", lambda w: digest_of(newest())),
    ("embed-accent", "colour", lambda w: "0b6e4f"),
    ("embed-card", "language", lambda w: "en"),
    ("embed-card", "kind", lambda w: "product"),
    ("embed-card", "slug", lambda w: w["piece"].slug),
    ("embed-card", "pk", lambda w: w["piece"].pk),
    ("embed-absent", "version", lambda w: 2),
    ("api:story", "pk", lambda w: w["story"].pk),
    ("api:piece", "pk", lambda w: w["piece"].pk),
    ("api:village", "slug", lambda w: "ban-fai"),
    ("api:absent", "rest", lambda w: "no-such-thing"),
    ("feeds:village*", "slug", lambda w: "ban-fai"),
    ("feeds:craft*", "slug", lambda w: "indigo"),
    ("feeds:merchant*", "currency", lambda w: "usd"),
    ("feeds:merchant*", "destination", lambda w: "jp"),
    ("media", "path", lambda w: w["document"].file.name),
    ("*%(path)s", "path", lambda w: "stories/the-dye/"),
    ("wagtail_serve", "_0", lambda w: "stories/the-dye/"),
    ("wagtaildocs_serve", "_0", lambda w: w["document"].pk),
    ("wagtaildocs_serve", "_1", lambda w: w["document"].filename),
    ("wagtaildocs_authenticate_with_password", "restriction_id", lambda w: w["collection"].view_restrictions.get().pk),
    # Wagtail's own screens.
    ("*", "page_id", lambda w: w["story"].pk),
    ("*", "page_pk", lambda w: w["story"].pk),
    ("*", "page_to_move_id", lambda w: w["story"].pk),
    ("*", "parent_page_id", lambda w: w["village_page"].pk),
    ("*", "destination_id", lambda w: w["village_page"].pk),
    ("wagtailadmin_pages:revisions_compare", "pk", lambda w: w["story"].pk),
    ("wagtailadmin_api:pages:*", "pk", lambda w: w["story"].pk),
    ("wagtailadmin_api:images:*", "pk", lambda w: w["picture"].pk),
    ("wagtailadmin_api:documents:*", "pk", lambda w: w["document"].pk),
    ("wagtailadmin_collections:*", "*", lambda w: w["collection"].pk),
    ("wagtailimages_chooser:chosen", "pk", lambda w: w["picture"].pk),
    ("wagtaildocs_chooser:chosen", "pk", lambda w: w["document"].pk),
    ("product_chooser:*", "pk", lambda w: w["draft"].pk),
    ("*", "revision_id", lambda w: w["revision"].pk),
    ("*", "revision_id_a", lambda w: w["first_revision"].pk),
    ("*", "revision_id_b", lambda w: w["revision"].pk),
    ("*", "image_id", lambda w: w["picture"].pk),
    ("*", "document_id", lambda w: w["document"].pk),
    ("*", "doc_id", lambda w: w["document"].pk),
    ("*", "collection_id", lambda w: w["collection"].pk),
    ("*", "filter_spec", lambda w: "max-165x165"),
    ("wagtail_bulk_action", "app_label", lambda w: "wagtailcore"),
    ("wagtail_bulk_action", "model_name", lambda w: "page"),
    ("wagtail_bulk_action", "action", lambda w: "unpublish"),
    ("wagtailadmin_pages:workflow_action", "action_name", lambda w: "approve"),
    ("wagtailadmin_pages:collect_*", "action_name", lambda w: "approve"),
    ("wagtailadmin_api:*", "action_name", lambda w: "copy"),
    ("*", "content_type_app_name", lambda w: "storefront"),
    ("*", "content_type_model_name", lambda w: "storypage"),
    ("wagtailadmin_pages:choose_parent", "app_label", lambda w: "storefront"),
    ("wagtailadmin_pages:choose_parent", "model_name", lambda w: "storypage"),
    ("*submit_snippet*", "app_label", lambda w: "catalogue"),
    ("*submit_snippet*", "model_name", lambda w: "producttext"),
    ("*submit_snippet*", "pk", lambda w: w["piece"].texts.first().pk),
    ("*tag_model*", "app_name", lambda w: "wagtailimages"),
    ("*tag_model*", "model_name", lambda w: "image"),
    ("*task*", "app_label", lambda w: "wagtailcore"),
    ("*task*", "model_name", lambda w: "groupapprovaltask"),
    ("wagtailsettings:*", "app_name", lambda w: "storefront"),
    ("wagtailsettings:*", "model_name", lambda w: "nothing"),
    ("*editing_sessions*", "app_label", lambda w: "storefront"),
    ("*editing_sessions*", "model_name", lambda w: "storypage"),
    ("*editing_sessions*", "object_id", lambda w: w["story"].pk),
    ("*preview_translation", "mode", lambda w: ""),
    ("consignments:*", "pk", lambda w: w["consignment"].pk),
    ("consignments:paper", "name", lambda w: "invoice"),
    ("orders:*", "pk", lambda w: w["payment"].pk),
    ("payouts:*", "pk", lambda w: w["batch"].pk),
    ("payouts:step", "step", lambda w: "approve"),
    ("payees:*", "pk", lambda w: w["payee"].pk),
    ("workshops:*", "pk", lambda w: w.workshop.pk),
    ("villages:*", "pk", lambda w: w.workshop.village_id),
    ("agencies:*", "pk", lambda w: w["agency"].pk),
    ("agency-hosts:*", "pk", lambda w: w["host"].pk),
    ("agency-wishes:*", "pk", lambda w: w["wish"].pk),
    ("api-keys:*", "pk", lambda w: w["api_key"].pk),
    ("wagtailusers_users:*", "pk", lambda w: w["order_owner"].pk),
    ("*password_reset_confirm", "uidb64", lambda w: "MQ"),
    ("*password_reset_confirm", "token", lambda w: "set-password"),
    # Oscar's dashboard.
    ("dashboard:order-*", "number", lambda w: w["payment"].order.number),
    ("dashboard:order-*", "line_id", lambda w: w["line"].pk),
    ("dashboard:catalogue-product*", "pk", lambda w: w["piece"].pk),
    ("dashboard:catalogue-product*", "product_class_slug", lambda w: w["piece"].get_product_class().slug),
    ("dashboard:catalogue-product*", "parent_pk", lambda w: w["variant"].parent_id),
    ("dashboard:partner*", "pk", lambda w: w.workshop.partner_id),
    ("dashboard:partner*", "partner_pk", lambda w: w.workshop.partner_id),
    ("dashboard:*", "user_pk", lambda w: w["order_owner"].pk),
    ("dashboard:user*", "pk", lambda w: w["order_owner"].pk),
    ("dashboard:comms*", "slug", lambda w: "registration"),
]
# What an id that nobody has looks like where it is neither a number nor a word.
ABSENT = {"number": "ZZZZZ-ZZZZZ-ZZZZZ", "currency": "XTS", "paper": "no-such", "kind": "nothing", "language": "xx"}
NOBODYS_NUMBER = 900_000_001


class Unfilled(AssertionError):
    """Nobody said which id belongs into a hole of one of our own addresses."""


def ids_of(route: Route, world: World, *, ours: bool) -> dict[str, object]:
    """Their id for every hole."""
    return {hole: _id(route, hole, world, ours) for hole in route.holes}


def absent(ids: dict[str, object], *, keep: tuple[str, ...] = ()) -> dict[str, object]:
    """The same with ids that nobody has, but for the holes of ``keep``."""
    return {hole: value if hole in keep else _absent(hole, value) for hole, value in ids.items()}


def _absent(hole: str, value: object) -> object:
    if hole in ABSENT and not isinstance(value, int):
        return ABSENT[hole]
    if hole in ("year", "month"):
        return {"year": 1999, "month": 1}[hole]
    if isinstance(value, int) or str(value).isdigit():
        return NOBODYS_NUMBER
    return "no-such-thing/" if str(value).endswith("/") else "no-such-thing"


def _id(route: Route, hole: str, world: World, ours: bool) -> object:
    for pattern, name, make in IDS:
        if fnmatchcase(route.key, pattern) and fnmatchcase(hole, name):
            return make(world)
    if ours:
        raise Unfilled(f"tests/routes/ids.py says nothing of {hole} in {route.key} ({route.shape})")
    return _first(route, hole)


def _first(route: Route, hole: str) -> object:
    """Of a generic screen: whatever there is of its model."""
    if route.model is not None and hole in ("pk", "object_id", "id"):
        row = route.model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        return row if row is not None else 1
    return 1


def plausible(world: World) -> dict[str, object]:
    """A form with their ids in every field that names an object anywhere."""
    piece, consignment = world["piece"].pk, world["consignment"]
    named = dict.fromkeys(("piece", "product", "product_id", "first", "remove", "kept", "id", "ids", "pk"), piece)
    named |= dict.fromkeys(("consignment", "consignment_id"), consignment.pk)
    named |= dict.fromkeys(("line", "lines", "line_id"), world["line"].pk)
    named |= dict.fromkeys(("image", "picture", "photo", "picture_id"), world["picture"].pk)
    named |= {
        "workshop": world.workshop.pk,
        "village": world.workshop.village_id,
        "page": world["village_page"].pk,
        "document": world["document"].pk,
        "collection": world["collection"].pk,
        "order": world["payment"].order.number,
        "number": world["payment"].order.number,
        "payee": world["payee"].pk,
        "member": world["member"].pk,
        "invitation": world["invitation"].pk,
        "user": world["order_owner"].pk,
        "craft": world["craft"].pk,
        "consent": world["consent"].pk,
        "assistance": world["assistance"].pk,
        "variant": world["variant"].pk,
    }
    return named | {"action": "deliver", "known": "on", "quantity": 1, "title": "Theirs", "stage": "live", "words": "Words"}
