"""The audit in the hands of staff: filters, pages, exports that no spreadsheet computes."""

import csv
import io
import json
import re
from datetime import timedelta

from tests.service.identity.offices import AUDITOR, OPERATOR, at_work
from tests.service.identity.world import PAT, World
from tests.support.pages import PageVisitor


def export(visitor: PageVisitor, kind: str) -> str:
    """Press the button for a kind of file; return what came."""
    visitor.press({"csv": "Download for spreadsheets (CSV)", "jsonl": "Download for programs (JSON lines)"}[kind])
    return visitor.answer.content.decode("utf-8-sig")


def suspend(world: World, operator: str, account_id: str, reason: str) -> None:
    """Something with a reason of somebody's own happens."""
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{account_id}/suspend")
    staff.fill("Reason", reason)
    staff.press("Suspend the account now")


def test_entries_are_found_by_what_whom_and_when(world: World) -> None:
    """O1: an auditor narrows the record down; each filter stands in the address, so the view can be kept."""
    operator, auditor, pat = world.seed(OPERATOR, AUDITOR, PAT)
    world.clock.advance(timedelta(days=2))
    suspend(world, operator, pat, "Left the practice")
    reader = at_work(world, auditor)
    reader.open("/admin/audit")
    reader.fill("To", pat)
    reader.fill("Act", "account")
    reader.fill("From this day", "2026-11-25")
    reader.press("Show")
    assert "The account was suspended" in reader.text
    assert "The account was opened for its person" not in reader.text
    assert "By Ola Operator" in reader.text
    assert "Reason: Left the practice" in reader.text
    reader.open(f"/admin/audit?target={pat}&until=2026-11-24")
    assert "The account was opened for its person" in reader.text
    assert "The account was suspended" not in reader.text
    reader.open("/admin/audit?actor=nobody")
    assert "No entry fits." in reader.text


def test_days_are_those_of_the_payer(world: World) -> None:
    """Half past eleven at night in New York belongs to that day, though UTC says the next (house rule on time)."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.clock.freeze(world.clock.now().replace(day=25, hour=4, minute=30))
    suspend(world, operator, pat, "Late at night")
    staff = at_work(world, operator)
    staff.open("/admin/audit?action=account.suspended&since=2026-11-24&until=2026-11-24")
    assert "Late at night" in staff.text
    staff.open("/admin/audit?action=account.suspended&since=2026-11-25")
    assert "No entry fits." in staff.text


def test_a_day_that_is_none_is_told(world: World) -> None:
    """A fault beside its field, nothing shown."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    staff.open("/admin/audit?since=yesterday")
    assert staff.answer.status_code == 422
    assert "Write the day like 2026-11-23" in staff.text


def test_the_record_is_paged_without_gaps(world: World) -> None:
    """Every entry once, the newest first."""
    (operator,) = world.seed(OPERATOR)
    with world.context.transaction() as work:
        for number in range(120):
            work.audit("account.looked_up", target=f"person-{number:03}")
    staff = at_work(world, operator)
    staff.open("/admin/audit?action=account.looked_up")
    seen = re.findall(r"person-\d+", staff.text)
    while "Older entries" in staff.text:
        staff.follow("Older entries")
        seen += re.findall(r"person-\d+", staff.text)
    assert seen == [f"person-{number:03}" for number in reversed(range(120))]


def test_an_export_is_harmless_in_a_spreadsheet(world: World) -> None:
    """Threat 45, ASVS 1.2.10: no cell begins with = + - @, a tab or a line break; the words are all there."""
    operator, pat = world.seed(OPERATOR, PAT)
    nasty = '=HYPERLINK("http://evil.example";"click")'
    suspend(world, operator, pat, nasty)
    staff = at_work(world, operator)
    staff.open(f"/admin/audit?target={pat}")
    found = export(staff, "csv")
    assert staff.answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in staff.answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(found)))
    assert [row["reason"] for row in rows if row["action"] == "account.suspended"] == [f"'{nasty}"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in set("=+-@\t\r\n")]
    assert {row["target"] for row in rows} == {pat}


def test_an_export_for_programs_is_one_object_in_a_line(world: World) -> None:
    """JSON lines with UTC instants, the same filters; taking them is recorded, what was typed is not."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/audit?target={pat}&action=account")
    entries = [json.loads(line) for line in export(staff, "jsonl").splitlines()]
    assert [entry["action"] for entry in entries] == ["account.activated", "account.opened", "account.invited"]
    assert all(entry["at"].endswith("Z") for entry in entries)
    staff.open("/admin/audit?action=audit.exported")
    assert "filters action target" in staff.text


def test_whoever_may_not_read_the_audit_may_not_export_it(world: World) -> None:
    """A POST without the role, without a token, or without a session changes nothing and gives nothing."""
    world.seed(PAT)
    person = world.signed_in(PAT)
    person._go("POST", "http://localhost:8000/admin/audit/export", [("format", "csv")])
    assert person.answer.status_code in (403, 404)
    assert "audit.exported" not in [action for action, _target in world.audited()]


def test_no_secret_is_in_any_entry(world: World) -> None:
    """ASVS 16.2.5: passwords, codes, cookies and whole addresses are nowhere in the record."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.signed_in(PAT)
    staff = at_work(world, operator)
    staff.open("/admin/audit")
    found = export(staff, "jsonl")
    for secret in (PAT.password, PAT.email, PAT.mobile or "", *[cookie.value or "" for cookie in staff.cookies.jar]):
        assert secret not in found
    assert pat
