"""J2: maintenance of single functions and for single clients, and the allow-list that nobody talks their way into."""

import pytest

from tests.service.availability.world import PROBE_PASS, Hours

EMERGENCY = {"emergency": True, "reason": "Something broke"}
STAFF = {"sub": "acc_1", "population": "staff", "acr": "urn:gatehouse:acr:2"}


def start(hours: Hours, **wish: object) -> str:
    """Start a maintenance now; return its id."""
    return str(hours.post("/maintenance", {**EMERGENCY, **wish}, status=201)["id"])


def gate(hours: Hours, function: str = "claims.submit", client: str = "", **headers: str) -> int:
    """What the gate answers to a proxy that names function and client."""
    query = {"function": function, **({"client": client} if client else {})}
    return int(hours.client.get("/gate/check", query_string=query, headers=headers).status_code)


def test_a_single_function_is_closed_and_its_neighbours_are_not(hours: Hours) -> None:
    """J2, per function: gate, API, bulk answer and the next days agree; its calendar stays open."""
    begun = start(hours, functions=["precert.submit"])
    assert (gate(hours, "precert.submit"), gate(hours, "precert.view")) == (503, 204)
    assert hours.function("precert.submit")["reason"] == "maintenance"
    every = dict(hours.client.get("/api/availability/v1/functions").json or {})["functions"]
    assert [name for name, one in every.items() if not one["open"]] == ["precert.submit"]
    days = dict(hours.client.get("/api/availability/v1/functions/precert.submit/days").json or {})["days"]
    assert all(day["openings"] == [] for day in days[1:])  # nobody knows when it ends
    assert hours.maintenance(begun)["functions"] == ["precert.submit"]
    hours.post(f"/maintenance/{begun}/end", {"reason": "Mended"})
    assert gate(hours, "precert.submit") == 204


def test_the_event_of_a_single_function_names_it_and_the_calendar_to_ask_about(hours: Hours) -> None:
    """Listeners that know nothing of functions ask again about the calendar; the others read which function it is."""
    start(hours, functions=["precert.submit"])
    [(kind, _subject, data)] = [one for one in hours.events() if one[0].startswith("maintenance")]
    assert (kind, data["calendars"], data["functions"]) == (
        "maintenance.started",
        ["precertification"],
        ["precert.submit"],
    )
    assert "clients" not in data


def test_a_single_client_is_closed_out_and_the_others_are_not(hours: Hours) -> None:
    """J2, per client: by the client id that the proxy names; the API takes it too and says what differs."""
    start(hours, calendars=["website"], clients=["portal-east"])
    assert (gate(hours, client="portal-east"), gate(hours, client="portal-west"), gate(hours)) == (503, 204, 204)
    assert not hours.function("claims.submit", client="portal-east")["open"]
    assert hours.function("claims.submit")["open"]
    every = dict(hours.client.get("/api/availability/v1/functions").json or {})["functions"]
    assert every["claims.submit"]["open"]
    assert not every["claims.submit"]["clients"]["portal-east"]["open"]
    assert "clients" not in every["edi.exchange"]
    asked = hours.client.get("/api/availability/v1/functions", query_string={"client": "portal-east"}).json
    assert not dict(asked or {})["functions"]["claims.submit"]["open"]


def test_clients_alone_mean_everything_for_them(hours: Hours) -> None:
    """Without a calendar or a function it is the whole house, for that client."""
    start(hours, clients=["portal-east"])
    assert (gate(hours, "edi.exchange", "portal-east"), gate(hours, "edi.exchange")) == (503, 204)


def test_what_a_client_is_told_holds_as_long_as_it_says(hours: Hours) -> None:
    """J5: planned for one client, the others keep their answer and this one is told the hour."""
    wish = {"clients": ["portal-east"], "calendars": ["edi"], "reason": "Line change"}
    starts, ends = "2026-11-29T11:00:00Z", "2026-11-29T12:00:00Z"
    hours.post("/maintenance", {**wish, "starts_at": starts, "ends_at": ends}, status=201)
    hours.at("2026-11-29T05:59:59")
    assert hours.function("edi.exchange", client="portal-east")["valid_until"] == starts
    assert hours.function("edi.exchange")["valid_until"] == "2026-11-29T15:00:00Z"
    hours.at("2026-11-29T06:00:00")
    assert not hours.function("edi.exchange", client="portal-east")["open"]


