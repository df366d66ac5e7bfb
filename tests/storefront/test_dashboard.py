"""Oscar's dashboard inside our site: every screen opens for staff, for nobody else, and states are not written by hand."""

import re
from decimal import Decimal
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from oscar.core.loading import get_model
from PIL import Image

from catalogue.models import Product
from tests.factories import make_order, make_piece, make_user
from tests.people import Visitor

pytestmark = pytest.mark.django_db


def make_offer(name: str = "Autumn"):
    """A tenth off everything, as an offer with its range, condition and benefit."""
    everything = get_model("offer", "Range").objects.create(
        name=f"All for {name}", includes_all_products=True, is_public=True
    )
    condition = get_model("offer", "Condition").objects.create(range=everything, type="Count", value=1)
    benefit = get_model("offer", "Benefit").objects.create(range=everything, type="Percentage", value=10)
    return get_model("offer", "ConditionalOffer").objects.create(
        name=name, condition=condition, benefit=benefit
    )


def furnish(cast) -> None:
    """One of everything that a screen of the dashboard shows."""
    piece = make_piece(cast.maker.workshop, pictures=1)
    make_piece(cast.maker.workshop, title="Box", variants={"Small": ("20.00", 1), "Large": ("30.00", 1)})
    piece.categories.add(get_model("catalogue", "Category").add_root(name="Bowls"))
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name="Gift", code="GIFT", start_datetime=now, end_datetime=now
    )
    voucher.offers.add(make_offer())
    review = {"product": piece, "user": cast.buyer.user, "title": "Good", "body": "Very good.", "score": 5}
    get_model("reviews", "ProductReview").objects.create(**review)
    get_model("customer", "ProductAlert").objects.create(product=piece, user=cast.buyer.user)
    get_model("partner", "StockAlert").objects.create(stockrecord=piece.stockrecords.get(), threshold=2)
    make_order([piece], paid=True)


@pytest.fixture
def furnished(cast, recorded):
    recorded(furnish, cast)
    return cast


def links_of(html: str) -> list[str]:
    """Addresses that a page links to, each once; sorting and the like is left out."""
    found = (link.partition("?")[0] for link in re.findall(r'href="(/[^"#]*)"', html))
    return [link for link in dict.fromkeys(found) if not link.startswith(("/static/", "/media/"))]


def test_every_screen_that_the_dashboard_links_to_opens_for_staff(furnished):
    client, waiting, seen = furnished.staff.client, ["/dashboard/"], {}
    while waiting:
        path = waiting.pop(0)
        # Of screens that differ only in a number, one.
        kind = re.sub(r"\d+", "1", path)
        if kind in seen:
            continue
        response = client.get(path)
        seen[kind] = response.status_code
        if path.startswith("/dashboard/") and "html" in response.get("Content-Type", ""):
            waiting += links_of(response.content.decode())

    assert {path: status for path, status in seen.items() if status not in (200, 302)} == {}
    for needed in ("offers", "ranges", "vouchers", "reports", "orders", "catalogue", "partners"):
        assert f"/dashboard/{needed}/" in seen
    assert len(seen) > 50


def test_the_list_of_pieces_offers_no_sorting_that_fails(furnished):
    html = furnished.staff.client.get("/dashboard/catalogue/").content.decode()
    orders = set(re.findall(r"[?&;]sort=(\w+)", html))
    assert orders >= {"title", "upc"}
    for order in orders:
        assert furnished.staff.client.get(f"/dashboard/catalogue/?sort={order}").status_code == 200, order


def test_reports_are_made(furnished):
    kinds = (
        "order_report",
        "product_analytics",
        "user_analytics",
        "open_baskets",
        "submitted_baskets",
        "vouchers",
        "conditional-offers",
    )
    for kind in kinds:
        for how in ("", "&download=on"):
            response = furnished.staff.client.get(f"/dashboard/reports/?report_type={kind}{how}")
            assert response.status_code == 200, kind


def form_of(html: str, form_id: str) -> dict[str, str]:
    """What a browser would send of a form: its fields as they stand."""
    form, data = BeautifulSoup(html, "html.parser").find("form", id=form_id), {}
    for field in form.find_all(["input", "textarea", "select"]):
        kind, name = field.get("type"), field.get("name")
        if (
            not name
            or kind in ("file", "submit")
            or (kind in ("checkbox", "radio") and not field.has_attr("checked"))
        ):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True)
            data[name] = chosen["value"] if chosen else ""
        else:
            data[name] = (
                field.text.strip()
                if field.name == "textarea"
                else field.get("value", "on" if kind == "checkbox" else "")
            )
    return data


