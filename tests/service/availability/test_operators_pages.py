"""`/hours`: the operator sees everything and acts with a reason, in a browser without JavaScript."""

import pytest

from tests.service.availability.world import Hours

FORM = {"calendars": ["website"], "when": "now", "reason": "Something broke", "emergency": "yes"}


def test_only_staff_with_two_factors(hours: Hours) -> None:
    """A stranger is sent to sign in; a weaker sign-in too; another population is told it is the wrong door."""
    assert hours.client.get("/hours").status_code == 303
    hours.sign_in(acr="urn:gatehouse:acr:1")
    answer = hours.client.get("/hours")
    assert (answer.status_code, "acr_values=urn%3Agatehouse%3Aacr%3A2" in answer.headers["Location"]) == (303, True)


def test_providers_are_at_the_wrong_door(hours: Hours) -> None:
    """Two factors do not make an operator."""
    hours.sign_in(population="provider")
    assert hours.client.get("/hours").status_code == 403


def test_start_and_end_maintenance(hours: Hours) -> None:
    """The whole act on pages: start with a reason, everything closes at once, end with a reason, it opens."""
    hours.sign_in()
    answer = hours.submit("/hours/maintenance/new", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/hours?done=in_effect")
    assert not hours.function()["open"]
    text = hours.client.get("/hours?done=in_effect").get_data(as_text=True)
    assert "Maintenance has started" in text
    [begun] = hours.all_maintenance()
    assert f"/hours/maintenance/{begun['id']}/end" in text
    refused = hours.submit(f"/hours/maintenance/{begun['id']}/end", {"reason": " "})
    assert refused.status_code == 422
    assert "Enter the reason" in refused.get_data(as_text=True)
    assert hours.submit(f"/hours/maintenance/{begun['id']}/end", {"reason": "Mended"}).status_code == 303
    assert hours.function()["open"]
    assert hours.audited() == [("maintenance.in_effect", "Something broke"), ("maintenance.ended", "Mended")]


def test_plan_and_cancel(hours: Hours) -> None:
    """Local times of the form are Eastern; what is planned shows on the public page and can be cancelled."""
    hours.sign_in()
    later = {**FORM, "when": "later", "starts": "2026-11-29T06:00", "ends": "2026-11-29T07:00", "emergency": ""}
    later.pop("emergency")
    assert hours.submit("/hours/maintenance/new?when=later", later).status_code == 303
    [planned] = hours.all_maintenance()
    assert (planned["starts_at"], planned["ends_at"]) == ("2026-11-29T11:00:00Z", "2026-11-29T12:00:00Z")
    assert "Planned work" in hours.client.get("/status").get_data(as_text=True)
    assert hours.submit(f"/hours/maintenance/{planned['id']}/cancel", {"reason": "Moved"}).status_code == 303
    again = hours.client.get(f"/hours/maintenance/{planned['id']}/cancel").get_data(as_text=True)
    assert "This is no longer possible" in again


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"calendars": []}, "Choose what is affected"),
        ({"reason": ""}, "Enter the reason"),
        ({"when": "later"}, "Enter when it starts"),
        ({"when": "later", "starts": "soon"}, "Enter a date and time"),
        ({"when": "later", "starts": "2027-03-14T02:30"}, "That time does not exist"),
        ({"ends": "2026-11-23T11:00"}, "The end must be after the start."),
        ({"when": "later", "starts": "2026-11-22T11:00"}, "The start must not be in the past."),
        ({"emergency": None}, "outside the maintenance allowance"),
    ],
)
def test_mistakes_are_explained_and_nothing_is_lost(hours: Hours, change: dict[str, object], sentence: str) -> None:
    """One sentence on top and at the field; the form comes back as it was filled."""
    hours.sign_in()
    form = {name: value for name, value in {**FORM, "message_en": "Back soon", **change}.items() if value is not None}
    answer = hours.submit("/hours/maintenance/new", form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert text.count(sentence) == 2, sentence
    assert 'value="Back soon"' in text
    assert hours.all_maintenance() == []


def test_the_schedule_is_shown_with_its_versions(hours: Hours) -> None:
    """Windows, allowance, exceptions, and who published what and why; in Spanish as well."""
    hours.sign_in()
    body = {"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-26T00:00", "reason": "Christmas"}
    hours.post("/calendars/edi/exceptions", body, status=201)
    text = hours.client.get("/hours").get_data(as_text=True).replace("\u00a0", " ")
    for words in (
        "Monday to Saturday: 5:00 a.m. to 3:00 a.m. the next day",
        "Sunday: 5:00 a.m. to 9:00 p.m.",
        "2026-12-25 00:00",
        "Christmas",
        "suite-service",
        "like Website",
    ):
        assert words in text
    spanish = hours.client.get("/hours?lang=es").get_data(as_text=True)
    assert "Calendarios" in spanish
    assert "Versions of the schedule" not in spanish


def test_an_unknown_act_is_not_found(hours: Hours) -> None:
    """Addresses nobody links to."""
    hours.sign_in()
    for path in ("/hours/maintenance/mnt_1/end", "/hours/maintenance/mnt_1/extend"):
        assert hours.client.get(path).status_code == 404


def test_move_the_end_of_a_running_maintenance(hours: Hours) -> None:
    """The form shows the end as it stands; a reason is needed; what is over offers nothing."""
    hours.at("2026-11-29T05:30")
    hours.sign_in()
    hours.submit("/hours/maintenance/new", {**FORM, "ends": "2026-11-29T07:00"})
    [begun] = hours.all_maintenance()
    path = f"/hours/maintenance/{begun['id']}/extend"
    assert 'value="2026-11-29T07:00"' in hours.client.get(path).get_data(as_text=True)
    assert hours.submit(path, {"ends": "2026-11-29T08:00", "reason": ""}).status_code == 422
    early = hours.submit(path, {"ends": "2026-11-29T04:00", "reason": "Again"})
    assert "The end must be after the start." in early.get_data(as_text=True)
    done = hours.submit(path, {"ends": "2026-11-29T08:00", "reason": "Not so well"})
    assert (done.status_code, done.headers["Location"]) == (303, "/hours?done=extended")
    assert hours.maintenance(begun["id"])["ends_at"] == "2026-11-29T13:00:00Z"
    hours.submit(f"/hours/maintenance/{begun['id']}/end", {"reason": "Mended"})
    assert "This is no longer possible" in hours.client.get(path).get_data(as_text=True)
