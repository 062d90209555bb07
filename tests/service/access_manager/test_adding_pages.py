"""Lists of people on the pages and on the command line: looked at, done, undone, without a script (G14)."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from access_manager.app import SERVICE
from shared import cli
from tests.service.access_manager.invited import (
    INVITATIONS,
    Accounts,
    ann,
    audited,
    held,
    letters,
    practices,
    remains,
    send,
)
from tests.service.access_manager.world import (
    CLINIC,
    FRONT_DESK,
    MEG,
    PAT,
    SAM,
    World,
    at_the_shell,
)
from tests.support.pages import PageVisitor


@pytest.fixture
def accounts(world: World) -> Accounts:
    """A clinic with two managers and two members, another practice, and identity's side."""
    return practices(world)


def test_a_batch_of_another_practice_is_not_taken_for_one_s_own(world: World, accounts: Accounts) -> None:
    """Threat 35: the form's batch id names a foreign list: 404, and nothing of it is shown or done."""
    batch = send(world, [ann()])
    page = world.browser("acc_bea", name="Bea Boss")
    check(page, "kim@office.example")
    field = page._page.xpath("//input[@name='batch']")[0]
    field.set("value", batch["batch_id"])
    page.press("Give access to 1 person")
    assert page.answer.status_code == 404 and "ann@office.example" not in page.answer.text


def check(visitor: PageVisitor, text: str) -> None:
    """Paste a list of people who may send claims, and look at what it would do."""
    visitor.open("/manage/people/add/several")
    visitor.fill("Paste the list", text)
    visitor.choose("Send claims")
    visitor.press("Check the list")


def test_g14_a_pasted_list_is_looked_at_done_and_undone_on_pages(world: World, accounts: Accounts) -> None:
    """Check, mend, check again, do it, see each result, undo: without a script, nothing before the button says so."""
    boss = world.browser(MEG)
    check(boss, "Ann Lee, ann@office.example\nBob Ray, bob at office\n")
    assert "Nothing has happened yet. 1 row would change something." in boss.text
    assert "Line 2" in boss.text and "Correct the e-mail address" in boss.text
    assert remains(world)[0] == 0
    boss.fill("The list", "Ann Lee, ann@office.example\nBob Ray, bob@office.example\n")
    boss.press("Check again")
    assert "2 rows would change something." in boss.text
    boss.press("Give access to 2 people")
    assert boss.text.count("Invited") == 2 and "2 people added" in boss.text
    assert letters(world, "bob@office.example") == ["Lakeside Family Practice invites you"]
    done = boss.address
    boss.open("/manage/people/add/several")
    boss.follow("2 people added")
    assert boss.address == done
    boss.press("Undo the list")
    assert "The list was undone" in boss.text and boss.text.count("Undone") >= 3
    assert {each["standing"] for each in world.api().get(INVITATIONS).json()["invitations"]} == {"revoked"}


def test_a_list_that_was_edited_is_looked_at_again(world: World, accounts: Accounts) -> None:
    """Whoever adds a line and presses the main button has not seen what that line does: it is shown first."""
    boss = world.browser(MEG)
    check(boss, "ann@office.example")
    boss.fill("The list", "ann@office.example\neve@office.example")
    boss.press("Give access to 1 person")
    assert "2 rows would change something." in boss.text and remains(world)[0] == 0
    boss.press("Give access to 2 people")
    assert "2 people added" in boss.text


def test_pressing_the_button_twice_does_it_once(world: World, accounts: Accounts) -> None:
    """The back button and a second press: the same batch, nobody written to twice."""
    boss = world.browser(MEG)
    check(boss, "ann@office.example")
    fields = {each.get("name"): each.get("value", "") for each in boss._page.xpath("//form//input[@type='hidden']")}
    boss.press("Give access to 1 person")
    first = boss.address
    again = boss._http.post(
        "http://localhost:8000/manage/people/add/several",
        data={**fields, "list": "ann@office.example", "act": "commit"},
        headers={"Origin": "http://localhost:8000", "Accept": "text/html"},
    )
    assert again.status_code == 303 and first.endswith(again.headers["Location"])
    assert len(letters(world)) == 1 and audited(world, "members.") == ["members.added"]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffname;email;access;last day\r\nAnn Lée;ann@office.example;billing;1/31/2027\r\n".encode(),
        "name;email;access;last day\r\nAnn Lée;ann@office.example;Billing;2027-01-31\r\n".encode("cp1252"),
        'nombre,correo,acceso,último día\n"Ann Lée",ann@office.example,Facturación,2027-01-31\n'.encode(),
        "name\temail\taccess\tlast day\nAnn Lée\tann@office.example\tbilling\t2027-01-31\n".encode("utf-16"),
    ],
    ids=["excel-utf8-bom-semicolon", "excel-cp1252", "spanish-headings", "excel-unicode-text"],
)
def test_g14_files_are_read_as_spreadsheets_write_them(world: World, accounts: Accounts, content: bytes) -> None:
    """Byte order mark, `;`, CP-1252, tabs in UTF-16; headings of either language; a profile by name."""
    boss = world.browser(MEG)
    boss.open("/manage/people/add/several")
    form = {each.get("name"): each.get("value", "") for each in boss._page.xpath("//form//input[@type='hidden']")}
    answer = boss._http.post(
        "http://localhost:8000/manage/people/add/several",
        data={**form, "list": "", "act": "check"},
        files={"file": ("people.csv", content, "text/csv")},
        headers={"Origin": "http://localhost:8000", "Accept": "text/html"},
    )
    assert answer.status_code == 200, answer.text
    assert "Ann Lée" in answer.text and "See remittances" in answer.text and "1 row would change" in answer.text


