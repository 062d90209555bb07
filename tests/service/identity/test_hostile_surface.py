"""What the whole of sign-in shows to whoever asks oddly, how long it lasts, and what it keeps of secrets: nothing."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from shared.service import SYSTEM
from tests.service.identity import recoveries
from tests.service.identity.browsers import post
from tests.service.identity.factors import WHY
from tests.service.identity.test_hostile_pages import pages
from tests.service.identity.test_verifying import elsewhere, sent_code
from tests.service.identity.world import (
    MEG,
    ORIGIN,
    PASSWORD,
    PAT,
    SECRET,
    World,
    cookies,
    membership,
    type_code,
    type_password,
)
from tests.support.pages import PageVisitor

WRONG = "not the password at all"
NOT_OURS = ("TRACE", "TRACK", "DEBUG", "PROPFIND", "CONNECT")
SOURCES = ("/console", "/debug", "/_debug_toolbar", "/.env", "/.git/config", "/server-status", "/swagger")


class TestTimeOuts:
    """ASVS 7.3.1, 7.3.2, 7.6.1: no sign-in lasts because somebody keeps asking."""

    def test_attack_7_3_1_a_sign_in_left_alone_is_over_to_the_second(self, world: World) -> None:
        """ASVS 7.3.1: no worker has run; the cookie is worth nothing, and asking how long it lasts keeps nothing."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        idle = world.settings.session_idle
        world.clock.advance(idle - timedelta(seconds=1))
        assert visitor._http.get(f"{ORIGIN}/account/session").json()["seconds"] == 1
        world.clock.advance(timedelta(seconds=1))
        assert visitor._http.get(f"{ORIGIN}/account/session").json()["seconds"] == 0
        visitor.open("/account")
        assert visitor.address.startswith(f"{ORIGIN}/login")

    def test_attack_7_3_2_nothing_makes_a_sign_in_younger(self, world: World) -> None:
        """ASVS 7.3.2: use, signing in anew in the same browser, another organization: the end stays where it was."""
        (pat,) = world.seed(PAT)
        world.tell("membership.granted", membership(pat))
        visitor = world.signed_in(PAT)
        longest, step = world.settings.session_life, timedelta(minutes=10)
        for _ in range(int(longest / step) - 1):
            world.clock.advance(step)
            assert post(visitor, "/account/session") == 200
        type_password(visitor, PAT.user_id, PASSWORD, world.ticket(not_before=world.clock.now()))
        post(visitor, "/account/organization", organization_id="org_clinic")
        world.clock.advance(step)
        visitor.open("/account")
        assert visitor.address.startswith(f"{ORIGIN}/login")

    def test_attack_7_6_1_an_organization_shortens_what_begins_half_way(self, world: World) -> None:
        """ASVS 7.6.1: the life that an organization allows counts from the sign-in, not from choosing it."""
        (pat,) = world.seed(PAT)
        for number, name in enumerate(("org_clinic", "org_billing")):
            about = {"id": name, "name": name, "kind": "practice", "contracted": True, "tin_last4": "1234"}
            told = membership(pat, membership_id=f"mbr_{number}", organization=about)
            world.tell("membership.granted", told)
        with world.context.transaction(SYSTEM) as work:
            policies.set_organization(work, "org_billing", OrganizationPolicy(life_hours=1), WHY)
        visitor = world.signed_in(PAT)
        assert post(visitor, "/account/organization", organization_id="org_clinic") == 303
        for _ in range(4):
            world.clock.advance(timedelta(minutes=20))
            visitor.open("/account")
        assert visitor.address == f"{ORIGIN}/account"
        assert post(visitor, "/account/organization", organization_id="org_billing") == 303
        visitor.open("/account")
        assert visitor.address.startswith(f"{ORIGIN}/login"), "eighty minutes are more than its hour"


class TestSurface:
    """Threats 22, 47, 58: what answers at all, and what every answer carries."""

    def test_attack_58_no_page_answers_to_a_method_that_is_not_its_own(self, world: World) -> None:
        """Threat 58: TRACE and friends are 405 or 404 everywhere, reflect nothing, and are never a fault of ours."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        secret = next(cookies(visitor))
        for address in {address for method in ("GET", "POST") for address, _ in pages(world, method)}:
            for method in NOT_OURS:
                answer = visitor._http.request(method, ORIGIN + address)
                assert answer.status_code == 405, (method, address)
                assert secret not in answer.text + str(answer.headers), (method, address)

    def test_attack_58_no_header_or_field_turns_one_method_into_another(self, world: World) -> None:
        """Threat 58: a link from elsewhere cannot become a form, nor a form a DELETE."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
        before = world.published(), world.audited()
        for method in ("POST", "DELETE", "PUT"):
            for name in names:
                visitor._http.get(f"{ORIGIN}/logout?_method={method}", headers={name: method})
                visitor._http.get(f"{ORIGIN}/account/devices/sign-out?_method={method}", headers={name: method})
            assert post(visitor, "/account/session", _method=method) == 200
        assert (world.published(), world.audited()) == before
        visitor.open("/account")
        assert visitor.address == f"{ORIGIN}/account"
        assert world.session_of(pat)

    def test_attack_58_nothing_of_the_machine_is_on_show(self, world: World) -> None:
        """Threat 58: no debugger, no console, no source; a fault tells its reader nothing but a number to read out."""
        world.seed(PAT)
        for visitor in (world.browser(), world.signed_in(PAT)):
            for path in SOURCES:
                answer = visitor._http.get(f"{ORIGIN}{path}?__debugger__=yes&cmd=resource&f=debugger.js")
                assert answer.status_code == 404, path
            assert not world.app.debug and not world.app.testing

    def test_attack_58_metrics_and_health_name_nobody(self, world: World) -> None:
        """Threats 43, 58: not on the public port (the gateway's table); behind it they hold routes and numbers only."""
        (pat,) = world.seed(PAT)
        visitor = world.signed_in(PAT)
        visitor.open(f"/account/devices?{PAT.user_id}")
        for path in ("/metrics", "/healthz", "/readyz"):
            shown = visitor._http.get(ORIGIN + path).text
            for word in (PAT.user_id, PAT.email, pat, PASSWORD, "Traceback", str(world.folder)):
                assert word not in shown, (path, word)

    def test_attack_22_no_refusal_can_be_framed(self, world: World) -> None:
        """Threat 22: pages of every kind of refusal, JSON doors and redirects carry the same as a good page."""
        world.seed(PAT)
        visitor = world.signed_in(PAT)
        seen = set()
        for answer in _refusals(visitor):
            seen.add(answer.status_code)
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], answer
            assert answer.headers["X-Frame-Options"] == "DENY", answer
            assert answer.headers["X-Content-Type-Options"] == "nosniff", answer
            assert answer.headers["Cache-Control"] == "no-store", answer
        assert {303, 400, 401, 403, 404, 405, 410, 413, 415, 422} <= seen


