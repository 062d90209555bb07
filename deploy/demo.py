"""Fills a new local run with the demo's people and practices, through each service's own use cases.

Every start calls `seed`; what is there already stays as it is. Passwords and one-time-code secrets are made up at the
first start and kept beside the data: no two installations share one.
"""

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp

from access_manager import demo as access_demo
from access_manager.organizations.service import OrganizationFacts
from deploy.practices import (
    AUDITOR,
    BILLING,
    EMERGENCIES,
    FRONT_DESK,
    LAKESIDE,
    LEDGER,
    NORTHFIELD,
    PEOPLE,
    PRACTICES,
    Person,
    Practice,
)
from identity import demo as identity_demo
from identity.oidc import bootstrap
from identity.oidc.demo import native, suite_service, third_party, trial
from registration import demo as registration_demo
from shared.service import Actor

if TYPE_CHECKING:
    from deploy.allinone import Suite

# Somebody who has no account yet: a manager invited them.
INVITED = access_demo.DemoPerson("", "Jonas Weber", "jonas.weber@lakeside.example", FRONT_DESK)
_WORDS = (
    *("amber", "brisk", "cedar", "delta", "ember", "fable", "grove", "haven", "inlet", "jolly", "kiosk", "lunar"),
    *("maple", "nimbus", "orbit", "pebble", "quartz", "river", "saddle", "timber", "umber", "velvet", "willow"),
)


def seed(suite: "Suite") -> None:
    """Bring the suite to the demo's state and fill `suite.facts` with what `var/demo.json` says (contract)."""
    logins = _logins(suite.folder / "people.json")
    clients = _seed_clients(suite)
    accounts = _seed_people(suite, logins)
    _seed_practices(suite, accounts)
    suite.settle()
    suite.facts.update(_facts(suite, logins, clients))


def _logins(file: Path) -> dict[str, dict[str, str | None]]:
    """Those of the file, and new ones for people whom a release has added since it was written."""
    found: dict[str, dict[str, str | None]] = json.loads(file.read_text()) if file.exists() else {}
    missing = [person for person in PEOPLE if person.user_id not in found]
    if missing:
        found |= {person.user_id: _made_up(person) for person in missing}
        file.touch(mode=0o600)
        file.write_text(json.dumps(found, indent=1))
    return found


def _made_up(person: Person) -> dict[str, str | None]:
    return {
        "password": "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(900) + 100}",
        "totp_secret": pyotp.random_base32() if person.two_factors else None,
    }


def _seed_clients(suite: "Suite") -> dict[str, bootstrap.ClientSpec]:
    specs = bootstrap.first_party(suite.public_url, suite.portal_url)
    extras = [make(suite.public_url) for make in (trial, native, third_party, suite_service)]
    specs |= {spec.id: spec for spec in extras}
    chosen = {name: suite.secrets.clients[name] if spec.has_secret else None for name, spec in specs.items()}
    with suite.contexts["identity"].transaction() as work:
        bootstrap.prepare(work, specs, chosen)
    return specs


def _seed_people(suite: "Suite", logins: dict[str, dict[str, str | None]]) -> dict[str, str]:
    people = [_someone(person, logins[person.user_id]) for person in PEOPLE]
    return identity_demo.seed(suite.contexts["identity"], people)


def _someone(person: Person, login: dict[str, str | None]) -> identity_demo.Someone:
    return identity_demo.Someone(
        user_id=person.user_id,
        password=str(login["password"]),
        display_name=person.name,
        email=person.email,
        mobile=person.mobile,
        population=person.population,
        totp_secret=login["totp_secret"],
        staff_role=person.role if person.population == "staff" else None,
        active=person.population == "staff",
    )


