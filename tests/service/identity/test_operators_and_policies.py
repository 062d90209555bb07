"""Policies in the hands of staff: a departure needs a reason, is shown with it, audited, and holds at once."""

from datetime import timedelta

import pytest

from identity.policies import service as policies
from tests.service.identity.offices import AUDITOR, DESK, OPERATOR, WHY, at_work
from tests.service.identity.world import PAT, World, membership
from tests.support.pages import PageVisitor


def decide(staff: PageVisitor, name: str, value: str, why: str = WHY) -> None:
    """Open a policy, type a value and a justification, and press the button."""
    staff.open(f"/admin/policies/{name}")
    staff.fill("Value", value)
    staff.fill("Justification", why)
    staff.press("Change this policy")


def held(world: World) -> object:
    """The suite's policies as every room reads them."""
    with world.context.reading() as session:
        return policies.current(session)


def test_a_departure_needs_a_written_justification(world: World) -> None:
    """Domain §5: without 20 characters of reason nothing changes, and the page says so beside the field."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    for why in ("", "because", " " * 30):
        decide(staff, "lock_minutes", "30", why)
        assert staff.answer.status_code == 422
        assert "Write why, in at least 20 characters" in staff.text
    assert held(world) == policies.rules.DEFAULTS


def test_what_holds_against_guessing_can_be_read(world: World) -> None:
    """ASVS 6.1.1: delays, rests and their length stand on one page, as they hold now, for auditors too."""
    (auditor,) = world.seed(AUDITOR)
    reader = at_work(world, auditor)
    reader.open("/admin/policies")
    for title in (
        "Answers slow down after",
        "Signing in is paused after",
        "Signing in is paused for",
        "is switched off after",
    ):
        assert title in reader.text


def test_a_departure_is_shown_with_its_reason_and_audited(world: World) -> None:
    """Who, when, from what to what and why: on the deviations page and in the audit (domain §5, A1)."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    decide(staff, "password_max_age_days", "90")
    assert "The policy was changed." in staff.text
    staff.open("/admin/policies/deviations")
    assert "Passwords expire after" in staff.text
    for said in ("90", "never", WHY, "Ola Operator"):
        assert said in staff.text
    assert ("policy.changed", "policy:password_max_age_days") in world.audited()
    staff.open("/admin/audit?action=policy")
    assert WHY in staff.text


def test_going_back_to_the_default_needs_no_reason_and_leaves_no_deviation(world: World) -> None:
    """The default explains itself; the audit keeps that it was otherwise."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    decide(staff, "lock_minutes", "30")
    decide(staff, "lock_minutes", "15", "")
    staff.open("/admin/policies/deviations")
    assert "Every policy has its default." in staff.text
    assert world.audited().count(("policy.changed", "policy:lock_minutes")) == 2


@pytest.mark.parametrize("value", ["14", "31", "", "fifteen", "15.5", "１５", "-1", "99999999999999999999"])
def test_no_value_leaves_the_bounds_of_the_standard(world: World, value: str) -> None:
    """SP 800-63B-4 and domain §5 bound every opt-in; what was typed stays in the field."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    decide(staff, "lock_minutes", value)
    assert staff.answer.status_code == 422
    assert "Use a whole number from 15 to 30" in staff.text
    assert held(world) == policies.rules.DEFAULTS


def test_every_kind_of_policy_can_be_changed_without_scripts(world: World) -> None:
    """Numbers, yes or no, populations, points, a pattern: plain forms, and the rooms read what was meant."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    staff.open("/admin/policies/sms_for_managers")
    staff.choose("yes")
    staff.fill("Justification", WHY)
    staff.press("Change this policy")
    staff.open("/admin/policies/email_factor_populations")
    staff.choose("member")
    staff.fill("Justification", WHY)
    staff.press("Change this policy")
    staff.open("/admin/policies/risk_weights")
    staff.fill("This account has not been used in this country before.", "5")
    staff.fill("Justification", WHY)
    staff.press("Change this policy")
    decide(staff, "member_id_pattern", "W[0-9]{9}")
    now = policies.rules.with_values({})
    with world.context.reading() as session:
        now = policies.current(session)
    assert now.sms_for_managers
    assert now.email_factor_populations == frozenset({"member"})
    assert now.risk_weights == {**policies.rules.DEFAULTS.risk_weights, "new_country": 5}
    assert now.member_id_pattern == "W[0-9]{9}"


def test_an_e_mail_code_is_never_offered_to_be_switched_on_for_staff(world: World) -> None:
    """Domain §5: never for managers or staff; the page has no such answer, and a forged one is refused."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    staff.open("/admin/policies/email_factor_populations")
    assert 'value="staff"' not in staff.answer.text
    token = staff.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = [("csrf_token", token), ("value", "staff"), ("justification", WHY)]
    staff._go("POST", "http://localhost:8000/admin/policies/email_factor_populations", fields)
    assert staff.answer.status_code == 422
    assert held(world) == policies.rules.DEFAULTS