def test_the_template_can_be_filled_in_and_sent_back(world: World, accounts: Accounts) -> None:
    """What we offer to download is what we read."""
    boss = world.browser(MEG)
    boss.open("/manage/people/add/template.csv")
    assert boss.answer.headers["Content-Type"].startswith("text/csv")
    check(boss, boss.answer.content.decode("utf-8-sig"))
    assert "2 rows would change something." in boss.text and "left out" not in boss.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a list, or choose a file"),
        ("x@office.example\n" * 1001, "A list has at most 1000 rows"),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(world: World, accounts: Accounts, text: str, sentence: str) -> None:
    """Nothing in it, or too much: said at the field, and what was typed stays."""
    boss = world.browser(MEG)
    check(boss, text)
    assert boss.answer.status_code == 422 and sentence in boss.text


def test_g14_people_are_ticked_and_removed_on_pages(world: World, accounts: Accounts) -> None:
    """Ticked or pasted, with a reason, every change listed before the button; undo gives it back."""
    boss = world.browser(MEG)
    boss.open("/manage/people/remove")
    assert "Max Manager" not in boss.text
    boss.choose("Sam Staff")
    boss.press("Check the list")
    assert boss.answer.status_code == 422 and "Choose a reason" in boss.text
    boss.fill("Paste the list", f"{PAT}@lakeside.example")
    boss.choose("No longer works here")
    boss.press("Check the list")
    assert "2 people would lose their access" in boss.text and "Sam Staff" in boss.text and "Pat Partner" in boss.text
    assert held(world, SAM) is not None
    boss.press("Remove the access of 2 people now")
    assert held(world, SAM) is None and held(world, PAT) is None
    boss.press("Undo the list")
    assert set((held(world, SAM) or {})["functions"]) == set(FRONT_DESK)


def test_g14_an_operator_sends_a_file_from_the_command_line(
    world: World, accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`access-manager members add FILE --organization … --dry-run --json`: the same rows; exit 1 for a fault."""
    monkeypatch.setattr("access_manager.adding.doors.commands.open_context", lambda _place: at_the_shell(world))
    file = tmp_path / "people.csv"
    file.write_text("name,email,access\nAnn Lee,ann@office.example,front_desk\nBob,broken,front_desk\n")
    add = ["members", "add", str(file), "--organization", CLINIC]
    looked = CliRunner().invoke(cli.program(SERVICE), [*add, "--dry-run", "--json"])
    assert looked.exit_code == 1 and json.loads(looked.output)["counts"] == {"invite": 1, "fault": 1}
    assert remains(world)[0] == 0
    done = CliRunner().invoke(cli.program(SERVICE), add)
    assert "ann@office.example: Invited" in done.output and "line 3: broken: Correct the e-mail address" in done.output
    file.write_text(f"email\n{SAM}@lakeside.example\n")
    remove = ["members", "remove", str(file), "--organization", CLINIC, "--reason", "left", "--json"]
    removed = CliRunner().invoke(cli.program(SERVICE), remove)
    assert removed.exit_code == 0 and json.loads(removed.output)["rows"][0]["act"] == "remove"
    assert held(world, SAM) is None
    undo = ["members", "undo", json.loads(removed.output)["batch_id"], "--organization", CLINIC]
    undone = CliRunner().invoke(cli.program(SERVICE), undo)
    assert undone.exit_code == 0 and undone.output.strip().endswith("Undone")
    assert held(world, SAM) is not None


def test_f2_an_operator_invites_and_takes_back_on_the_command_line(
    world: World, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`access-manager invitations make|list|write-again|revoke`, each with `--json`, under the same rules."""
    monkeypatch.setattr("access_manager.invitations.commands.open_context", lambda _place: at_the_shell(world))

    def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
        found = CliRunner().invoke(cli.program(SERVICE), ["invitations", *arguments, "--json"])
        return found.exit_code, json.loads(found.output) if found.exit_code == 0 else []

    ann_lee = ("--name", "Ann Lee", "--email", "ann@office.example", "--functions", "claims.submit")
    code, made = run("make", CLINIC, *ann_lee)
    assert code == 0 and made[0]["standing"] == "pending" and made[0]["invited_by"] == "command-line"
    assert run("make", CLINIC, *ann_lee)[1] == run("list", CLINIC)[1] == made
    assert run("make", CLINIC, "--name", "A", "--email", "broken", "--functions", "claims.submit")[0] == 1
    one = str(made[0]["invitation_id"])
    assert run("write-again", CLINIC, one)[0] == 1
    world.clock.advance(timedelta(minutes=10))
    assert run("write-again", CLINIC, one)[0] == 0 and len(letters(world)) == 2
    assert run("revoke", CLINIC, one)[1][0]["standing"] == "revoked"


def test_old_lists_are_forgotten(world: World, accounts: Accounts) -> None:
    """The addresses of a list are not kept for ever; the history is."""
    send(world, [ann()])
    job = next(each for each in SERVICE.jobs if each.name == "batches-housekeeping")
    world.clock.advance(timedelta(days=90))
    assert job.run(world.context) == 0
    world.clock.advance(timedelta(seconds=1))
    assert job.run(world.context) == 1
    assert "members.added" in audited(world, "members.")
