"""Registration under a new key: every TIN opens and is found with both keys, and when the old one is gone."""

import json
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from registration.directory import imports
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from shared import runtime
from shared.service import Context
from tests.service.registration.house import House, Visitor
from tests.support.keys import NEW, RESEAL, key_of, resealed, restarted, typed

TIN, APPLIED = "123456789", "987654321"
HARBOR = Row(TIN, "Harbor Family Practice", "+1 202 555 0100", True, True, None, "org_harbor")
COLUMNS = (("applications", "tin_box"), ("organizations", "tin_box"), ("directory_entries", "tin_box"))


@pytest.fixture
def old(house: House) -> str:
    """The key under which all began: a directory, an organization, an application with a case and a draft."""
    house.directory(HARBOR)
    house.submit(house.apply(tin=APPLIED))
    house.answer_organization(begun(house), "11-2223333", "Draft Practice")
    return key_of(house.context)


@pytest.fixture
def both(house: House, old: str) -> Iterator[Context]:
    """The service after the first step: the new key before the old one, and the index keeps the key it has."""
    made = restarted(house.context, NEW, old, tin_index_key=SecretStr(old))
    yield made
    made.database.close()


@pytest.fixture
def new(house: House, old: str) -> Iterator[Context]:
    """The service after the last step: the old key is gone."""
    made = restarted(house.context, NEW, tin_index_key=SecretStr(old))
    yield made
    made.database.close()


def begun(house: House) -> Visitor:
    """Somebody who stands before the question about the organization."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    return person


def told_tin(house: House, context: Context) -> object:
    """What the one door that may tell a whole TIN answers."""
    client = runtime.web(context).test_client()
    answer = client.get("/api/registration/v1/organizations/org_harbor/tin", headers=house.street.token("tins.read"))
    return answer.get_json().get("tin") if answer.status_code == 200 else answer.status_code


def case_shown(house: House, context: Context) -> object:
    """The end of the TIN that the desk sees on the case."""
    desk, client = house.street.token("vetting.manage"), runtime.web(context).test_client()
    (case,) = house.rows("SELECT id FROM vetting_cases")
    return client.get(f"/api/registration/v1/cases/{case.id}", headers=desk).get_json()["tin_last4"]


def boxes(house: House) -> set[str]:
    """Everything sealed that is stored."""
    return {row[0] for table, column in COLUMNS for row in house.rows(f"SELECT {column} FROM {table}") if row[0]}


def test_a_key_is_changed_and_the_old_one_goes(house: House, both: Context, new: Context) -> None:
    """Four steps of the guide; then every TIN opens, at the desk and for programs, and is found by its index."""
    assert (told_tin(house, both), case_shown(house, both)) == (TIN, APPLIED[-4:])
    before = boxes(house)
    told = resealed(both)
    assert told["resealed"] == told["under_the_newest_key"] == 4
    assert (told["left_under_another_key"], told["opened_by_no_key"]) == (0, 0)
    assert told["older_keys"] == "can be removed"
    assert not before & boxes(house)
    assert (told_tin(house, new), case_shown(house, new)) == (TIN, APPLIED[-4:])
    with new.transaction() as work:
        assert imports.keep(work, new.part(TinVault), HARBOR) is None
    assert [row.n for row in house.rows("SELECT count(*) AS n FROM directory_entries")] == [1]


def test_without_the_command_the_old_key_is_missed(house: House, old: str) -> None:
    """What this is for: a key that went too early takes what it had sealed with it; put back, it gives it back."""
    early = restarted(house.context, NEW, tin_index_key=SecretStr(old))
    with pytest.raises(ValueError, match="no key of this box opens the value"):
        early.part(TinVault).open(next(iter(boxes(house))))
    assert resealed(early, exit_code=1)["opened_by_no_key"] == 4
    early.database.close()
    assert told_tin(house, house.context) == TIN


def test_again_there_is_nothing_to_do(house: House, both: Context) -> None:
    """Idempotent: not one row is written a second time."""
    resealed(both)
    after = boxes(house)
    again = resealed(both)
    assert (again["resealed"], again["under_the_newest_key"]) == (0, 4)
    assert boxes(house) == after


def test_with_one_key_there_is_nothing_to_do(house: House, old: str) -> None:
    """Whoever runs it without having changed anything hears that all is well, about the index as well."""
    assert resealed(house.context)["resealed"] == 0


def test_an_index_without_a_key_of_its_own_holds_the_old_one(house: House, old: str) -> None:
    """All is sealed anew, and still the last key may not go: TINs are found by it. Told in words, and by exit code."""
    made = restarted(house.context, NEW, old)
    told = resealed(made, exit_code=1)
    assert (told["resealed"], told["left_under_another_key"]) == (4, 0)
    assert "GATEHOUSE_TIN_INDEX_KEY" in told["older_keys"]
    assert told_tin(house, made) == TIN
    made.database.close()


def test_the_run_is_audited_once_with_its_counts(house: House, both: Context) -> None:
    """Who had a shell, and how much; nothing of what was sealed."""
    resealed(both)
    (entry,) = house.rows("SELECT * FROM audit_entries WHERE action = 'secrets.resealed'")
    assert (entry.actor, entry.actor_kind, entry.target) == ("command-line", "system", "registration")
    assert json.loads(entry.after) == {"resealed": 4, "left": 0, "unopened": 0}


def test_a_row_that_no_key_opens_is_named_and_left(house: House, both: Context, new: Context) -> None:
    """By table and id, without its content; the rest is done, and the exit code says that something is the matter."""
    (spoilt,) = house.rows("SELECT id FROM applications WHERE tin_box IS NOT NULL ORDER BY id LIMIT 1")
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql(
            "UPDATE applications SET tin_box = 'spoilt' WHERE id = ?", (spoilt.id,)
        )
    told = resealed(both, exit_code=1)
    assert (told["resealed"], told["opened_by_no_key"]) == (3, 1)
    assert told["rows_opened_by_no_key"] == [f"applications.tin_box {spoilt.id}"]
    assert told["older_keys"].startswith("keep them")
    assert "spoilt" in boxes(house) and told_tin(house, new) == TIN


def test_in_words_it_says_the_same(house: House, both: Context) -> None:
    """For whoever types it; no bar where nobody looks."""
    result = typed(both, *RESEAL)
    assert result.exit_code == 0
    assert "resealed: 4\n" in result.stdout and "older_keys: can be removed\n" in result.stdout
    assert result.stderr == ""
    assert TIN not in result.output and NEW not in result.output