def test_a_piece_is_edited_without_losing_what_oscar_does_not_know(cast):
    piece = make_piece(cast.maker.workshop, hs_code="441990", net_weight_g=321, pictures=1)
    path = f"/dashboard/catalogue/products/{piece.pk}/"
    form = form_of(cast.staff.client.get(path).content.decode(), "create_update_product_form")
    form |= {"title": "Bowl by staff", "stockrecords-0-price": "55.00", "action": "save"}

    response = cast.staff.client.post(path, form)

    assert response.status_code == 302
    changed = Product.objects.get(pk=piece.pk)
    assert (changed.title, changed.hs_code, changed.net_weight_g) == ("Bowl by staff", "441990", 321)
    assert changed.partner_id == cast.maker.workshop.partner_id
    assert changed.card.price == Decimal("55.00")
    assert changed.images.get().picture == piece.images.get().picture


def test_a_photo_from_staff_keeps_only_its_pixels_and_is_shown(cast):
    piece = make_piece(cast.maker.workshop)
    path = f"/dashboard/catalogue/products/{piece.pk}/"
    form = form_of(cast.staff.client.get(path).content.decode(), "create_update_product_form")
    photo = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (120, 150), "navy").save(photo, "JPEG", exif=exif)
    form |= {
        "images-0-original": SimpleUploadedFile("at-home.jpg", photo.getvalue(), "image/jpeg"),
        "action": "save",
    }

    response = cast.staff.client.post(path, form)

    assert response.status_code == 302
    row = piece.images.get()
    assert row.original.name == row.picture.file.name
    assert "at-home" not in row.original.name
    assert not Image.open(row.picture.file.path).getexif()
    assert Product.objects.get(pk=piece.pk).card.picture["src"]


def test_a_file_that_is_no_photo_is_refused_by_the_dashboard(cast):
    piece = make_piece(cast.maker.workshop)
    path = f"/dashboard/catalogue/products/{piece.pk}/"
    form = form_of(cast.staff.client.get(path).content.decode(), "create_update_product_form")
    form |= {
        "images-0-original": SimpleUploadedFile("photo.jpg", b"no photo", "image/jpeg"),
        "action": "save",
    }
    assert cast.staff.client.post(path, form).status_code == 200
    assert not piece.images.exists()


DOORS = [
    "/dashboard/",
    "/dashboard/orders/",
    "/dashboard/catalogue/",
    "/dashboard/partners/",
    "/dashboard/reports/",
]


def test_nobody_but_staff_enters_the_dashboard_or_the_admin(cast):
    payment = make_order([make_piece(cast.maker.workshop), make_piece(cast.other_maker.workshop)], paid=True)
    doors = [
        *DOORS,
        f"/dashboard/orders/{payment.order.number}/",
        "/admin/",
        "/admin/orders/",
        "/admin/product-chooser/",
        "/django-admin/",
    ]
    for person in cast.all_but("staff"):
        for door in doors:
            response = person.client.get(door)
            assert response.status_code in (302, 403), (person, door)
            assert payment.order.number not in response.content.decode()
            if response.status_code == 302:
                assert "/login/" in response["Location"], (person, door)


def test_a_partner_user_with_oscars_own_permission_stays_out(cast):
    """Oscar's partner screen gives this permission to whomever it adds; its order screen shows everybody's lines."""
    payment = make_order([make_piece(cast.maker.workshop), make_piece(cast.other_maker.workshop)], paid=True)
    user = make_user("partner@example.com")
    user.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    cast.maker.workshop.partner.users.add(user)
    visitor = Visitor()
    visitor.force_login(user)

    for door in [*DOORS, f"/dashboard/orders/{payment.order.number}/"]:
        assert visitor.get(door).status_code == 403, door
    assert visitor.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("where", "form"),
    [
        ("detail", {"order_action": "change_order_status", "new_status": "paid"}),
        ("detail", {"line_action": "create_payment_event", "payment_event_type": "paid", "amount": "1"}),
        ("list", {"action": "change_order_statuses", "new_status": "paid"}),
    ],
)
def test_staff_cannot_write_an_orders_state_by_hand(cast, where, form):
    order = make_order().order
    path = f"/dashboard/orders/{order.number}/" if where == "detail" else "/dashboard/orders/"

    response = cast.staff.client.post(
        path, form | {"selected_order": order.pk, "selected_line": order.lines.get().pk}, follow=True
    )

    order.refresh_from_db()
    assert order.status == "pending"
    assert not order.payment_events.exists()
    assert "it is not changed by hand" in response.content.decode()


def test_the_admin_and_the_dashboard_lead_to_each_other(cast):
    assert '"/dashboard/"' in cast.staff.client.get("/admin/").content.decode()
    assert 'href="/admin/"' in cast.staff.client.get("/dashboard/").content.decode()


