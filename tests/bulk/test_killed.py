"""Case 53: an import is killed half-way and goes on. Nothing is lost, nothing comes twice."""

import pytest

from catalogue.models import Product
from marketplace.bulk.models import ImportRow, ImportRun
from tests.bulk import processes
from tests.factories import make_craft, make_material, make_workshop
from tests.races.server import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill_only, pytest.mark.timeout(300)]
ROWS = 1_600


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.races.settings",
        "RACE_DATABASE_URL": database_url(),
        "RACE_SITE_URL": "http://testserver",
        "RACE_STRIPE_URL": "http://127.0.0.1:9",
        "PRIVATE_ROOT": str(tmp_path / "private"),
    }


def position(state: str) -> int:
    return sum(ImportRun.objects.filter(state=state).values_list("position", flat=True))


def test_killed_while_it_looks_and_while_it_writes(environment, tmp_path):
    workshop = make_workshop("big-workshop", code_prefix="BIG")
    make_craft("lacquer")
    make_material("bamboo")
    make_material("silk")
    file = processes.write_file(tmp_path / "big.csv", ROWS)
    command = (file, "--workshop", "BIG")
    looking = processes.start(environment, *command)
    processes.kill_when(looking, lambda: position("checking") > 0)
    assert Product.objects.filter(partner=workshop.partner).count() == 0
    writing = processes.start(environment, *command)
    processes.kill_when(writing, lambda: position("writing") >= ROWS // 2)
    done = Product.objects.filter(partner=workshop.partner).count()
    assert done == position("writing") and ROWS // 2 <= done < ROWS
    ran = processes.finish(processes.start(environment, *command))
    assert ran.said == f"new {ROWS}, changed 0, same 0, refused 0"
    codes = list(Product.objects.filter(partner=workshop.partner).order_by("pk").values_list("maker_code", "upc"))
    assert codes == [(f"IMP-{one:06d}", f"BIG-{one:02d}") for one in range(1, ROWS + 1)]
    assert ImportRow.objects.filter(run__state="done").count() == ROWS
    again = processes.finish(processes.start(environment, *command))
    assert again.said == f"new 0, changed 0, same {ROWS}, refused 0"
    assert Product.objects.filter(partner=workshop.partner).count() == ROWS
    assert not [path for path in (tmp_path / "private").rglob("*") if path.is_file()]
    print(f"\nrest: {ran}; again: {again}")
