"""Papers of real consignments: what declare.py reads, the maker's desk, the staff's screen, and who stays outside."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from oscar.apps.offer.applicator import Applicator
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from marketplace.economies import versions
from marketplace.economies.models import ExchangeRate, Registration
from marketplace.fulfilment import services
from marketplace.fulfilment.customs_ids import needed_customs_id, seal_customs_id
from marketplace.fulfilment.declare import declaration_of, make_paper, papers_of
from marketplace.fulfilment.models import Consignment, ConsignmentLevy, CustomsId
from marketplace.fulfilment.parcels import Weighed
from marketplace.fulfilment.senders import change_sender, sender_of
from marketplace.fulfilment.staff_papers import PaperView, papers_shown
from marketplace.fulfilment.staff_views import address_of
from marketplace.money import Money
from marketplace.trade.models import (
    Certificate,
    OriginEvidence,
    OriginStatementText,
    PaperRule,
    ResponsiblePerson,
)
from marketplace.trade.papers.book import PaperBook
from marketplace.trade.papers.kit import PaperRefused, papers_for
from marketplace.trade.papers.seed import load_paper_rows
from storefront.desk.papers import describe_papers
from storefront.desk.scope import Desk
from tests.factories import make_buyer, make_order, make_piece, orders
from tests.factories.offers import make_offer

LATIN = {
    "full_name": "森 健二", "line1": "港町1-2-3", "line2": "さくらビル 5F", "city": "横浜市", "state": "神奈川県",
    "latin_given": "Kenji", "latin_family": "Mori", "latin_line1": "1-2-3 Minatomachi",
    "latin_line2": "Sakura Building 5F", "latin_city": "Yokohama",
}  # fmt: skip
FACTS = {"hs_code": "441990", "customs_description": "Lacquered bowl of bamboo, for serving food", "maker_code": "B-7"}
STREET = {"name": "Sao Mai Lacquer", "line1": "12 Ngo Truc Bach", "city": "Sao Mai"}


@pytest.fixture
def papers(db) -> None:
    load_paper_rows()


@pytest.fixture
def offers(monkeypatch) -> None:
    """Baskets get their offers, as a shopper's do by Oscar's middleware."""
    make_basket = orders.make_basket

    def with_offers(*pieces, **kwargs):
        basket = make_basket(*pieces, **kwargs)
        Applicator().apply(basket)
        return basket

    monkeypatch.setattr(orders, "make_basket", with_offers)


def order_of(cast, pieces=None, *, packed: bool = True, **buyer) -> Consignment:
    """A paid consignment of the lacquer workshop to Kenji, weighed, with the post's number on it."""
    workshop = cast.maker.workshop
    change_sender(workshop=workshop, **STREET)
    titles = {"en": "Red bowl", "ja": "赤い漆の鉢"}
    pieces = pieces or [(make_piece(workshop, title=titles, code="SML-RED", **FACTS), 2)]
    payment = make_order(pieces, buyer=make_buyer(**LATIN | buyer), language="ja", paid=True)
    consignment = payment.order.consignments.get(workshop=workshop)
    if packed:
        box = Weighed(1250, (300, 200, 120), tracking="LX000000005VN")
        services.pack(consignment=consignment, parcels=[box])
    return Consignment.objects.get(pk=consignment.pk)


def paper_url(cast, consignment: Consignment, name: str) -> str:
    kwargs = {"workshop": cast.maker.workshop.slug, "pk": consignment.pk, "paper": name}
    return reverse("desk:paper", kwargs=kwargs)