def _seed_practices(suite: "Suite", accounts: dict[str, str]) -> None:
    with suite.contexts["registration"].transaction() as work:
        registration_demo.seed(work, [_directory_entry(practice) for practice in PRACTICES])
    with suite.contexts["access-manager"].transaction() as work:
        access_demo.seed(work, [_seats(practice, accounts) for practice in PRACTICES if practice.managed])
        access_demo.connect(work, NORTHFIELD, LEDGER, {accounts["ada.quinn"]: BILLING})
        access_demo.connect(work, LAKESIDE, LEDGER)
        access_demo.list_for_emergencies(work, NORTHFIELD, EMERGENCIES)
    _leave_open(suite, accounts)
    suite.settle()  # who decides about an applicant depends on the managers that registration has heard of
    with suite.contexts["registration"].transaction() as work:
        for person in PEOPLE:
            if person.role == "pending":
                registration_demo.apply(work, _applicant(person, accounts[person.user_id]))


def _leave_open(suite: "Suite", accounts: dict[str, str]) -> None:
    """Two managers have begun something, so that a new console is not all empty."""
    nora, hugo = (Actor(accounts[user_id], "person", "provider") for user_id in ("nora.lindqvist", "hugo.brandt"))
    with suite.contexts["access-manager"].transaction(nora) as work:
        access_demo.in_progress(work, LAKESIDE, accounts["tess.alvarez"], INVITED)
    with suite.contexts["access-manager"].transaction(hugo) as work:
        access_demo.review(work, LEDGER)


def _seats(practice: Practice, accounts: dict[str, str]) -> access_demo.DemoPractice:
    people = [
        access_demo.DemoPerson(accounts[person.user_id], person.name, person.email, functions, manager)
        for person in PEOPLE
        for seat, manager, functions in person.seats
        if seat == practice.id
    ]
    last4 = practice.tin[-4:] if practice.tin else None
    facts = OrganizationFacts(practice.id, practice.name, practice.kind, practice.contracted, last4)
    return access_demo.DemoPractice(facts, tuple(people))


def _applicant(person: Person, account_id: str) -> registration_demo.DemoApplicant:
    practice = next(each for each in PRACTICES if each.id == person.asks_at)
    return registration_demo.DemoApplicant(
        account_id,
        person.name,
        person.email,
        person.mobile,
        practice.name,
        practice.tin,
        FRONT_DESK,
        days_ago=person.days_ago,
    )


def _directory_entry(practice: Practice) -> registration_demo.DemoPractice:
    return registration_demo.DemoPractice(
        organization_id=practice.id if practice.managed else None,
        name=practice.name,
        tin=practice.tin,
        npi=practice.npi,
        phone=practice.phone,
        contracted=practice.contracted,
        claim_submitted=practice.claim_submitted,
    )


def _facts(
    suite: "Suite", logins: dict[str, dict[str, str | None]], specs: dict[str, bootstrap.ClientSpec]
) -> dict[str, Any]:
    service = specs["suite-service"]
    return {
        "issuer": suite.public_url,
        "clients": [_client(suite, specs[name]) for name in ("portal", "trial", "trial-native", "trial-partner")],
        # Whoever reads the file knows the roles of `people`, and an auditor is none of them: a list of its own.
        "people": [_sign_in(person, logins) for person in PEOPLE if person.role != AUDITOR],
        "auditors": [_sign_in(person, logins) for person in PEOPLE if person.role == AUDITOR],
        "organizations": [
            {"id": practice.id, "name": practice.name, "tin": practice.tin, "contracted": practice.contracted}
            for practice in PRACTICES
        ],
        "service_client": {
            "client_id": service.id,
            "client_secret": suite.secrets.clients[service.id],
            "scope": " ".join(service.scopes),
        },
    }


def _sign_in(person: Person, logins: dict[str, dict[str, str | None]]) -> dict[str, Any]:
    return {
        "user_id": person.user_id,
        **logins[person.user_id],
        "population": person.population,
        "role": person.role,
        "organizations": [seat for seat, _manager, _functions in person.seats],
        "email": person.email,
    }


def _client(suite: "Suite", spec: bootstrap.ClientSpec) -> dict[str, Any]:
    return {
        "name": spec.id,
        "client_id": spec.id,
        "client_secret": suite.secrets.clients.get(spec.id),
        "redirect_uris": list(spec.redirect_uris),
        "post_logout_redirect_uris": list(spec.post_logout_redirect_uris),
        "minimum_acr": spec.minimum_acr,
    }
