"""What a key holds is where `secrets reseal` looks: the columns that say so, of the whole service."""

import ast
from importlib import import_module

from deploy.docs.house import from_root, python_files, service, tree_of
from shared import cli
from shared.db.floor import FLOOR
from shared.verbs.renewing import sealed_columns

# What there is today. A column that is declared tomorrow needs no line here: `>=` is asked.
HELD = {
    "identity": {
        "authenticators.secret",
        "oidc_clients.previous_secret_hash",
        "oidc_clients.secret_hash",
        "oidc_signing_keys.private_box",
        "recovery_codes.code_hash",
        "recovery_requests.asked",
        "signal_streams.authorization",
    },
    "registration": {
        "applications.tin_box",
        "directory_entries.tin_box",
        "draft_organizations.tin_box",
        "organizations.tin_box",
    },
    "access_manager": {"invitation_links.secret_hash"},
    "availability": set(),
}
I, A, R = "services/identity/identity", "services/access-manager/access_manager", "services/registration/registration"
OVER = {
    "shared/runtime.py": "forms of pages: whoever has one open for a day reloads it",
    "shared/web/idempotency.py": "sealed; and forgotten after a day",
    "shared/verbs/record.py": "checkpoints: their public keys are kept beside them",
    "shared/verbs/sealed.py": "the command itself",
    f"{I}/app.py": "sealed",
    f"{I}/oidc/provider.py": "sealed; tickets of half an hour",
    f"{I}/oidc/dpop.py": "nonces of two minutes",
    f"{I}/oidc/grants/refresh.py": "what a repeated refresh gets, for a minute at most",
    f"{I}/sessions/door.py": "tickets of half an hour",
    f"{I}/codes/service.py": "codes of ten minutes",
    f"{I}/mfa/recovery_codes.py": "sealed",
    f"{I}/mfa/binding.py": "the app that is being set up: its page shows another, before the old key goes",
    f"{I}/recovery/service.py": "counts of a day, which begin anew",
    f"{R}/parts.py": "sealed",
    f"{R}/settings.py": "the index, where it has no key of its own: the command says so",
    f"{A}/invitations/service.py": "sealed",
    f"{A}/invitations/joining/pages.py": "sealed",
}


def sealed(package: str) -> set[str]:
    """The sealed columns of a service's own tables, of those that are known by now."""
    return {str(column) for column in sealed_columns([import_module(f"{package}.tables").Base.metadata])}


def test_the_command_knows_every_sealed_column(package: str) -> None:
    """It has the service with all of its rooms; a table that another verb alone would load holds nothing sealed."""
    whole = cli.whole(service(package))
    with_rooms = sealed(package)
    assert all(cli.program(whole).commands.values())
    assert sealed(package) == with_rooms >= HELD[package]


def test_every_service_keeps_answers_to_repeated_calls_sealed() -> None:
    """They may hold what is shown once."""
    assert [str(column) for column in sealed_columns([FLOOR])] == ["idempotency_keys.body"]


def test_what_else_the_key_makes_is_over_by_itself() -> None:
    """Each file that takes the service's keys says here why nothing of it is lost with an old one."""
    readers = {from_root(file) for file in python_files("shared", "services", "deploy") if takes_keys(tree_of(file))}
    assert readers == set(OVER)


def takes_keys(tree: ast.Module) -> bool:
    """Whether a file reads the keys of the settings."""
    return any(isinstance(node, ast.Attribute) and node.attr == "secret_keys" for node in ast.walk(tree))