def read(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def test_a_declaration_tells_what_was_paid_and_weighed(cast, papers):
    consignment = order_of(cast)
    declaration, _book = declaration_of(consignment)
    [line] = declaration.lines
    assert (line.description, line.hs, line.origin, line.quantity) == (FACTS["customs_description"], "441990", "VN", 2)
    assert (line.net_weight_g, line.value) == (800, Money(Decimal("96.00"), "USD"))
    assert (line.sku, line.maker_id, line.local_description) == ("SML-RED", "B-7", "赤い漆の鉢")
    [parcel] = declaration.parcels
    assert (parcel.gross_g, parcel.sides_mm, parcel.s10) == (1250, (300, 200, 120), "LX000000005VN")
    assert declaration.postage == parcel.postage == Money(consignment.shipping, "USD")
    assert (declaration.sender.name, declaration.addressee.name) == ("Sao Mai Lacquer", "Kenji Mori")
    assert (declaration.incoterm, declaration.incoterm_place) == (consignment.incoterm, "Yokohama")
    assert (declaration.gift, declaration.language, declaration.schemes) == (False, "ja", ())
    assert declaration.invoice_number == consignment.number


def test_a_voucher_lowers_the_values_by_their_share(cast, papers, offers):
    workshop = cast.maker.workshop
    make_offer("Absolute", "10.00")
    pieces = [make_piece(workshop, price="30.00", **FACTS), make_piece(workshop, price="20.00", **FACTS)]
    consignment = order_of(cast, pieces)
    declaration, _book = declaration_of(consignment)
    assert [line.value.amount for line in declaration.lines] == [Decimal("24.00"), Decimal("16.00")]
    assert declaration.value == Money(consignment.goods, "USD")


def test_a_line_in_two_parcels_is_two_lines_that_add_up(cast, papers, offers):
    make_offer("Absolute", "1.00")
    workshop = cast.maker.workshop
    consignment = order_of(cast, [(make_piece(workshop, price="33.33", **FACTS), 3)], packed=False)
    [line] = consignment.lines
    boxes = [
        Weighed(900, contents={line.pk: 2}, tracking="LX000000005VN"),
        Weighed(450, contents={line.pk: 1}, tracking="CP123456785TH"),
    ]
    services.pack(consignment=consignment, parcels=boxes)
    declaration, book = declaration_of(Consignment.objects.get(pk=consignment.pk))
    shown = [(line.parcel, line.quantity, line.net_weight_g, line.value.amount) for line in declaration.lines]
    assert shown == [(1, 2, 800, Decimal("65.99")), (2, 1, 400, Decimal("33.00"))]
    assert sum(parcel.postage.amount for parcel in declaration.parcels) == consignment.shipping
    assert [state.problems for state in papers_of(consignment) if state.paper.name == "cn23"] == [[]]


def test_the_buyers_customs_id_is_open_in_the_file_only(cast, papers):
    kinds = needed_customs_id("KR", "post", timezone.localdate())
    korean = {
        "economy": "KR", "full_name": "김민수", "line1": "한빛로 12", "line2": "", "city": "가람시", "state": "서울특별시",
        "postcode": "04524", "latin_given": "Minsu", "latin_family": "Kim", "latin_line1": "12 Hanbit-ro", "latin_line2": "",
        "latin_city": "Garam-si", "latin_state": "Seoul", "phone": "+82212345678",
    }  # fmt: skip
    sealed = seal_customs_id("P123456789012", kinds)
    consignment = order_of(cast, **korean, customs_id=sealed)
    assert declaration_of(consignment)[0].addressee.customs_id == "•••••••••••12"
    assert "P123456789012" in read(make_paper(consignment, "cn23")[2])
    assert "P123456789012" not in repr(declaration_of(consignment, open_customs_id=True))
    assert "P123456789012" not in read(make_paper(consignment, "label")[2]) + read(make_paper(consignment, "packing-slip")[2])
    CustomsId.objects.all().delete()
    with pytest.raises(PaperRefused, match="Customs there ask for this number"):
        make_paper(Consignment.objects.get(pk=consignment.pk), "cn23")


def test_more_lines_ask_the_database_no_more(cast, papers):
    workshop = cast.maker.workshop
    few = order_of(cast, [make_piece(workshop, **FACTS)], packed=False)
    many = order_of(cast, [make_piece(workshop, **FACTS) for _number in range(4)], packed=False)
    counts = []
    for consignment in (few, few, many):
        with CaptureQueriesContext(connection) as queries:
            papers_of(Consignment.objects.get(pk=consignment.pk))
        # Whether rows that are kept in memory changed is asked once a second.
        counts.append(len([row for row in queries if "version" not in row["sql"]]))
    assert counts[1] == counts[2] <= 25


def test_a_number_of_tax_is_there_only_where_tax_was_paid_with_the_order(cast, papers):
    ResponsiblePerson.objects.create(
        destination="EU", name="Ada", address="Lindenweg 4, Neudorf", email="ada@example.com", valid_from=timezone.localdate()
    )
    consignment = order_of(cast, economy="DE", state="", postcode="10115")
    day = timezone.localdate() - timedelta(days=1)
    Registration.objects.create(scheme_id="IOSS", number="IM3720000224", valid_from=day, source="test")
    assert declaration_of(consignment)[0].schemes == ()
    Consignment.objects.filter(pk=consignment.pk).update(taxes=Decimal("18.24"), incoterm="DDP")
    ConsignmentLevy.objects.create(
        consignment=consignment, kind="vat", rule_id="DE-VAT", label="VAT", own_amount="18.24", own_currency="USD",
        amount="18.24", currency="USD", collected="checkout",
    )  # fmt: skip
    taxed = Consignment.objects.get(pk=consignment.pk)
    [scheme] = declaration_of(taxed)[0].schemes
    assert (scheme.scheme, scheme.number, scheme.electronic_only) == ("IOSS", "IM3720000224", True)
    assert "IM3720000224" not in read(make_paper(taxed, "invoice")[2])
    assert "18.24 USD" in read(make_paper(taxed, "invoice")[2])
    assert b"IM3720000224" in make_paper(taxed, "itmatt-json")[2]


def test_certificates_and_origin_evidence_reach_the_papers(cast, papers):
    consignment = order_of(cast)
    piece = consignment.lines.get().product
    today = timezone.localdate()
    Certificate.objects.create(
        product=piece, kind="cites", number="VN-0042", body="CITES VN", issued_on=today, checked_at=timezone.now()
    )
    Certificate.objects.create(product=piece, kind="lab_test", number="unchecked", body="Lab", issued_on=today)
    evidence = {"product": piece, "criterion": "PE", "valid_from": today, "valid_to": today, "signed_by": "Hoa"}
    OriginEvidence.objects.create(agreement="CPTPP", **evidence)
    OriginEvidence.objects.create(agreement="USMCA", **evidence)
    declaration, book = declaration_of(consignment)
    assert [(licence.kind, licence.number) for licence in declaration.licences] == [("cites", "VN-0042")]
    assert [(claim.agreement, claim.lines, claim.criteria) for claim in declaration.claims] == [("CPTPP", (1,), ("PE",))]
    with pytest.raises(PaperRefused, match="Nobody has checked the wording"):
        make_paper(consignment, "origin")
    OriginStatementText.objects.filter(agreement="CPTPP").update(checked=True)
    assert "Certification of origin" in read(make_paper(consignment, "origin")[2])


def test_the_rate_of_the_sdr_is_a_row(cast, papers):
    consignment = order_of(cast)
    today = timezone.localdate()
    forget_the_sdr()
    assert "cn23" in papers_for(*declaration_of(consignment))
    ExchangeRate.objects.create(base="USD", quote="XDR", value=Decimal("0.75"), on=today, source="IMF, test")
    assert PaperBook.load(today).to_sdr(Money(Decimal("400.00"), "USD")) == Decimal("300.00")
    assert "cn22" in papers_for(*declaration_of(consignment))
    PaperRule.objects.filter(kind="cn22-value").update(number=Decimal("71.99"))
    assert "cn23" in papers_for(*declaration_of(consignment))


def forget_the_sdr() -> None:
    """Without its rate every parcel gets the longer papers."""
    ExchangeRate.objects.filter(quote="XDR").delete()
    versions.touch(versions.RATES)


def test_the_packaged_rows_load_once_and_keep_what_was_changed(db):
    PaperRule.objects.all().delete()
    OriginStatementText.objects.all().delete()
    assert load_paper_rows() == 5
    PaperRule.objects.filter(kind="cn22-weight").update(number=1500)
    assert load_paper_rows() == 0
    assert PaperRule.objects.get(kind="cn22-weight").number == 1500
    assert not OriginStatementText.objects.filter(checked=True).exists()


def test_the_maker_gets_the_files_and_nobody_else(cast, papers):
    consignment = order_of(cast)
    for name in ("cn23", "packing-slip"):
        response = cast.maker.client.get(paper_url(cast, consignment, name))
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'attachment; filename="{consignment.number}-{name}.pdf"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert {"no-store", "private"} <= set(response["Cache-Control"].replace(" ", "").split(","))
        assert "森 健二" in read(response.content)
    url = paper_url(cast, consignment, "itmatt-csv")
    shown = cast.helper.client.get(f"{url}?view")
    assert shown["Content-Disposition"] == f'inline; filename="{consignment.number}-itmatt.csv"'
    assert shown["Content-Type"] == "text/csv; charset=utf-8"
    for person in cast.all_but("maker", "helper"):
        response = person.client.get(url)
        assert response.status_code in (302, 403, 404), person
        assert b"LX000000005VN" not in response.content
    # Nor through the other workshop's own desk.
    slug = cast.other_maker.workshop.slug
    other = reverse("desk:paper", kwargs={"workshop": slug, "pk": consignment.pk, "paper": "itmatt-csv"})
    assert cast.other_maker.client.get(other).status_code == 404
    assert cast.maker.client.get(paper_url(cast, consignment, "no-such-paper")).status_code == 404
    assert cast.maker.client.post_from_page(url).status_code == 405


def test_staff_get_the_same_files_and_it_is_recorded(cast, papers, rf):
    forget_the_sdr()
    consignment = order_of(cast)

    def ask(person, name: str):
        request = rf.get("/")
        request.user = person.user
        return PaperView.as_view()(request, pk=consignment.pk, name=name)

    response = ask(cast.staff, "cn23")
    assert response.content == cast.maker.client.get(paper_url(cast, consignment, "cn23")).content
    assert "no-store" in response["Cache-Control"]
    assert ModelLogEntry.objects.for_instance(consignment).get().data == {"paper": "cn23"}
    assert ask(cast.staff, "origin").status_code == 409
    with pytest.raises(PermissionDenied):
        ask(cast.buyer, "cn23")
    assert ModelLogEntry.objects.for_instance(consignment).count() == 1
    rows = papers_shown(consignment, lambda name: f"/{name}/")
    assert [(row["url"], row["needed"]) for row in rows if not row["problems"]][:3] == [
        ("/packing-slip/", True), ("/label/", True), ("/cn23/", True)
    ]  # fmt: skip


def test_the_desk_offers_what_is_needed_and_says_what_is_missing(cast, papers, rf):
    consignment = order_of(cast, packed=False)
    desk = Desk(rf.get("/"), cast.maker.workshop)
    shown = describe_papers(consignment, desk)
    ready = {str(row["title"]): row["ready"] for row in shown["needed"]}
    assert ready == {
        "Packing slip": True, "Address label": True, "Customs declaration CN23": False, "Commercial invoice": False,
        "Data for the post (JSON)": False, "Data for the post (CSV)": False,
    }  # fmt: skip
    weight = next(row for row in shown["problems"] if "weight with packing is missing" in row["text"])
    assert weight["link"] == "Weigh the parcel" and weight["url"].endswith("#pack-weight")
    number = next(row for row in shown["problems"] if "no parcel number of the post" in row["text"])
    assert number["link"] == "Enter the number" and number["url"].endswith("#pack-tracking")
    html = render_to_string("storefront/desk/parts/papers.html", {"papers": shown})
    assert html.count("not yet") == 4
    assert f'href="{paper_url(cast, consignment, "label")}?view"' in html
    assert weight["text"] in html
    services.pack(consignment=consignment, parcels=[Weighed(1250, (300, 200, 120), tracking="LX000000005VN")])
    packed = describe_papers(Consignment.objects.get(pk=consignment.pk), desk)
    assert packed["problems"] == []
    assert all(row["ready"] for row in packed["needed"])


def test_what_left_without_a_weight_is_offered_no_scales(cast, papers, rf):
    """A number can still be told to staff; a weight nobody knows any more."""
    consignment = order_of(cast, packed=False)
    services.send(consignment=consignment, carrier="post")
    services.deliver(consignment=consignment)
    consignment = Consignment.objects.get(pk=consignment.pk)
    shown = describe_papers(consignment, Desk(rf.get("/"), cast.maker.workshop))
    (why,) = shown["lost"]
    assert why.startswith("It was sent without a weight, so there is no such paper: Customs declaration CN23, Commercial")
    assert shown["problems"] == []
    html = render_to_string("storefront/desk/parts/papers.html", {"papers": shown})
    assert html.count("cannot be made any more") == 5 and "not yet" not in html and "Weigh the parcel" not in html
    refused = cast.maker.client.get(paper_url(cast, consignment, "cn23"))
    assert refused.status_code == 409 and "so this cannot be changed any more" in refused.text
    assert "Weigh the parcel" not in refused.text
    consignment.parcels.update(gross_weight_g=1250)
    shown = describe_papers(consignment, Desk(rf.get("/"), cast.maker.workshop))
    (number,) = shown["problems"]
    assert shown["lost"] == [] and number["url"] == "" and "Please tell us the number" in number["hint"]


def test_a_cn22_beyond_its_limits_is_no_file_and_the_page_leads_to_the_cn23(cast, papers):
    consignment = order_of(cast, packed=False)
    services.pack(consignment=consignment, parcels=[Weighed(2500, (300, 200, 120), tracking="LX000000005VN")])
    response = cast.maker.client.get(paper_url(cast, consignment, "cn22"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Parcel 1 weighs 2,500 g. A CN22 is for at most 2,000 g: it needs a CN23." in page
    assert f'href="{paper_url(cast, consignment, "cn23")}"' in page
    assert cast.maker.client.get(paper_url(cast, consignment, "cn23")).status_code == 200
    needed = papers_for(*declaration_of(Consignment.objects.get(pk=consignment.pk)))
    assert ("cn23" in needed, "cn22" in needed) == (True, False)


def test_staff_read_the_economy_of_an_address_once(cast, papers):
    lines = address_of(order_of(cast, packed=False).order)
    assert lines.count("Japan") == 1
    assert {"森 健二", "Kenji Mori"} <= set(lines)


def test_papers_are_for_paid_consignments_that_are_not_called_off(cast, papers):
    consignment = order_of(cast, packed=False)
    url = paper_url(cast, consignment, "label")
    services.cancel(consignment=consignment)
    assert cast.maker.client.get(url).status_code == 404
    unpaid = make_order([make_piece(cast.maker.workshop)], buyer=make_buyer(**LATIN)).order.consignments.get()
    assert cast.maker.client.get(paper_url(cast, unpaid, "label")).status_code == 404


def test_what_is_missing_is_said_with_where_to_mend_it(cast, papers):
    piece = make_piece(cast.maker.workshop, **FACTS | {"customs_description": "souvenir"})
    consignment = order_of(cast, [piece], packed=False)
    consignment.workshop.partner.addresses.all().delete()
    response = cast.maker.client.get(paper_url(cast, consignment, "cn23"))
    page = response.content.decode()
    assert response.status_code == 409
    slug = cast.maker.workshop.slug
    for part in (
        "“souvenir” says nothing to customs", f'href="/en/desk/{slug}/pieces/{piece.pk}/"', "the weight with packing is missing",
        f'href="/en/desk/{slug}/consignments/{consignment.pk}/"', "The sender’s address is missing",
        f'href="/en/desk/{slug}/sender/"',
    ):  # fmt: skip
        assert part in page, part


def test_a_maker_writes_her_address_in_latin_letters(cast, papers):
    url = reverse("desk:sender", kwargs={"workshop": cast.maker.workshop.slug})
    form = {"name": "Sao Mai Lacquer", "line1": "12 Ngõ Trúc Bạch", "city": "Sao Mai"}
    refused = cast.maker.client.post_from_page(url, form | {"city": "サオマイ"})
    assert refused.status_code == 400
    assert sender_of(cast.maker.workshop).address.line1 == ""
    assert cast.maker.client.post_from_page(url, form).status_code == 302
    known = sender_of(cast.maker.workshop)
    assert (known.name, known.address.line1, known.economy) == ("Sao Mai Lacquer", "12 Ngõ Trúc Bạch", "VN")
    assert cast.maker.client.post_from_page(url, form | {"postcode": "100000"}).status_code == 302
    assert cast.maker.workshop.partner.addresses.count() == 1
    for person in cast.all_but("maker", "helper"):
        assert person.client.post_from_page(url, form | {"name": "Mallory"}).status_code in (302, 403, 404)
    assert sender_of(cast.maker.workshop).name == "Sao Mai Lacquer"


def test_a_gift_shows_no_price_in_the_box_and_all_of_it_to_customs(cast, papers):
    consignment = order_of(cast, gift=True)
    slip, form = read(make_paper(consignment, "packing-slip")[2]), read(make_paper(consignment, "cn23")[2])
    assert "96.00" not in slip
    assert "96.00 USD" in form
    assert declaration_of(consignment)[0].category == "11"