def test_the_allow_list_names_clients(hours: Hours) -> None:
    """A client on it passes; it is named by the proxy in the query, and a header of the same name is nothing."""
    start(hours, calendars=["website"], allowed_clients=["synthetic"])
    assert (gate(hours, client="synthetic"), gate(hours)) == (204, 503)
    assert gate(hours, **{"X-Gatehouse-Client": "synthetic", "Client": "synthetic"}) == 503


@pytest.mark.parametrize(("allowed", "status"), [(["probes"], 204), (["staff"], 503), ([], 503)])
def test_probes_pass_by_a_secret(hours: Hours, allowed: list[str], status: int) -> None:
    """Only where the maintenance says so."""
    start(hours, calendars=["website"], allowed=allowed)
    assert gate(hours, **{"X-Gatehouse-Pass": PROBE_PASS}) == status


@pytest.mark.parametrize("value", ["", "probe", PROBE_PASS[:-1], PROBE_PASS + "x", "ñ" * 40, PROBE_PASS.upper()])
def test_a_stranger_cannot_say_the_pass(hours: Hours, value: str) -> None:
    """Threat 48: nothing but the secret itself, and it is compared whole."""
    start(hours, calendars=["website"], allowed=["probes", "staff"])
    assert gate(hours, **{"X-Gatehouse-Pass": value.encode().decode("latin-1")}) == 503


@pytest.mark.parametrize(("allowed", "status"), [(["staff"], 204), (["probes"], 503)])
def test_staff_pass_by_their_session(hours: Hours, allowed: list[str], status: int) -> None:
    """People of the payer who have signed in with two factors go on working, and see nothing of a page."""
    hours.sign_in(role="desk")
    start(hours, calendars=["website"], allowed=allowed)
    assert gate(hours) == status
    assert gate(hours, Accept="text/html") == status


@pytest.mark.parametrize(
    "changes",
    [{"population": "provider"}, {"acr": "urn:gatehouse:acr:1"}],
)
def test_other_sessions_do_not_pass(hours: Hours, changes: dict[str, str]) -> None:
    """Neither somebody of a practice nor a password alone."""
    hours.sign_in(**changes)
    start(hours, calendars=["website"], allowed=["staff"])
    assert gate(hours) == 503


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (STAFF, 204),
        ({**STAFF, "population": "provider"}, 503),
        ({**STAFF, "acr": "urn:gatehouse:acr:1"}, 503),
        ({**STAFF, "aud": "https://elsewhere.example/api"}, 503),
        ({**STAFF, "iss": "https://elsewhere.example"}, 503),
        ({**STAFF, "exp": 1}, 503),
        ({**STAFF, "cnf": {"jkt": "a" * 43}}, 503),
    ],
)
def test_staff_pass_by_a_token_for_this_api(hours: Hours, claims: dict[str, object], status: int) -> None:
    """Threats 14 and 48: signed by identity, for us, in time, of somebody of the staff with two factors; else not."""
    start(hours, calendars=["website"], allowed=["staff"])
    assert gate(hours, **hours.token("openid", **claims)) == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer none"},
        {"Cookie": "gh_availability=" + "b" * 43},
        {"X-Forwarded-User": "staff", "Remote-User": "staff", "X-Population": "staff"},
        {"X-Gatehouse-Account": "acc_operator"},
    ],
)
def test_saying_to_be_staff_is_not_being_staff(hours: Hours, headers: dict[str, str]) -> None:
    """Threat 48: headers by which proxies elsewhere name people open nothing."""
    start(hours, calendars=["website"], allowed=["staff", "probes"])
    assert gate(hours, **headers) == 503


def test_who_may_pass_maintenance_still_waits_for_the_opening_hours(hours: Hours) -> None:
    """The allow-list is for maintenance: at night precertification is closed to everybody."""
    hours.at("2026-11-22T21:30")
    hours.sign_in()
    start(hours, calendars=["website"], allowed=["staff", "probes"])
    assert gate(hours, "precert.submit") == 503
    assert gate(hours, "claims.submit") == 204


