"""Staff screens: zones, rates as a file, and what is corrected on a parcel."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.fulfilment.models import Parcel, ShippingRate, Zone
from marketplace.fulfilment.rate_csv import COLUMNS, BadCsv, read_rates, write_rates
from marketplace.fulfilment.services import send
from tests.factories import make_workshop
from tests.fulfilment.making import make_consignment, saved_rate

pytestmark = pytest.mark.django_db
GOOD = "RR123456785VN"
HEADER = ",".join(COLUMNS)


@pytest.fixture
def staff(cast):
    return cast.staff.client


@pytest.fixture
def few():
    """Only two rates: one of a zone, one of a workshop."""
    ShippingRate.objects.all().delete()
    asia = Zone.objects.create(name="Asia")
    asia.destinations.set(["JP", "KR"])
    workshop = make_workshop("bat-trang")
    saved_rate("5.00", zone=asia, days_max=9, volumetric_divisor=5000)
    saved_rate("4.50", workshop=workshop, effective_to=date(2026, 12, 31), source='Post, "2026"')
    return ShippingRate.objects


def upload(client, content: bytes):
    return client.post(reverse("shipping-rates:csv"), {"rates": SimpleUploadedFile("rates.csv", content)}, follow=True)


def rows_now() -> list:
    return list(ShippingRate.objects.order_by("pk").values())


def test_a_file_of_rates_comes_back_to_the_byte(few):
    text = write_rates()
    assert text == (
        f"{HEADER}\n"
        "post,,DAP,,VN,,Asia,1000,,,,5000,5.00,0.00,USD,5,9,2026-01-01,,A test's tariff\n"
        "post,,DAP,bat-trang,VN,,,1000,,,,,4.50,0.00,USD,5,21,2026-01-01,2026-12-31,\"Post, \"\"2026\"\"\"\n"
    )
    before = rows_now()
    taken = read_rates(text.encode())
    assert (taken.new, taken.changed, rows_now()) == ([], [], before)
    few.all().delete()
    assert len(read_rates(text.encode()).new) == 2
    assert write_rates() == text


def test_the_sample_file_is_such_a_file(staff):
    from marketplace.fulfilment.seed import RATES

    assert staff.get(reverse("shipping-rates:csv"), {"file": ""}).content == RATES.read_bytes()


def test_a_file_changes_what_is_there_and_adds_the_rest_and_the_log_says_who(staff, few, cast):
    text = write_rates().replace("5.00,0.00", "5.50,0.00")
    text += "courier,Express,DDP,,VN,JP,,2000,1200,,3000,5000,31.00,6.50,usd,2,4,2026-02-01,,Tariff\n"
    assert "1 rates are new, 1 are changed." in upload(staff, text.encode()).text
    assert few.get(zone__name="Asia").amount == Decimal("5.50")
    new = few.get(carrier="courier")
    assert (new.currency, new.duty_fee, new.length_girth_mm, new.effective_to) == ("USD", Decimal("6.50"), 3000, None)
    entry = ModelLogEntry.objects.for_instance(new).get()
    assert (entry.user, entry.action) == (cast.staff.user, "wagtail.create")


LINE = "post,,DAP,,VN,JP,,2000,,,,,9.00,0.00,USD,5,9,2026-02-01,,Tariff"
BAD_FILES = {
    "Shift-JIS": (f"{HEADER}\n{LINE}".replace("Tariff", "料金").encode("shift_jis"), (2, "")),
    "decimal comma": (f"{HEADER}\n{LINE}".replace("9.00", '"1.234,50"').encode(), (2, "amount")),
    "cut in a cell": (f'{HEADER}\n{LINE}\n{LINE[:-6]}"Tar'.encode(), (3, "")),
    "cut in a row": (f"{HEADER}\n{LINE}\n{LINE[:20]}".encode(), (3, "")),
    "no header": (LINE.encode(), (1, "")),
    "empty": (b"", (1, "")),
    "zero weight": (f"{HEADER}\n{LINE}".replace("2000", "0").encode(), (2, "up_to_g")),
    "negative": (f"{HEADER}\n{LINE}".replace("9.00", "-9.00").encode(), (2, "amount")),
    "no source": (f"{HEADER}\n{LINE}".replace("Tariff", "").encode(), (2, "source")),
    "unknown zone": (f"{HEADER}\n{LINE}".replace("VN,JP,,", "VN,,Mars,").encode(), (2, "zone")),
    "unknown workshop": (f"{HEADER}\n{LINE}".replace("DAP,,", "DAP,nobody,").encode(), (2, "workshop")),
    "unknown place": (f"{HEADER}\n{LINE}".replace("VN,JP", "VN,QQ").encode(), (2, "destination")),
    "unknown carrier": (f"{HEADER}\n{LINE}".replace("post,", "pigeon,").encode(), (2, "carrier")),
    "fee without DDP": (f"{HEADER}\n{LINE}".replace(",0.00,", ",1.00,").encode(), (2, "duty_fee")),
    "other date": (f"{HEADER}\n{LINE}".replace("2026-02-01", "01/02/2026").encode(), (2, "effective_from")),
    "twice": (f"{HEADER}\n{LINE}\n{LINE}".encode(), (3, "")),
    "last row wrong": (f"{HEADER}\n{LINE}\n{LINE}".replace("Tariff\n", "Tariff\n", 1).encode()[:-6] + b",x", (3, "")),
    "a zero byte": (f"{HEADER}\n{LINE}\x00".encode(), (2, "source")),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_with_a_mistake_is_refused_whole_with_row_and_column(few, name):
    content, where = BAD_FILES[name]
    before = rows_now()
    with pytest.raises(BadCsv) as problem:
        read_rates(content)
    assert (problem.value.mistakes[0].row, problem.value.mistakes[0].column) == where
    assert problem.value.mistakes[0].text
    assert rows_now() == before


def test_the_page_tells_the_mistake(staff, few):
    page = upload(staff, BAD_FILES["decimal comma"][0])
    assert page.status_code == 400 and "Row 2 amount:" in page.text
    assert staff.post(reverse("shipping-rates:csv")).status_code == 400


def test_a_rate_that_an_order_used_is_not_changed_by_a_file(few):
    row = few.get(zone__name="Asia")
    Parcel.objects.filter(consignment=make_consignment()).update(rate=row)
    with pytest.raises(BadCsv, match="An order has used this rate"):
        read_rates(write_rates().replace("5.00,0.00", "5.50,0.00").encode())
    assert read_rates(write_rates().replace(",2026-01-01,,A", ",2026-01-01,2026-12-31,A").encode()).changed == [row]


def test_only_staff_with_the_right_come_to_the_file(cast):
    for person in cast.all_but("staff"):
        assert person.client.get(reverse("shipping-rates:csv"), {"file": ""}).status_code in (302, 403), person
        assert upload(person.client, f"{HEADER}\n{LINE}".encode()).status_code in (200, 403)
    assert not ShippingRate.objects.filter(source="Tariff").exists()


ZONE = {"name": "Asia", "carrier": "post", "origin": "", "destinations": ["JP", "KR"]}


def test_a_zone_is_made_and_shown(staff):
    assert staff.post(reverse("shipping-zones:add"), ZONE).status_code == 302
    made = Zone.objects.get()
    assert sorted(place.pk for place in made.destinations.all()) == ["JP", "KR"]
    assert "Japan and Korea" in staff.get(reverse("shipping-zones:index")).text
    changed = ZONE | {"destinations": ["JP"]}
    assert staff.post(reverse("shipping-zones:edit", args=[made.pk]), changed).status_code == 302
    assert [place.pk for place in made.destinations.all()] == ["JP"]


def test_a_zone_with_a_mistake_is_not_saved(staff):
    staff.post(reverse("shipping-zones:add"), ZONE)
    mistakes = [
        ({"name": "Asia"}, ""),
        ({"destinations": ["KR", "US"]}, "Korea is in the zone “Asia” already."),
        ({"destinations": []}, ""),
        ({"destinations": ["QQ"]}, ""),
        ({"carrier": "pigeon"}, ""),
        ({"origin": "FR"}, ""),
    ]
    for wrong, told in mistakes:
        page = staff.post(reverse("shipping-zones:add"), ZONE | {"name": "Other", "destinations": ["US"]} | wrong)
        assert page.status_code == 200 and told in page.text, wrong
    assert Zone.objects.count() == 1


def test_another_carrier_or_origin_has_zones_of_its_own(staff):
    for name, extra in (("A", {}), ("B", {"carrier": "courier"}), ("C", {"origin": "VN"})):
        staff.post(reverse("shipping-zones:add"), ZONE | {"name": name} | extra)
    assert Zone.objects.count() == 3


def test_a_zone_with_rates_stays_the_same_carriers(staff, few):
    zone = few.get(zone__isnull=False).zone
    edit = reverse("shipping-zones:edit", args=[zone.pk])
    page = staff.post(edit, ZONE | {"carrier": "courier"})
    assert "Rates stand on this zone" in page.text
    staff.post(reverse("shipping-zones:delete", args=[zone.pk]))
    assert Zone.objects.get().carrier == "post"


def test_a_rate_and_its_zone_agree(staff):
    zone = Zone.objects.create(name="From Viet Nam", origin="VN")
    data = {
        "carrier": "post", "service": "", "incoterm": "DAP", "origin": "VN", "destination": "", "zone": zone.pk,
        "up_to_g": "777", "amount": "9", "duty_fee": "0", "currency": "USD", "days_min": "1", "days_max": "2",
        "effective_from": "2026-01-01", "source": "x",
    }  # fmt: skip
    mistakes = [
        ({"destination": "JP"}, "Choose a destination or a zone, not both."),
        ({"carrier": "courier"}, "another carrier&#x27;s"),
        ({"origin": "TH"}, "for parcels from another economy"),
    ]
    for wrong, told in mistakes:
        page = staff.post(reverse("shipping-rates:add"), data | wrong)
        assert page.status_code == 200 and told in page.text
    assert not ShippingRate.objects.filter(up_to_g=777).exists()
    assert staff.post(reverse("shipping-rates:add"), data).status_code == 302
    assert ShippingRate.objects.get(up_to_g=777).route == "Viet Nam → From Viet Nam"


@pytest.fixture
def sent() -> Parcel:
    consignment = make_consignment(("Bowl", 300, 2))
    send(consignment=consignment, carrier="post", tracking=GOOD)
    return consignment.parcels.get()


def test_a_parcel_is_found_by_its_number_and_corrected(staff, sent):
    page = staff.get(reverse("parcels:index"), {"q": GOOD}).text
    assert str(sent) in page
    data = {"gross_weight_g": "700", "length_mm": "300", "width_mm": "200", "height_mm": "100", "carrier": "post"}
    data["tracking"] = " ra 966 331 020 jp"
    assert staff.post(reverse("parcels:edit", args=[sent.pk]), data).status_code == 302
    now = Parcel.objects.get(pk=sent.pk)
    assert (now.gross_weight_g, now.packing_weight_g, now.sides_mm) == (700, 100, (300, 200, 100))
    assert (now.tracking, now.consignment.tracking) == ("RA966331020JP", "RA966331020JP")


def test_a_correction_that_cannot_be_is_refused(staff, sent):
    send(consignment=make_consignment(), carrier="post", tracking="RR473124829GB")
    before = Parcel.objects.values().get(pk=sent.pk)
    mistakes = [
        {"gross_weight_g": "599"},
        {"gross_weight_g": "0"},
        {"gross_weight_g": "70001"},
        {"length_mm": "300"},
        {"tracking": "RR123456784VN"},
        {"tracking": "RR473124829GB"},
    ]
    for wrong in mistakes:
        data = {"gross_weight_g": "700", "carrier": "post", "tracking": GOOD} | wrong
        assert staff.post(reverse("parcels:edit", args=[sent.pk]), data).status_code == 200, wrong
    assert Parcel.objects.values().get(pk=sent.pk) == before


def test_parcels_are_neither_added_nor_deleted(staff, sent):
    for verb, args in (("add", []), ("delete", [sent.pk])):
        assert staff.post(reverse(f"parcels:{verb}", args=args), {}).status_code in (302, 403, 404)
    assert Parcel.objects.filter(pk=sent.pk).exists()