def test_an_auditor_reads_policies_and_changes_none(world: World) -> None:
    """O1: the values and the reasons, without a way to change them; the desk sees neither."""
    auditor, desk = world.seed(AUDITOR, DESK)
    reader = at_work(world, auditor)
    reader.open("/admin/policies")
    assert "/admin/policies/lock_minutes" not in reader.answer.text
    reader.open("/admin/policies/lock_minutes")
    assert reader.answer.status_code == 403
    other = at_work(world, desk)
    other.open("/admin/policies/deviations")
    assert other.answer.status_code == 403


def test_a_policy_nobody_knows_is_not_there(world: World) -> None:
    """404, also for a name of another object."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    for name in ("security_questions", "__class__"):
        staff.open(f"/admin/policies/{name}")
        assert staff.answer.status_code == 404


def test_an_organization_is_held_to_more_than_the_others(world: World) -> None:
    """A3, B5: idle time, life, least level, levels of functions; shown as a deviation with its reason."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.tell("membership.granted", membership(pat))
    staff = at_work(world, operator)
    staff.open("/admin/organizations")
    staff.fill("Organization id", "org_clinic")
    staff.press("Continue")
    assert "Lakeside Family Practice" in staff.text
    staff.fill("Signed out after minutes without use", "5")
    staff.choose("Two factors")
    staff.fill("Least level for single functions", "payment.manage phr\nclaims.submit urn:gatehouse:acr:2")
    staff.press("Set these rules")
    assert "Write why, in at least 20 characters" in staff.text
    staff.fill("Justification", WHY)
    staff.press("Set these rules")
    assert "Lakeside Family Practice" in staff.text
    with world.context.reading() as session:
        policy = policies.organization(session, "org_clinic")
    assert (policy.idle_minutes, policy.life_hours, policy.minimum_acr) == (5, None, "urn:gatehouse:acr:2")
    assert policy.function_acr == {"payment.manage": "phr", "claims.submit": "urn:gatehouse:acr:2"}
    staff.open("/admin/policies/deviations")
    assert "Least level for single functions" in staff.text


def test_faults_of_an_organization_s_rules_stand_beside_their_fields(world: World) -> None:
    """Each field its own sentence; what was typed stays."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.tell("membership.granted", membership(pat))
    staff = at_work(world, operator)
    staff.open("/admin/organizations/org_clinic")
    staff.fill("Signed out after minutes without use", "61")
    staff.fill("Signed out after hours in any case", "two days")
    staff.fill("Least level for single functions", "payment.manage strong")
    staff.press("Set these rules")
    assert staff.answer.status_code == 422
    for said in ("from 5 to 60", "from 1 to 24", "Choose one of the levels"):
        assert said in staff.text
    assert "payment.manage strong" in staff.answer.text


def test_an_organization_without_members_here_is_not_there(world: World) -> None:
    """Nothing can be decided for a name that was mistyped."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    staff.open("/admin/organizations/org_typo")
    assert staff.answer.status_code == 404
    staff.open("/admin/organizations")
    staff.fill("Organization id", "org_typo")
    staff.press("Continue")
    assert "No organization with members here has this id" in staff.text


def test_living_sessions_follow_a_shorter_rule_at_once(world: World) -> None:
    """A3: a session that began under the longer rule dies by the shorter one."""
    operator, pat = world.seed(OPERATOR, PAT)
    world.tell("membership.granted", membership(pat))
    person = world.signed_in(PAT, world.ticket())
    staff = at_work(world, operator)
    staff.open("/admin/organizations/org_clinic")
    staff.fill("Signed out after minutes without use", "5")
    staff.fill("Justification", WHY)
    staff.press("Set these rules")
    world.clock.advance(timedelta(minutes=2))
    person.open("/account")
    assert person.address.endswith("/account")
    world.clock.advance(timedelta(minutes=5, seconds=1))
    person.open("/account")
    assert "/login" in person.address


def test_terms_are_published_by_an_operator_and_asked_for(world: World) -> None:
    """F10: both languages, a day that is not past; from then on people are asked, staff are not."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open("/admin/terms")
    staff.fill("Text in English", "Be kind to data.")
    staff.fill("In force from this day", "2026-11-22")
    staff.press("Publish these terms")
    assert "Choose today or a later day" in staff.text
    assert "Enter the text in Spanish" in staff.text
    staff.fill("Text in Spanish", "Cuide los datos.")
    staff.fill("In force from this day", "")
    staff.press("Publish these terms")
    assert "The terms are published." in staff.text
    person = world.signed_in(PAT, world.ticket())
    assert "/login/terms" in person.address
    assert ("terms.published", "terms-1") in world.audited()
    assert pat


def test_terms_of_a_later_day_are_told_with_its_first_moment(world: World) -> None:
    """F10: the day is one of the payer's office; what others hear of it is an instant in UTC."""
    staff = at_work(world, *world.seed(OPERATOR))
    staff.open("/admin/terms")
    staff.fill("Text in English", "Be kind to data.")
    staff.fill("Text in Spanish", "Cuide los datos.")
    staff.fill("In force from this day", "2027-01-15")
    staff.press("Publish these terms")
    assert "The terms are published." in staff.text
    [told] = world.published("terms.published")
    assert told.data["effective_at"] == "2027-01-15T05:00:00Z"
