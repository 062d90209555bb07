"""The operators' doors under attack and under load of mistakes: forged forms, stale pages, lost roles, old rows."""

import json
from dataclasses import replace

from sqlalchemy import insert, update

from identity.accounts.models import Account
from identity.policies import service as policies
from identity.policies.models import PolicyValue
from tests.service.identity.offices import AUDITOR, DESK, OPERATOR, SECOND_OPERATOR, WHY, at_work
from tests.service.identity.test_operators_and_accounts import do, find
from tests.service.identity.test_operators_and_policies import decide
from tests.service.identity.test_operators_api import told
from tests.service.identity.world import MEG, ORIGIN, PAT, World, membership
from tests.support.pages import PageVisitor

FORMS = ("/admin/accounts", "/admin/policies/lock_minutes", "/admin/organizations", "/admin/organizations/org_clinic",
         "/admin/terms", "/admin/audit/export")  # fmt: skip


def token_of(visitor: PageVisitor) -> str:
    """The form token of the page as it stands."""
    return visitor.answer.text.split('name="csrf_token" value="')[1].split('"')[0]


def post(visitor: PageVisitor, path: str, **fields: str) -> int:
    """Send a form that no page gave; return the status."""
    visitor._go("POST", f"{ORIGIN}{path}", list(fields.items()))
    return visitor.answer.status_code


def test_a_forged_form_changes_nothing(world: World) -> None:
    """Threat 21: without the page's token every POST is refused, whoever is signed in."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    before = world.audited()
    for path in (*FORMS, *(f"/admin/accounts/{pat}/{act}" for act in ("suspend", "close", "recover", "end-sessions"))):
        assert post(staff, path, reason="forged", value="30", justification=WHY, who="PatPartner") == 403, path
    assert world.audited() == before


def test_a_form_of_another_site_changes_nothing(world: World) -> None:
    """Threat 21: the token alone is not enough where the browser says that another site sent it."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{pat}/suspend")
    fields = {"csrf_token": token_of(staff), "reason": "forged"}
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = staff._http.post(f"{ORIGIN}/admin/accounts/{pat}/suspend", data=fields, headers=headers)
    assert answer.status_code == 403
    assert world.published("account.locked") == []


def test_a_role_that_is_lost_is_lost_at_once(world: World) -> None:
    """ASVS 8.3.2: the role is read with each request; a page that was open does nothing any more."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{pat}/suspend")
    staff.fill("Reason", "Too late")
    with world.context.transaction() as work:
        work.session.execute(update(Account).where(Account.id == operator).values(staff_role="auditor"))
    staff.press("Suspend the account now")
    assert staff.answer.status_code == 403
    assert "Your role does not include this page." in staff.text
    assert world.published("account.locked") == []


def test_an_unknown_role_opens_nothing(world: World) -> None:
    """A role that no release of ours knows is no role: 404, as for strangers."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    for role in ("clerk", "", None):
        with world.context.transaction() as work:
            work.session.execute(update(Account).where(Account.id == operator).values(staff_role=role))
        staff.open("/admin")
        assert staff.answer.status_code == 404


def test_a_role_without_the_population_opens_nothing(world: World) -> None:
    """A staff role on a provider's account, however it came there, is worth nothing (threat 34)."""
    (meg,) = world.seed(MEG)
    with world.context.transaction() as work:
        work.session.execute(update(Account).where(Account.id == meg).values(staff_role="operator"))
    person = world.signed_in(MEG)
    for path in ("/admin", "/admin/audit", "/admin/policies"):
        person.open(path)
        assert person.answer.status_code == 404


def test_a_suspended_operator_is_out_at_once(world: World) -> None:
    """Threat 53: the next request of a held operator is a stranger's, on every page of /admin."""
    first, second = world.seed(OPERATOR, SECOND_OPERATOR)
    staff, other = at_work(world, first), at_work(world, second)
    do(staff, second, "suspend", "Suspend the account now", "Laptop was stolen")
    for path in ("/admin", "/admin/policies", "/admin/audit"):
        other.open(path)
        assert "/login" in other.address


