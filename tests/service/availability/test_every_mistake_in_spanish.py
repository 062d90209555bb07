"""Whatever an operator does wrong on the pages of `/hours`, in Spanish the answer is Spanish."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from availability.hours import forms, schedule_forms
from shared.web.forms import PageForm
from tests.service.availability.world import Hours
from tests.support.faulty_hand import FaultyHand, Pairs

OF_THE_SHELL = {"/hours/signout", "/hours/session"}
EDIT = "/hours/calendars/precertification"
MINE = {"calendars": ["website"], "reason": "zzqx", "emergency": "yes"}


@pytest.fixture
def hand(hours: Hours) -> FaultyHand:
    """An operator who reads Spanish, with a wrong answer for everything."""
    hours.sign_in()
    hours.client.set_cookie("gatehouse_language", "es")
    return FaultyHand(hours.app, fetch_of(hours.client), spared=("Olivia Operator", "Gatehouse"))


def fetch_of(client: FlaskClient) -> Callable[[str, str, Pairs | None], tuple[int, str, str]]:
    """The browser of the world as the hand uses it."""

    def fetch(method: str, path: str, fields: Pairs | None) -> tuple[int, str, str]:
        body: dict[str, list[str]] = {}
        for name, value in fields or []:
            body.setdefault(name, []).append(value)
        headers = {"Origin": "http://localhost:8000"} if fields is not None else {}
        answer = client.open(path, method=method, data=body if fields is not None else None, headers=headers)
        return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)

    return fetch


def planned(hours: Hours, act: str) -> str:
    """The page of an act on a maintenance that awaits it."""
    later = {"when": "later", "starts": "2026-11-29T06:00", "ends": "2026-11-29T07:00", "every": "7", "times": "3"}
    running = [one["id"] for one in hours.all_maintenance() if one["state"] == "in_effect"]
    if act == "end" and running:
        return f"/hours/maintenance/{running[0]}/{act}"
    waiting = [one["id"] for one in hours.all_maintenance() if one["state"] == "scheduled"]
    if act == "end" or not waiting:
        assert hours.submit("/hours/maintenance/new", MINE | ({"when": "now"} if act == "end" else later)).location
        return planned(hours, act)
    return f"/hours/maintenance/{waiting[-1]}/{act}"


def test_no_english_comes_back(hours: Hours, hand: FaultyHand) -> None:
    """Every field of every form, wrong in every way, alone and together with the others: no English word."""
    hand.spoil(lambda: "/hours/maintenance/new")
    for act in ("extend", "start", "cancel", "end"):
        hand.spoil(lambda act=act: planned(hours, act))  # type: ignore[misc]
    closed = {"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-26T00:00"}
    hours.submit(EDIT, {"act": "publish", "seen": "1", "open": "always", "reason": "zzqx", **closed})
    hand.spoil(lambda: EDIT)
    hand.spoil(lambda: "/hours/versions/1")
    assert hand.english == {}, list(hand.english)
    assert {door for door in hand.doors() if door.startswith("/hours/")} - OF_THE_SHELL == hand.knocked
    assert fields_of(forms, schedule_forms) <= hand.refused


def test_what_comes_too_late_is_told_in_spanish(hours: Hours, hand: FaultyHand) -> None:
    """Somebody else was first: the state it is in, in the reader's words and not in ours."""
    page = planned(hours, "cancel")
    first = page.split("/")[-2]
    late = hours.client.get(page).get_data(as_text=True)
    hours.post(f"/maintenance/{first}/cancel", {"reason": "zzqx"})
    token = late.split('name="csrf_token" value="')[1].split('"')[0]
    body = {"reason": "zzqx", "csrf_token": token}
    answer = hours.client.post(page, data=body, headers={"Origin": "http://localhost:8000"})
    assert answer.status_code == 422
    assert "cancelado" in answer.get_data(as_text=True)
    assert "cancelled" not in answer.get_data(as_text=True)


def test_what_stands_out_in_a_schedule_is_told_in_spanish(hours: Hours, hand: FaultyHand) -> None:
    """The day on which two windows overlap has its name in the reader's language."""
    windows = "Mon 05:00-08:00\nMon 07:00-09:00"
    draft = {"act": "look", "seen": "1", "open": "windows", "windows": windows, "reason": "zzqx"}
    said = hours.submit(EDIT, draft).get_data(as_text=True)
    assert "lunes, 7:00" in said
    assert "monday" not in said


def fields_of(*modules: object) -> set[str]:
    """Every field of the forms that the modules declare."""
    shapes = [each for module in modules for each in vars(module).values() if isinstance(each, type)]
    forms_there = [each for each in shapes if issubclass(each, Schema) and issubclass(each, PageForm)]
    return {name for each in forms_there for name in each().fields}
