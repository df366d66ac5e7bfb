"""Proof that a site is an agency's own: by the DNS, by a file, by the shop's look; and the end of a proof."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace import public_address
from marketplace.partnerships import hosts, proofs, services
from marketplace.partnerships.hosts import Refused
from marketplace.partnerships.models import Agency, AgencyHost, Part
from tests.factories import make_agency, make_host, make_seat, make_user
from tests.partnerships.dns_server import DnsServer
from tests.partnerships.site import Site

pytestmark = pytest.mark.django_db
HOST, NAME = "www.chang-thong.example", "_village-hand.www.chang-thong.example"
URL = f"https://{HOST}/.well-known/village-hand.txt"


@pytest.fixture
def dns_server(settings):
    with DnsServer() as server:
        settings.MARKETPLACE_PROOFS = settings.MARKETPLACE_PROOFS | {
            "NAMESERVERS": ("127.0.0.1",), "NAMESERVER_PORT": server.port,
        }  # fmt: skip
        yield server


@pytest.fixture
def site(settings):
    with Site() as server:
        settings.MARKETPLACE_PROOFS = settings.MARKETPLACE_PROOFS | {"TRUSTED_ORIGINS": {f"https://{HOST}": server.url}}
        yield server


@pytest.fixture
def agency() -> Agency:
    return make_agency("chang-thong")


@pytest.fixture
def editor(agency):
    return make_seat(agency, parts=[Part.EDIT])


@pytest.fixture
def row(agency, editor) -> AgencyHost:
    return hosts.add(agency=agency, host=HOST, by=editor)


def look(row, by) -> AgencyHost:
    AgencyHost.objects.update(looked_at=None)
    return hosts.look(agency=row.agency, host=row, by=by)


def state(row) -> tuple[str, str, bool]:
    row.refresh_from_db()
    return (row.found, row.proof, row.proven_at is not None)


# Naming


def test_a_site_is_named_once_and_each_agency_proves_it_with_its_own_text(agency, editor, row):
    other = make_agency()
    again = hosts.add(agency=agency, host=f"https://{HOST.upper()}/", by=editor)
    theirs = hosts.add(agency=other, host=HOST, by=make_seat(other))
    assert (again.pk, AgencyHost.objects.count()) == (row.pk, 2)
    wanted = hosts.what_to_write(row)
    assert (wanted.name, wanted.url) == (NAME, URL)
    assert wanted.value == f"village-hand={row.token}" and len(row.token) == 32
    assert hosts.what_to_write(theirs).value != wanted.value
    assert services.allowed_hosts(agency) == []


def test_who_may_name_and_remove(agency, editor, row):
    keeper, stranger = make_seat(agency, parts=[Part.BOOKS]), make_seat(make_agency())
    for by in (keeper, stranger):
        with pytest.raises(Refused):
            hosts.add(agency=agency, host="b.example", by=by)
        with pytest.raises(Refused):
            hosts.remove(agency=agency, host=row, by=by)
        with pytest.raises(Refused):
            hosts.look(agency=agency, host=row, by=by)
    with pytest.raises(AgencyHost.DoesNotExist):
        hosts.remove(agency=stranger.agency_seats.get().agency, host=row, by=stranger)
    assert [(found.host, found.looked_at) for found in AgencyHost.objects.all()] == [(HOST, None)]
    hosts.remove(agency=agency, host=row, by=editor)
    assert not AgencyHost.objects.exists()


def test_not_without_end(agency, editor, row, settings):
    settings.MARKETPLACE_AGENCY = settings.MARKETPLACE_AGENCY | {"HOSTS": 1}
    with pytest.raises(Refused, match="may name 1 sites"):
        hosts.add(agency=agency, host="b.example", by=editor)
    assert AgencyHost.objects.count() == 1


# By the DNS


def test_an_entry_in_the_dns_proves(agency, editor, row, dns_server, django_capture_on_commit_callbacks):
    dns_server.records[NAME] = ["v=spf1 -all", f"village-hand={row.token}"]
    assert services.allowed_hosts(agency) == []
    with django_capture_on_commit_callbacks(execute=True):
        look(row, editor)
    assert state(row) == ("dns", "dns", True)
    assert services.allowed_hosts(agency) == [HOST]
    assert dns_server.asked == [NAME]


def test_an_entry_of_another_agency_proves_nothing(editor, row, dns_server, site):
    theirs = hosts.what_to_write(make_host(make_agency(), HOST, proven=False)).value
    site.says(b"", "404 Not Found")
    for texts in ([theirs], [f"village-hand={row.token}x"], ["village-hand="], ["x" * 255] * 3):
        dns_server.records[NAME] = texts
        look(row, editor)
        assert state(row) == ("other/nothing", "", False)


def test_a_parents_entry_is_not_enough(editor, row, dns_server, site):
    dns_server.records["_village-hand.chang-thong.example"] = [f"village-hand={row.token}"]
    site.says(b"", "404 Not Found")
    look(row, editor)
    assert state(row) == ("nothing/nothing", "", False)


def test_a_name_server_that_is_silent_or_babbles_costs_little(editor, row, dns_server, monkeypatch):
    monkeypatch.setattr(proofs, "DNS_TRY", 0.1)
    monkeypatch.setattr(proofs, "DNS_IN_ALL", 0.3)
    port = make_host(row.agency, f"{HOST}:8443", proven=False)
    for mischief in (dns_server.silent, dns_server.broken):
        mischief.add(NAME)
        began = time.monotonic()
        look(port, editor)
        assert time.monotonic() - began < 3
        assert state(port) == ("no_answer", "", False)


def test_a_port_of_its_own_is_proved_by_the_dns_alone(agency, editor, dns_server, site):
    row = hosts.add(agency=agency, host=f"{HOST}:8443", by=editor)
    assert (hosts.what_to_write(row).name, hosts.what_to_write(row).url) == (NAME, "")
    site.says(hosts.what_to_write(row).value.encode())
    look(row, editor)
    assert (state(row), site.asked) == (("nothing", "", False), [])
    dns_server.records[NAME] = [hosts.what_to_write(row).value]
    look(row, editor)
    assert state(row) == ("dns", "dns", True)


def test_each_way_is_told_by_itself(editor, row, dns_server, site, monkeypatch):
    monkeypatch.setattr(proofs, "DNS_TRY", 0.1)
    monkeypatch.setattr(proofs, "DNS_IN_ALL", 0.3)
    site.says(b"another text")
    no_entry = "DNS: there is no such entry yet. A new one may take some hours to be seen."
    other_file = "File: there is one, but with another text. Please compare it sign by sign."
    look(row, editor)
    row.refresh_from_db()
    assert hosts.say_each(row) == [no_entry, other_file]
    dns_server.records[NAME] = ["another text"]
    site.says(b"", "404 Not Found")
    look(row, editor)
    row.refresh_from_db()
    assert hosts.say_each(row) == [
        "DNS: there is an entry, but with another text. Please compare it sign by sign.",
        "File: there is none at this address (404).",
    ]
    dns_server.silent.add(NAME)
    site.sends = []
    look(row, editor)
    row.refresh_from_db()
    assert hosts.say_each(row) == [
        "DNS: we got no answer. Please try again later.",
        "File: we got no answer from the site. It must answer on https, for everybody.",
    ]


@pytest.mark.parametrize(
    ("host", "short", "shared"),
    [
        ("www.ploytour.example", "_village-hand.www", ""),
        ("ploytour.example", "_village-hand", ""),
        ("a.b.ploytour.co.th:8443", "_village-hand.a.b", ""),
        ("somchai.wixsite.com", "_village-hand", "wixsite.com"),
        ("shop.somchai.github.io", "_village-hand.shop", "github.io"),
    ],
)
def test_the_short_name_and_whose_domain_it_is(agency, host, short, shared):
    row = make_host(agency, host, proven=False)
    assert (hosts.what_to_write(row).short, hosts.shared_domain(host)) == (short, shared)


def test_below_a_builders_domain_the_dns_is_not_told(agency):
    row = make_host(agency, "somchai.wixsite.com", proven=False)
    row.found = "nothing/nothing"
    assert hosts.say_each(row) == ["File: there is none at this address (404)."]


# By a file


@pytest.mark.parametrize("body", ["{}", "\ufeff{}\r\n", "# ours\n  {}  \nvillage-hand=another\n"])
def test_a_file_on_the_site_proves(editor, row, dns_server, site, body):
    site.says(body.format(f"village-hand={row.token}").encode())
    look(row, editor)
    assert state(row) == ("file", "file", True)
    (asked,) = site.asked
    assert asked.startswith("GET /.well-known/village-hand.txt HTTP/1.1\r\n") and "Cookie" not in asked


@pytest.mark.parametrize(
    ("status", "headers", "body", "found"),
    [
        ("404 Not Found", "", "{}", "nothing"),
        ("500 Oops", "", "{}", "status"),
        ("403 No", "", "{}", "status"),
        ("301 Moved", "Location: https://elsewhere.example/x\r\n", "{}", "redirect"),
        ("200 OK", "", "<html>not found</html>", "other"),
        ("200 OK", "", "text with {} in a line", "other"),
        ("200 OK", "", "x" * 4096 + "\n{}", "other"),
    ],
)
def test_what_is_no_proof(editor, row, dns_server, site, status, headers, body, found):
    site.says(body.replace("{}", f"village-hand={row.token}").encode(), status, headers)
    look(row, editor)
    assert state(row) == (f"nothing/{found}", "", False)
    assert len(site.asked) == 1 and len(hosts.say_each(row)) == 2


@pytest.mark.parametrize(
    "sends",
    [
        [b"HTTP/1.1 200 OK\r\n"] + [b"X-Slow: 1\r\n"] * 1000,
        [b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"] + [b"x"] * 4000,
        [b"H"] * 1000,
        [],
        [b"\x16\x03\x01 not http\r\n\r\n"],
    ],
    ids=["slow headers", "slow body", "slow greeting", "nothing", "nonsense"],
)
def test_a_site_that_never_ends_is_cut_off(editor, row, dns_server, site, monkeypatch, sends):
    monkeypatch.setattr(proofs, "SECONDS", 0.4)
    site.sends, site.pause = sends, 0.05
    began = time.monotonic()
    look(row, editor)
    assert time.monotonic() - began < 2
    assert state(row) == ("nothing/no_answer", "", False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_a_site_in_our_own_network_is_not_asked(editor, row, dns_server, monkeypatch, address):
    connected = []
    monkeypatch.setattr(public_address.socket, "getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", (address, 443))])
    monkeypatch.setattr(public_address.socket, "create_connection", lambda *args, **kwargs: connected.append(args))
    look(row, editor)
    assert (connected, state(row)) == ([], ("nothing/no_answer", "", False))


def test_a_look_a_moment_after_another_is_refused(editor, row, dns_server, site):
    site.says(b"", "404 Not Found")
    hosts.look(agency=row.agency, host=row, by=editor)
    with pytest.raises(Refused, match="ten seconds"):
        hosts.look(agency=row.agency, host=row, by=editor)
    assert len(site.asked) == 1


# By the shop


def test_a_builders_host_is_looked_at_by_the_shop(agency, editor, dns_server):
    row = hosts.add(agency=agency, host="www-chang--thong-com.filesusr.com", by=editor)
    assert row.found == "wrapper"
    staff = make_user(is_staff=True)
    look(row, editor)
    assert (state(row), dns_server.asked) == (("wrapper", "", False), [])
    hosts.shop_looked(host=row, by=staff)
    assert state(row) == ("wrapper", "shop", True)
    look(row, editor)
    assert state(row) == ("wrapper", "shop", True)
    hosts.shop_takes_back(host=row, by=staff)
    assert state(row) == ("wrapper", "", False)


# Again, every month


def proven(row, **changes) -> None:
    now = timezone.now()
    AgencyHost.objects.filter(pk=row.pk).update(**{"proof": "dns", "proven_at": now, "looked_at": now} | changes)


def test_looked_at_again_after_a_month_and_not_before(row, dns_server, capsys):
    dns_server.records[NAME] = [f"village-hand={row.token}"]
    now = timezone.now()
    proven(row, looked_at=now - timedelta(days=29))
    call_command("look_at_agency_hosts")
    assert dns_server.asked == []
    proven(row, looked_at=now - timedelta(days=31))
    call_command("look_at_agency_hosts")
    assert (dns_server.asked, state(row)) == ([NAME], ("dns", "dns", True))
    assert capsys.readouterr().out == f"chang-thong {HOST}: dns, proved\n"


def test_a_proof_that_is_gone_for_two_weeks_ends_and_the_agency_hears_of_it_twice(
    row, editor, dns_server, site, mailoutbox, commit
):
    site.says(b"", "404 Not Found")
    began = timezone.now()
    proven(row, looked_at=began - timedelta(days=31))
    for days in (0, 1, 13):
        list(hosts.look_again(began + timedelta(days=days)))
        assert state(row) == ("nothing/nothing", "dns", True)
    assert hosts.ends_at(row) == began + timedelta(days=14)
    list(hosts.look_again(began + timedelta(days=14)))
    assert (state(row), hosts.ends_at(row)) == (("nothing/nothing", "", False), None)
    list(hosts.look_again(began + timedelta(days=80)))
    commit()
    assert [mail.to for mail in mailoutbox] == [[editor.email]] * 2
    assert all(HOST in mail.subject and f"/th/agency/chang-thong/sites/{row.pk}/" in mail.body for mail in mailoutbox)


def test_a_proof_that_comes_back_in_time_stays(row, dns_server, site):
    site.says(b"", "404 Not Found")
    began = timezone.now()
    proven(row, looked_at=began - timedelta(days=31))
    list(hosts.look_again(began))
    dns_server.records[NAME] = [f"village-hand={row.token}"]
    list(hosts.look_again(began + timedelta(days=13)))
    row.refresh_from_db()
    assert (row.missing_since, state(row)) == (None, ("dns", "dns", True))
    list(hosts.look_again(began + timedelta(days=20)))
    assert state(row) == ("dns", "dns", True)


def test_what_the_shop_looked_at_and_what_was_never_proved_is_left_alone(agency, row, dns_server):
    looked = make_host(agency, "a.filesusr.com")
    proven(looked, proof="shop", looked_at=timezone.now() - timedelta(days=400))
    assert list(hosts.look_again()) == []
    assert dns_server.asked == []