def test_two_operators_with_the_same_page_open(world: World) -> None:
    """The second press finds another state and says so; one event, one entry."""
    first, second, pat = world.seed(OPERATOR, SECOND_OPERATOR, PAT)
    tabs = [at_work(world, first), at_work(world, second)]
    for tab in tabs:
        tab.open(f"/admin/accounts/{pat}/close")
        tab.fill("Reason", "Left the practice")
    for tab in tabs:
        tab.press("Close the account for good")
    assert tabs[1].answer.status_code == 422
    assert "The account is not in a state for this." in tabs[1].text
    assert world.audited().count(("account.closed", pat)) == 1


def test_the_audit_names_who_acted_and_not_only_that_it_happened(world: World) -> None:
    """HIPAA 164.312(b): actor, act, target, reason and request of every act by staff."""
    operator, pat = world.seed(OPERATOR, PAT)
    do(at_work(world, operator), pat, "suspend", "Suspend the account now", "Asked by the practice")
    api = world.api("audit.read", client="console")
    (entry,) = api.get("/api/identity/v1/audit", params={"action": "account.suspended"}).json()["entries"]
    assert (entry["actor"], entry["actor_kind"], entry["target"]) == (operator, "person", pat)
    assert (entry["reason"], bool(entry["request_id"])) == ("Asked by the practice", True)


def test_two_accounts_with_one_address_are_both_listed(world: World) -> None:
    """A shared office mailbox: the desk chooses by name; each row leads to its account."""
    from_office = [replace(someone, email="office@lakeside.example") for someone in (PAT, MEG)]
    desk, *people = world.seed(DESK, *from_office)
    staff = at_work(world, desk)
    find(staff, "Office@lakeside.example")
    assert "2 accounts" in staff.text
    for account_id, someone in zip(people, from_office, strict=True):
        assert staff.leads_to(someone.display_name).endswith(f"/admin/accounts/{account_id}")


def test_what_is_searched_for_is_shown_as_text(world: World) -> None:
    """Threat 46: markup and template signs in the search field come back as typed."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    for text in ("<b>bold</b>", '"><script>alert(1)</script>', "{{7*7}}", "%(name)s", "' OR 1=1 --", "x" * 200):
        find(staff, text)
        assert staff.answer.status_code == 200
        assert "<script>alert" not in staff.answer.text
        assert "No account has this user ID" in staff.text
    find(staff, "x" * 201)
    assert staff.answer.status_code == 422


def test_a_wildcard_finds_nobody(world: World) -> None:
    """Signs that a database would take for a pattern are letters like others (threat 35: no counting of accounts)."""
    (operator, _pat) = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    for text in ("%", "_", "*", "Pat%", "P_tPartner", "%@lakeside.example", "acc_"):
        find(staff, text)
        assert "No account has this user ID" in staff.text, text
    staff.open("/admin/audit?action=%25&target=%25")
    assert "No entry fits." in staff.text


def test_a_policy_changed_in_one_process_holds_in_the_next(world: World) -> None:
    """Nothing is kept between requests, so every worker reads the same value at once."""
    (operator,) = world.seed(OPERATOR)
    neighbour = World(world.folder, world.settings.database_url, clock=world.clock)
    decide(at_work(world, operator), "lock_failures", "20")
    with neighbour.context.reading() as session:
        assert policies.current(session).lock_failures == 20
    neighbour.close()


def test_a_policy_of_an_earlier_release_is_shown_and_does_nothing(world: World) -> None:
    """Data survives: a name nobody knows any more stays visible with its reason until somebody tidies up."""
    (auditor,) = world.seed(AUDITOR)
    old = {
        "name": "security_questions",
        "value": True,
        "justification": WHY,
        "set_by": "ola",
        "set_at": world.clock.now(),
    }
    with world.context.transaction() as work:
        work.session.execute(insert(PolicyValue).values(**old))
    with world.context.reading() as session:
        assert policies.current(session) == policies.rules.DEFAULTS
    reader = at_work(world, auditor)
    reader.open("/admin/policies/deviations")
    assert "security_questions" in reader.text
    assert WHY in reader.text


def test_points_that_are_none_are_told_beside_their_field(world: World) -> None:
    """One sign of nine is wrong, and the message stands there."""
    (operator,) = world.seed(OPERATOR)
    staff = at_work(world, operator)
    staff.open("/admin/policies/risk_weights")
    staff.fill("This account has not been used in this country before.", "201")
    staff.fill("Justification", WHY)
    staff.press("Change this policy")
    assert staff.answer.status_code == 422
    assert 'href="#f-points_new_country"' in staff.answer.text
    assert "Use a whole number from 0 to 200" in staff.text


def test_an_account_page_tells_where_somebody_works_and_leads_on(world: World) -> None:
    """Memberships as tokens would tell them; an operator gets from there to the organization's rules."""
    operator, desk, pat = world.seed(OPERATOR, DESK, PAT)
    world.tell("membership.granted", membership(pat, role="manager"))
    staff, helper = at_work(world, operator), at_work(world, desk)
    for visitor in (staff, helper):
        visitor.open(f"/admin/accounts/{pat}")
        assert "Lakeside Family Practice" in visitor.text
        assert "access manager" in visitor.text
    staff.follow("Lakeside Family Practice")
    assert staff.address.endswith("/admin/organizations/org_clinic")
    assert "/admin/organizations" not in helper.answer.text