def test_an_editor_who_is_no_staff_is_not_sent_to_the_dashboard(db):
    editor = make_user("editor@example.com")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    visitor = Visitor()
    visitor.force_login(editor)
    page = visitor.get("/admin/").content.decode()
    assert '"/dashboard/"' not in page
    assert '"/admin/orders/"' not in page


def test_the_dashboard_asks_no_other_server(cast):
    assert "googleapis" not in cast.staff.client.get("/dashboard/").content.decode()


@pytest.mark.filterwarnings("error")
def test_saving_a_piece_warns_of_nothing(db):
    piece = make_piece()
    piece.save()
    piece.delete()


DESK_SENTENCE = "A piece goes into the shop at its maker"


@pytest.mark.parametrize("stage", ["draft", "paused", "live"])
def test_staff_put_no_piece_into_the_shop_by_its_form(cast, stage):
    piece = make_piece(cast.maker.workshop)
    Product.objects.filter(pk=piece.pk).update(stage=stage, is_public=False)
    path = f"/dashboard/catalogue/products/{piece.pk}/"
    form = form_of(cast.staff.client.get(path).content.decode(), "create_update_product_form")
    assert "is_public" not in form

    answer = cast.staff.client.post(path, form | {"title": "Mine", "is_public": "on", "action": "save"})

    assert (answer.status_code, DESK_SENTENCE in answer.content.decode()) == (200, True)
    kept = Product.objects.get(pk=piece.pk)
    assert (kept.is_public, kept.stage, kept.title) == (False, stage, piece.title)
    assert cast.staff.client.post(path, form | {"title": "Mine", "action": "save"}).status_code == 302
    assert Product.objects.get(pk=piece.pk).title == "Mine"


def test_what_staff_create_is_not_in_the_shop(cast):
    kind, before = make_piece(cast.maker.workshop).product_class, Product.objects.count()
    path = f"/dashboard/catalogue/products/create/{kind.slug}/"
    form = form_of(cast.staff.client.get(path).content.decode(), "create_update_product_form")
    assert "is_public" not in form

    form |= {"title": "Bowl by staff", "action": "save"}
    answer = cast.staff.client.post(path, form | {"is_public": "on"})
    assert (answer.status_code, DESK_SENTENCE in answer.content.decode()) == (200, True)
    assert Product.objects.count() == before

    assert cast.staff.client.post(path, form).status_code == 302
    assert not Product.objects.get(title="Bowl by staff").is_public


def in_bulk(client, action: str, *pieces, **more):
    """Both of Oscar's steps; answers the page after them."""
    ids = {piece.parent_id or piece.pk for piece in pieces}
    step = client.post("/dashboard/catalogue/", {"action": action, "selected_product": ids})
    assert step.status_code == 302 and "bulk-action" in step["Location"], step
    return client.post(step["Location"], {"selected_products": [piece.pk for piece in pieces]} | more, follow=True)


@pytest.mark.parametrize("stage", ["draft", "paused", "archived", "live"])
def test_many_at_once_are_not_put_into_the_shop_either(cast, stage):
    shown, hidden = make_piece(cast.maker.workshop), make_piece(cast.maker.workshop)
    Product.objects.filter(pk=hidden.pk).update(stage=stage, is_public=False)

    answer = in_bulk(cast.staff.client, "make_products_public", shown, hidden)

    assert (answer.status_code, DESK_SENTENCE in answer.content.decode()) == (200, True)
    assert dict(Product.objects.values_list("pk", "is_public")) == {shown.pk: True, hidden.pk: False}


def test_variants_are_shown_and_pieces_hidden_many_at_once_and_their_cards_follow(cast):
    piece = make_piece(cast.maker.workshop, variants={"Small": ("20.00", 1), "Large": ("30.00", 1)})
    large = piece.children.get(stockrecords__price="30.00")
    Product.objects.filter(pk=large.pk).update(is_public=False)
    in_bulk(cast.staff.client, "make_products_public", large)
    assert Product.objects.get(pk=large.pk).is_public

    assert f"-{piece.pk}/" in cast.stranger.client.get("/en/products/").content.decode()
    in_bulk(cast.staff.client, "make_products_non_public", piece)
    assert not Product.objects.get(pk=piece.pk).is_public
    assert cast.stranger.client.get(piece.get_absolute_url()).status_code == 404
    assert f"-{piece.pk}/" not in cast.stranger.client.get("/en/products/").content.decode()


def test_a_price_for_many_stands_on_their_cards(cast):
    piece = make_piece(cast.maker.workshop)
    partner = cast.maker.workshop.partner_id
    in_bulk(cast.staff.client, "set_product_price", piece, new_price="77.00", partners=[partner], confirm_irreversible="on")
    assert piece.stockrecords.get().price == Decimal("77.00")
    assert Product.objects.get(pk=piece.pk).card.price == Decimal("77.00")