def test_of_two_maintenances_both_must_let_somebody_pass(hours: Hours) -> None:
    """One that lets staff pass opens nothing that another closes to all."""
    hours.sign_in()
    start(hours, calendars=["website"], allowed=["staff"])
    closed_to_all = start(hours, functions=["claims.submit"])
    assert (gate(hours, "claims.submit"), gate(hours, "claims.status.view")) == (503, 204)
    hours.post(f"/maintenance/{closed_to_all}/end", {"reason": "Done"})
    assert gate(hours, "claims.submit") == 204


def test_what_holds_for_those_on_the_list_is_kept_by_nobody(hours: Hours) -> None:
    """No cache in between hands the answer of a probe to a stranger."""
    start(hours, calendars=["website"], allowed=["probes"])
    query = {"function": "claims.submit"}
    passed = hours.client.get("/gate/check", query_string=query, headers={"X-Gatehouse-Pass": PROBE_PASS})
    assert passed.headers["Cache-Control"] == "no-store"
    assert gate(hours) == 503


def test_strangers_with_invented_names_cost_nothing(hours: Hours) -> None:
    """Threat 57: a client id that no maintenance names compiles no line of its own."""
    start(hours, clients=["portal-east"])
    for number in range(50):
        assert gate(hours, client=f"invented-{number}") == 204
    assert gate(hours, client="portal-east") == 503


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "calendars"),
        ({"functions": ["claims.sumbit"]}, "functions"),
        ({"calendars": ["webside"]}, "calendars"),
        ({"clients": ["no spaces, please"]}, "clients"),
        ({"clients": ["12-3456789"]}, "clients"),
        ({"calendars": ["website"], "allowed": ["everybody"]}, "allowed"),
        ({"calendars": ["website"], "allowed_clients": [""]}, "allowed_clients"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(hours: Hours, wish: dict[str, object], field: str) -> None:
    """Nothing is closed, and the field is named; a name of the form of a TIN goes into no event (threat 43)."""
    refused = hours.post("/maintenance", {**EMERGENCY, **wish}, status=422)
    assert any(name.startswith(field) for name in refused["errors"]), refused
    assert hours.events() == []


def test_outside_the_allowance_of_its_calendar_a_function_is_an_emergency_too(hours: Hours) -> None:
    """J3: precertification shares the Sunday of the website; Monday noon needs the flag."""
    wish = {"functions": ["precert.submit"], "reason": "New rules"}
    assert "emergency" in hours.post("/maintenance", wish, status=422)["errors"]
    hours.at("2026-11-29T05:30")
    begun = hours.post("/maintenance", wish, status=201)
    assert begun["ends_at"] == "2026-11-29T15:00:00Z"
    longer = {"ends_at": "2026-11-29T16:00:00Z", "reason": "Longer"}
    assert "emergency" in hours.post(f"/maintenance/{begun['id']}/extend", longer, status=422)["errors"]


def test_the_public_pages_say_what_is_closed_and_for_whom(hours: Hours) -> None:
    """Status page, JSON and feed name function and app; the banner of a portal says only what concerns it."""
    message = {"en": "We change the line.", "es": "Cambiamos la línea."}
    start(hours, functions=["edi.exchange"], clients=["portal-east"], message=message)
    text = hours.client.get("/status").get_data(as_text=True)
    assert "Exchange files between systems (EDI) (only for portal-east)" in text
    [told] = dict(hours.client.get("/status.json").json or {})["maintenance"]
    assert (told["calendars"], told["functions"], told["clients"]) == ([], ["edi.exchange"], ["portal-east"])
    feed = hours.client.get("/status/calendar.ics").get_data(as_text=True).replace("\r\n ", "")
    assert "Exchange files between systems (EDI)" in feed
    assert hours.client.get("/status/banner").status_code == 204
    mine = hours.client.get("/status/banner", query_string={"client": "portal-east", "lang": "es"})
    assert "Cambiamos la línea." in mine.get_data(as_text=True)