def test_an_auditor_is_made_like_every_staff_account(world: World) -> None:
    """ASVS 6.3.2: a one-time link, no password; the role stands in the account from the beginning."""
    options = ("--name", "Ana Audit", "--email", "ana@payer.example", "--role", "auditor")
    (made,) = told(world, "accounts", "create-operator", *options)
    assert (made["role"], "activation_url" in made, "password" in json.dumps(made)) == ("auditor", True, False)
    (shown,) = told(world, "accounts", "standing", str(made["account_id"]))
    assert (shown["population"], shown["staff_role"], shown["status"]) == ("staff", "auditor", "invited")


def test_the_description_of_the_api_names_every_operation_with_its_scope(world: World) -> None:
    """What an operator's program may call is in the OpenAPI document, with the scope it needs."""
    paths = world.api().get("/api/identity/openapi.json").json()["paths"]
    scopes = {
        ("/api/identity/v1/accounts/search", "post"): "accounts.manage",
        ("/api/identity/v1/accounts/{account_id}/standing", "get"): "accounts.manage",
        ("/api/identity/v1/accounts/{account_id}/acts", "post"): "accounts.manage",
        ("/api/identity/v1/policies", "get"): "policies.manage",
        ("/api/identity/v1/policies/{name}", "put"): "policies.manage",
        ("/api/identity/v1/policies/deviations", "get"): "policies.manage",
        ("/api/identity/v1/organizations/{organization_id}/policy", "put"): "policies.manage",
        ("/api/identity/v1/audit", "get"): "audit.read",
    }
    assert {place: paths[place[0]][place[1]]["security"] for place in scopes} == {
        place: [{"bearer": [scope]}] for place, scope in scopes.items()
    }


def test_no_page_of_the_operators_is_kept_by_a_browser(world: World) -> None:
    """Threat 47: personal data is not stored on the way, nor by the back button."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    for path in ("/admin", f"/admin/accounts/{pat}", "/admin/audit", "/admin/policies/deviations"):
        staff.open(path)
        assert "no-store" in staff.answer.headers["Cache-Control"], path
        assert "frame-ancestors 'none'" in staff.answer.headers["Content-Security-Policy"]
