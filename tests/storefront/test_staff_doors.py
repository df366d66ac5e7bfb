"""The log-ins of the staff's screens: wrong passwords are counted, together with those at the shop's own door."""

import pytest

from marketplace.notices.models import Tries
from tests.factories import make_user
from tests.people import Visitor

pytestmark = pytest.mark.django_db
DOORS = ["/admin/login/", "/django-admin/login/", "/dashboard/login/"]
SHOP = "/en/account/login/"
BOSS, PASSWORD = "boss@example.com", "a long password"


@pytest.fixture
def boss():
    user = make_user(BOSS, is_staff=True, is_superuser=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def knock(client: Visitor, door: str, password: str = "wrong", name: str = BOSS, **meta) -> int:
    return client.post(door, {"username": name, "password": password}, **meta).status_code


def is_in(client: Visitor) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("door", DOORS)
def test_the_ninth_try_is_not_made(boss, door):
    assert [knock(Visitor(), door) for _try in range(8)] == [200] * 8
    client = Visitor()
    # As right as it may be.
    answer = client.post(door, {"username": BOSS, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert "Please wait 15 minutes" in answer.content.decode()
    assert not is_in(client)
    # Nobody locks anybody out: neither from another address, nor another account from here.
    assert knock(Visitor(), door, PASSWORD, REMOTE_ADDR="192.0.2.7") == 302
    assert knock(Visitor(), door, name="other@example.com") == 200


def test_all_doors_have_one_count(boss):
    doors = [*DOORS, SHOP]
    assert [knock(Visitor(), door, name=name) for name in (BOSS, BOSS.upper()) for door in doors] == [200] * 8
    assert [knock(Visitor(), door) for door in doors] == [429] * 4


@pytest.mark.parametrize("door", DOORS)
def test_who_comes_in_begins_anew(boss, door):
    for _time in range(2):
        assert [knock(Visitor(), door) for _try in range(7)] == [200] * 7
        client = Visitor()
        assert knock(client, door, PASSWORD) == 302
        assert is_in(client)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["", "\x00", "<b>" * 400])
def test_odd_names_are_wrong_ones(boss, door, name):
    assert knock(Visitor(), door, name=name) == 200
    assert Visitor().get(door).status_code == 200
    assert Tries.objects.count() == 2
