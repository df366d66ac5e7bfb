"""Hosts as people type them, and what is no agency's host."""

import pytest

from marketplace.partnerships.host_names import follows, in_own_letters, is_wrapper, read_host, read_site
from marketplace.partnerships.services import Refused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.agency.example", "www.agency.example"),
        (" WWW.Agency.Example. ", "www.agency.example"),
        ("https://www.agency.example/", "www.agency.example"),
        ("http://www.agency.example", "www.agency.example"),
        ("http://www.agency.example:80", "www.agency.example"),
        ("www.agency.example:443", "www.agency.example"),
        ("https://www.agency.example/th/?a=1,2#top", "www.agency.example"),
        ("HTTP://www.agency.example:8443/a@b.example", "www.agency.example:8443"),
        ("www.agency.example?x=https://b.example/", "www.agency.example"),
        ("www.agency.example#x", "www.agency.example"),
        ("www.agency.example:8443", "www.agency.example:8443"),
        ("http://www.agency.example:443/", "www.agency.example:443"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ช้างทอง.ไทย", "xn--72cah7c4f1a4n.xn--o3cw4h"),
        ("ＡＧＥＮＣＹ．example", "agency.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("my-agency.wixsite.com", "my-agency.wixsite.com"),
        ("my-agency.github.io", "my-agency.github.io"),
        ("www-my--agency-com.filesusr.com", "www-my--agency-com.filesusr.com"),
        ("agency.co.th", "agency.co.th"),
    ],
)
def test_what_people_type(typed, kept):
    assert read_host(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "*", "*.agency.example", "https://*.agency.example", "www.*.example", "agency", "localhost", "a.localhost"),
        *("printer.local", "db.internal", "box.home.arpa", "x.lan", "hidden.onion", "agency.test", "agency.invalid"),
        *("127.0.0.1", "10.0.0.7:8000", "[::1]", "https://[2001:db8::1]/", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"),
        *("https://0x7f.1/", "１２７.0.0.1", "1.2.3.0x4", "/www.agency.example", "?www.agency.example"),
        *("see https://www.agency.example", "https://me:pw@www.agency.example"),
        *("me@www.agency.example", "www.agency.example@10.0.0.1", "ftp://www.agency.example", "javascript:alert(1)"),
        *("file:///etc/passwd", "//www.agency.example\\@evil.example", "www.agency.example:0", "www.agency.example:99999"),
        *("www.agency.example:x", "www agency.example", "www.agency.example;script-src", "a.example 'unsafe-inline'"),
        *("www.agency.example\r\nSet-Cookie: x", "www.agency.example\x00", "a..example", ".agency.example", "-a.example"),
        *("a_b.example", "<b>.example", "xn--.example", "a\u200d.example", "com", "co.th", "wixsite.com", "blogspot.com"),
        *("github.io", "https://github.io", "filesusr.com", "googleusercontent.com", "x" * 64 + ".example"),
        *("x." * 130 + "example", "a." * 150 + "example", "\u202emoc.elpmaxe"),
    ],
    ids=ascii,
)
def test_what_is_no_host_of_an_agency(typed):
    with pytest.raises(Refused) as refused:
        read_host(typed)
    assert refused.value.field == "host" and str(refused.value).endswith((".", "…"))


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("www.agency.example", ""),
        (" https://www.agency.example/ ", ""),
        ("https://a.example/th/?a=1", "/th/?a=1"),
        ("a.example#x", "#x"),
    ],
)
def test_what_follows_a_host(typed, rest):
    assert follows(typed) == rest


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("x" * 64 + ".example", "This name is too long: from one dot to the next there are at most 63 letters."),
        ("ก" * 60 + ".example", "This name is too long: from one dot to the next there are at most 63 letters."),
        ("a." * 140 + "example", "This name is too long for a host."),
        ("a." * 150 + "example", "This address is too long."),
        ("a_b.example", "This is not the name of a host: it holds signs that no such name has."),
    ],
    ids=("label", "label in Thai", "name", "address", "sign"),
)
def test_a_name_that_is_too_long_hears_just_that(typed, says):
    with pytest.raises(Refused) as refused:
        read_host(typed)
    assert str(refused.value) == says


def test_names_in_their_own_letters():
    for host, letters in (
        ("xn--lng-ngh-8va1699d.vn", "làng-nghề.vn"),
        ("www.xn--72cah7c4f1a4n.xn--o3cw4h:8443", "www.ช้างทอง.ไทย:8443"),
        ("www.agency.example", ""),
        ("xn--.example", ""),
    ):
        assert in_own_letters(host) == letters


def test_hosts_that_only_a_builder_can_write_into():
    assert is_wrapper("www-my--agency-com.filesusr.com") and is_wrapper("1-atari-embeds.googleusercontent.com")
    assert not is_wrapper("notfilesusr.com") and not is_wrapper("filesusr.com.agency.example")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("agency.example", "https://agency.example"),
        ("http://agency.example/th/ทัวร์?x=1#top", "http://agency.example/th/%E0%B8%97%E0%B8%B1%E0%B8%A7%E0%B8%A3%E0%B9%8C?x=1"),
        ("https://sites.google.com/view/agency", "https://sites.google.com/view/agency"),
        ("münchen.example:8443/a", "https://xn--mnchen-3ya.example:8443/a"),
    ],
)
def test_addresses_of_sites(typed, kept):
    assert read_site(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "javascript:alert(1)", "https://me@agency.example", "https://10.0.0.1/", "https://agency", "a b"]
)
def test_what_is_no_site(typed):
    with pytest.raises(Refused) as refused:
        read_site(typed)
    assert refused.value.field == "site"
