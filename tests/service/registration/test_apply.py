"""Applying at `/register`: the whole way through the front door, without JavaScript."""

from datetime import timedelta

from registration.applications.flow import Step
from tests.service.registration.house import House


def test_the_whole_way(house: House) -> None:
    """A coordinator answers, proves both contacts, chooses credentials at identity, and gets an application number."""
    person = house.apply()
    application_id = house.submit(person)
    assert "Your application is in" in person.text
    (row,) = house.rows("SELECT number, state, route FROM applications")
    assert row.number in person.text
    assert (row.state, row.route) == ("vetting", "vetting")
    (event,) = house.published("user.registered")
    assert event["subject"] == application_id
    assert event["data"]["person"] == {
        "display_name": "Casey Coordinator",
        "email": "casey@practice.example",
        "mobile": "+12025550143",
    }
    assert event["data"]["kind"] == "representative"
    assert event["data"]["profile"] == "billing"
    assert "claims.submit" in event["data"]["functions"]


def test_the_account_is_made_with_what_was_proved(house: House) -> None:
    """Identity gets name, contacts, population, language and the way back, once, under the application's id."""
    application_id = house.submit(house.apply())
    asked = house.street.accounts[application_id]
    assert asked["email"] == "casey@practice.example"
    assert asked["mobile"] == "+12025550143"
    assert asked["population"] == "provider"
    assert asked["return_url"] == f"http://localhost:8000/register/{application_id}/done"


def test_without_a_tin(house: House) -> None:
    """ "I don't have a TIN" is a full answer, and leads to the desk."""
    house.submit(house.apply(tin=None))
    (event,) = house.published("user.registered")
    assert (event["data"]["route"], event["data"]["organization_id"]) == ("vetting", None)


def test_a_draft_is_resumed_where_it_was_left(house: House) -> None:
    """The start page leads back to the first open question; nothing answered is asked again."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Dental practitioner")
    person.press("Continue")
    person.open("/register")
    person.follow("Continue your application")
    assert person.address.endswith("/register/organization")


def test_back_and_ahead_are_safe(house: House) -> None:
    """Any earlier question opens with its answer; one too far ahead leads to the first open one."""
    person = house.apply()
    person.open("/register/who")
    assert person.answer.status_code == 200
    assert 'value="representative" checked' in person.answer.text
    person.press("Continue")
    assert person.address.endswith("/register/check")
    other = house.visitor()
    other.open("/register")
    other.press("Start")
    for step in list(Step)[1:]:
        other.open(f"/register/{step}")
        assert other.address.endswith("/register/who"), step


def test_a_proved_contact_is_not_asked_for_again_but_a_changed_one_is(house: House) -> None:
    """Changing the name keeps the proof; changing the e-mail asks for one code, not for two."""
    person = house.apply()
    person.open("/register/email-code")
    assert person.address.endswith("/register/check")
    person.open("/register/contact")
    person.fill("Full name", "Casey C. Coordinator")
    person.press("Continue")
    assert person.address.endswith("/register/check")
    person.open("/register/contact")
    person.fill("E-mail address", "cc@practice.example")
    person.press("Continue")
    assert person.address.endswith("/register/email-code")
    assert house.rows("SELECT state FROM applications")[0].state == "draft"
    person.fill("6-digit code", house.code("cc@practice.example"))
    person.press("Continue")
    assert person.address.endswith("/register/check")


def test_errors_say_what_to_do_and_keep_what_was_typed(house: House) -> None:
    """Each fault has its own sentence above its field; what was typed stays, a TIN excepted."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.press("Continue")
    assert person.answer.status_code == 422
    assert "There is a problem" in person.text
    assert "Choose who you are" in person.text
    person.choose("Representative")
    person.press("Continue")
    person.fill("Name of the organization", "Harbor Family Practice")
    person.fill("NPI", "1234567890")
    person.choose("Yes, I enter its TIN")
    person._typed["tin"] = "12345"
    person.press("Continue")
    assert "A TIN has 9 digits" in person.text
    assert "one of its digits is not right" in person.text
    assert "Harbor Family Practice" in person.answer.text
    assert "12345" not in person.answer.text.replace("1234567890", "")


