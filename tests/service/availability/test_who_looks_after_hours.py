"""Who may change opening hours: operators and programs with the scope; other roles of the payer may not."""

import pytest

from tests.service.availability.world import Hours

PAGES = ("/hours", "/hours/maintenance/new", "/hours/calendars/precertification", "/hours/versions/1")
WISH = {"calendars": ["website"], "emergency": True, "reason": "Something broke"}


@pytest.mark.parametrize("role", ["desk", "auditor", "", "operators"])
@pytest.mark.parametrize("path", PAGES)
def test_other_roles_of_the_payer_are_told_who_does(hours: Hours, role: str, path: str) -> None:
    """Threat 36: signed in with two factors, and still not their page: 403 with a sentence, not a sign-in loop."""
    hours.sign_in(role=role)
    answer = hours.client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Opening hours are looked after by operators." in answer.get_data(as_text=True)


def test_the_refusal_speaks_spanish(hours: Hours) -> None:
    """The sentence is one of ours."""
    hours.sign_in(role="desk")
    answer = hours.client.get("/hours?lang=es", headers={"Accept": "text/html"})
    assert "De los horarios se encargan los operadores." in answer.get_data(as_text=True)


def test_no_act_of_another_role_counts(hours: Hours) -> None:
    """Threat 36: the form that somebody saw as an operator is of no use to somebody at the desk."""
    hours.sign_in()
    page = hours.client.get("/hours/maintenance/new").get_data(as_text=True)
    field = page.split('name="csrf_token" value="')[1].split('"')[0]
    with hours.context.transaction() as work:
        work.session.connection().exec_driver_sql("""UPDATE web_sessions SET data = '{"staff_role": "desk"}'""")
    form = {"calendars": ["website"], "when": "now", "reason": "Mischief", "emergency": "yes", "csrf_token": field}
    answer = hours.client.post("/hours/maintenance/new", data=form, headers={"Origin": "http://localhost:8000"})
    assert answer.status_code == 403
    assert hours.all_maintenance() == []


def operator(hours: Hours, **changes: object) -> dict[str, str]:
    """The header of an operator's own token."""
    signed_in = int(hours.clock.now().timestamp()) - 60
    claims = {"sub": "acc_1", "population": "staff", "staff_role": "operator", "acr": "urn:gatehouse:acr:2"}
    return hours.token("hours.manage", **{**claims, "auth_time": signed_in, **changes})


def test_a_token_of_an_operator_counts(hours: Hours) -> None:
    """The scope says what the app may ask, the role what the person may do."""
    answer = hours.client.post("/api/availability/v1/maintenance", json=WISH, headers=operator(hours))
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"staff_role": "desk"}, 403),
        ({"staff_role": None}, 403),
        ({"staff_role": None, "population": "provider"}, 403),
        ({"acr": "urn:gatehouse:acr:1"}, 401),
        ({"auth_time": 0}, 401),
    ],
)
def test_a_token_of_anybody_else_does_not(hours: Hours, changes: dict[str, object], status: int) -> None:
    """Threat 36: nor does a sign-in that is weak or old (RFC 9470)."""
    headers = operator(hours, **changes)
    answer = hours.client.post("/api/availability/v1/maintenance", json=WISH, headers=headers)
    assert answer.status_code == status
    assert hours.function("claims.submit")["open"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/maintenance"),
        ("POST", "/maintenance/mnt_1/start"),
        ("POST", "/maintenance/mnt_1/end"),
        ("POST", "/maintenance/mnt_1/cancel"),
        ("POST", "/maintenance/mnt_1/extend"),
        ("PUT", "/calendars"),
        ("POST", "/calendars/rollback"),
        ("POST", "/calendars/edi/exceptions"),
    ],
)
def test_every_act_asks_for_scope_and_role(hours: Hours, method: str, path: str) -> None:
    """Without a token 401, with the reader's scope 403, of the desk 403; before the body is looked at."""
    url = f"/api/availability/v1{path}"
    headers: tuple[tuple[dict[str, str], int], ...] = (
        ({}, 401),
        (hours.token("hours.read"), 403),
        (operator(hours, staff_role="desk"), 403),
    )
    for given, status in headers:
        assert hours.client.open(url, method=method, json={"nonsense": 1}, headers=given).status_code == status
