"""Threats 43 and 49 at registration's doors: line breaks in addresses, the edges of time, odd texts and types."""

import pytest

from tests.service.registration.desk_room import CONFIRMED, DeskAgent, new_case
from tests.service.registration.house import House
from tests.service.registration.workbench import agent, case

CASES = "/api/registration/v1/cases"


@pytest.mark.parametrize("odd", ["%0d%0aSet-Cookie:x=1", "%0aX", "%7f"])
@pytest.mark.parametrize(
    "path", ["/register/{}/again", "/register/{}/done", "/register/{}/attach", "/register/status/{}/withdraw"]
)
def test_attack_43_a_line_break_in_an_address_is_no_fault_of_ours(house: House, path: str, odd: str) -> None:
    """Threat 43: a stranger gets 4xx or is sent elsewhere; no header of their own, no trace in our log."""
    answer = house.app.test_client().get(path.format(odd))
    assert answer.status_code < 500
    assert "x=1" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_attack_49_no_call_is_planned_outside_of_all_time(house: House, edge: str) -> None:
    """Threat 49: an instant that UTC cannot say is refused with the name of its field."""
    house.submit(house.apply())
    case_id = house.rows("SELECT id FROM vetting_cases")[0].id
    asked = {"json": {"at": edge}, "headers": house.street.token("vetting.manage")}
    answer = house.app.test_client().post(f"{CASES}/{case_id}/next-call", **asked)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "odd",
    [
        *({"spoke_to": text} for text in ("Pat\x1b[31m", "Pat\r\nSet-Cookie: x=1", "Pat\u202e", "\x00", 7, ["Pat"])),
        *({"number_called": text} for text in ("+1\x07", "1\n2", -1, None)),
        *({"note": text} for text in ("a\x07b", "\ud800", "x" * 2001, {})),
        *({"evidence": given} for given in ("knows_applicant", ["knows_applicant"] * 6, [None], {"0": 1})),
        *({"outcome": given} for given in ("CONFIRMED", "confirmed ", True, 1e308)),
        {"called_at": "2026-01-01T00:00:00Z"},
    ],
)
def test_attack_49_a_call_is_recorded_as_it_was_or_not_at_all(house: House, odd: dict[str, object]) -> None:
    """Threats 34, 43 and 49: control characters, wrong types and fields nobody offered are 4xx, and nothing is kept."""
    dana = DeskAgent(house, "acc_dana")
    case_id = new_case(house)
    assert dana.act(case_id, "calls", {**CONFIRMED, **odd}).status_code == 422
    assert house.rows("SELECT id FROM vetting_calls") == []


def test_attack_49_a_body_that_is_no_json_or_says_a_thing_twice(house: House) -> None:
    """Threat 49: the wrong content type, a form, a name that stands twice: refused, and the case waits on."""
    house.submit(house.apply())
    case_id = house.rows("SELECT id FROM vetting_cases")[0].id
    client, headers = house.app.test_client(), house.street.token("vetting.manage")
    for content_type, body in (
        ("application/x-www-form-urlencoded", "reason=No"),
        ("text/plain", '{"reason": "No"}'),
        ("application/json", '{"reason": "No", "reason": "Yes"}'),
        ("application/json", '{"reason": NaN}'),
        ("application/json", "\ufeff{}"),
    ):
        answer = client.post(
            f"{CASES}/{case_id}/refuse", data=body.encode(), content_type=content_type, headers=headers
        )
        assert 400 <= answer.status_code < 500, content_type
    assert house.rows("SELECT state FROM vetting_cases")[0].state == "open"


@pytest.mark.parametrize(("letters", "state"), [(800, "refused"), (801, "open")])
def test_a_cause_with_own_words_fits_into_what_is_told(house: House, letters: int, state: str) -> None:
    """M12: the two are one reason of at most 1000 letters: an agent who writes at length meets no fault of ours."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.post(f"/desk/cases/{case_id}/refuse", {"cause": "unreachable", "reason": "x" * letters})
    assert house.rows("SELECT state FROM vetting_cases")[0].state == state