class TestSecrets:
    """Threat 43, ASVS 16.2.5: what was typed or sent stands in no log, no audit, no event, no address."""

    def test_attack_43_a_whole_journey_leaves_no_secret_behind(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Threat 43: wrong and right passwords, codes of every channel, links, a new password, recovery codes."""
        typed = _journey(world)
        world.run_jobs()
        logged = capsys.readouterr()
        kept = "\n".join([logged.out, logged.err, *_rows(world, "audit_entries"), *_rows(world, "outbox")])
        assert "sign_in.refused" in kept and "route=" in kept.replace('"route":', "route=")
        for what, secret in typed.items():
            assert secret and secret not in kept, what


def _journey(world: World) -> dict[str, str]:
    """Pat mistypes, signs in elsewhere, recovers; Meg proves two factors and makes codes. What nobody may keep."""
    world.seed(PAT, MEG)
    world.signed_in(PAT)
    type_password(world.browser(), PAT.user_id, WRONG)
    visitor = elsewhere(world)
    checked = sent_code(world)
    type_code(visitor, "987654")
    type_code(visitor, checked)
    forgot = recoveries.forgot_password(world, PAT.user_id, PAT.email)
    recovery = recoveries.last_code(world, PAT.email)
    recoveries.type_code(forgot, recovery)
    recoveries.choose_password(forgot)
    meg = world.signed_in(MEG)
    app = world.code()
    type_code(meg, app)
    meg.open("/account/methods/recovery-codes")
    token = meg._page.xpath("//input[@name='csrf_token']/@value")[0]
    made = meg._http.post(
        f"{ORIGIN}/account/methods/recovery-codes", data={"csrf_token": token}, headers={"Origin": ORIGIN}
    )
    world.clock.advance(timedelta(minutes=6))
    world.run_jobs()
    link = re.search(r"not-me\?token=([\w-]+)", str([mail.body for mail in world.mails()]))
    paper = re.search(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b", made.text)
    assert link is not None and paper is not None
    world.browser().open(f"/recover/not-me?token={link.group(1)}")
    secrets = {"password": PASSWORD, "wrong password": WRONG, "new password": recoveries.NEW_PASSWORD}
    codes = {"wrong code": "987654", "code by mail": checked, "recovery code": recovery, "code of the app": app}
    kept = {"session": next(cookies(meg)), "link": link.group(1), "paper": paper.group(), "app's secret": SECRET}
    return {**secrets, **codes, **kept}


def _rows(world: World, table: str) -> Iterator[str]:
    with world.context.reading() as session:
        for row in session.execute(text(f"SELECT * FROM {table}")):
            yield json.dumps([value.decode() if isinstance(value, bytes) else value for value in row], default=str)


def _refusals(visitor: PageVisitor) -> Iterator[Any]:
    """Answers of every kind that is not a good page."""
    http, token = visitor._http, str(visitor._page.xpath("//input[@name='csrf_token']/@value")[0])
    ours = {"Origin": ORIGIN, "X-CSRF-Token": token}
    for path in ("/admin", "/nothing", "/account/methods/made_up/remove", "/recover/link?token=x", "/login?ticket=x.y"):
        yield http.get(ORIGIN + path)
    for path in ("/account/close", "/recover/not-me?token=x", "/account/activate?token=x", "/oauth/authorize", "/"):
        yield http.get(ORIGIN + path)
    yield http.get(f"{ORIGIN}/account/%00")
    yield http.get(f"{ORIGIN}/api/identity/v1/accounts/acc_x")
    yield http.post(f"{ORIGIN}/login", data={"user_id": "a"})
    yield http.post(f"{ORIGIN}/login", data={"user_id": "a"}, headers=ours)
    yield http.post(f"{ORIGIN}/login/passkey", content=b"x", headers=ours)
    yield http.post(f"{ORIGIN}/login/passkey", json={"x": "y" * 40_000}, headers=ours)
    yield http.put(f"{ORIGIN}/login")
    yield http.post(f"{ORIGIN}/oauth/token", data={"grant_type": "password"})