def test_a_likely_typing_slip_is_asked_back_once(house: House) -> None:
    """gmial.com is probably gmail.com; whoever insists goes on."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    house.answer_organization(person, None, "Harbor")
    person.fill("Full name", "Casey")
    person.fill("E-mail address", "casey@gmial.com")
    person.fill("Mobile number", "202 555 0143")
    person.press("Continue")
    assert "Did you mean casey@gmail.com?" in person.text
    person.press("Continue")
    assert person.address.endswith("/register/email-code")


def test_double_submit_makes_one_account(house: House) -> None:
    """Two clicks on the last button, and the back button after it, lead to the same account."""
    person = house.apply()
    first = person.post("/register/check", {})
    second = person.post("/register/check", {})
    assert first.status_code == second.status_code == 303
    assert len(house.street.accounts) == 1
    person.open("/register/who")
    assert "Choose a user ID and a password" in person.text
    person.press("Choose user ID and password")
    person.press("Create account")
    assert "Your application is in" in person.text
    person.open("/register/check")
    assert "Your application is in" in person.text
    assert len(house.published("user.registered")) == 1


def test_identity_away_keeps_the_answers(house: House) -> None:
    """The last button says so and works a minute later."""
    person = house.apply()
    house.street.away.add("identity")
    person.press("Choose user ID and password")
    assert person.answer.status_code == 503
    assert "Your answers are kept" in person.text
    house.street.away.clear()
    person.open("/register/check")
    house.submit(person)
    assert "Your application is in" in person.text


def test_unknown_form_names_change_nothing(house: House) -> None:
    """Mass assignment: state, account and proofs cannot be posted (threat 34)."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.post(
        "/register/who",
        {
            "identity_type": "medical",
            "state": "approved",
            "account_id": "acc_x",
            "email_proved_at": "2026-01-01",
            "is_manager": "1",
        },
    )
    (row,) = house.rows("SELECT state, account_id, email_proved_at, identity_type FROM applications")
    assert tuple(row) == ("draft", None, None, "medical")


def test_a_name_is_shown_as_text(house: House) -> None:
    """Markup and template syntax in a name stay letters (threat 46)."""
    person = house.apply(organization="<script>alert(1)</script> {{7*7}}")
    assert "<script>alert" not in person.answer.text
    assert "{{7*7}}" in person.text


def test_a_tin_typed_as_a_name_is_refused(house: House) -> None:
    """The name field is shown, mailed and sent: it takes no TIN."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    house.answer_organization(person, "12-3456789", "12-3456789")
    assert "This looks like a TIN" in person.text


def test_somebody_elses_browser_learns_nothing(house: House) -> None:
    """The application's address alone shows nothing: without the draft's cookie it asks to sign in."""
    application_id = house.submit(house.apply())
    stranger = house.visitor()
    house.sign_in("acc_other", "Other Person")
    stranger.open(f"/register/{application_id}/done")
    assert "There is no application under your account" in stranger.text


def test_the_draft_ends_with_the_browser_and_its_reference_is_hashed(house: House) -> None:
    """A session cookie, HttpOnly; the database holds only a keyed hash of it."""
    person = house.visitor()
    person.open("/register")
    answer = person.post("/register", {})
    cookie = answer.headers["Set-Cookie"]
    assert "gh_application=" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "expires" not in cookie.lower()
    secret = cookie.split("gh_application=")[1].split(";")[0]
    (row,) = house.rows("SELECT draft_key FROM applications")
    assert secret not in row.draft_key


def test_the_tasks_are_there_while_access_manager_is_away(house: House) -> None:
    """The last known list stays on offer."""
    house.apply()
    house.wait(timedelta(hours=1))
    house.street.away.add("access-manager")
    person = house.apply(email="second@practice.example", mobile="202 555 0199")
    assert "Check your answers" in person.text


def test_in_spanish(house: House) -> None:
    """Pages and messages speak the applicant's language."""
    person = house.visitor("es")
    person.open("/register")
    assert "Solicitar acceso" in person.text
    person.press("Empezar")
    person.choose("Representante")
    person.press("Continuar")
    person.fill("Nombre de la organización", "Harbor")
    person.choose("No tengo un TIN")
    person.press("Continuar")
    person.fill("Nombre completo", "Casey")
    person.fill("Correo electrónico", "casey@practice.example")
    person.fill("Número de teléfono móvil", "202 555 0143")
    person.press("Continuar")
    assert "Su código de 6 dígitos es" in house.messages("casey@practice.example")[0]
