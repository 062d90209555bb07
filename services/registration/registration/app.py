"""Registration put together: the only file that knows all of its rooms."""

from dataclasses import replace

from flask import Flask

from registration.applications import pages, proofs
from registration.desk import routes as desk_routes
from registration.desk.pages import doors as desk_pages
from registration.directory import routes as organization_routes
from registration.evidence import pages as evidence_pages
from registration.evidence.letters import desk_pages as letter_desk_pages
from registration.evidence.letters import pages as letter_pages
from registration.evidence.letters import routes as letter_routes
from registration.housekeeping import JOBS
from registration.parts import PARTS
from registration.submission import pages as submission_pages
from registration.submission import routes as submission_routes
from registration.submission import status_pages
from registration.subscriptions import SUBSCRIPTIONS
from shared.service import Context
from shared.web.signin import install_signin

_DOORS = (
    pages,
    proofs,
    submission_pages,
    status_pages,
    desk_pages,
    submission_routes,
    desk_routes,
    organization_routes,
    evidence_pages,
    letter_pages,
    letter_desk_pages,
    letter_routes,
)


def mount(app: Flask, context: Context) -> None:
    """Hang every door on the app."""
    install_signin(app, "/register")
    for door in _DOORS:
        door.mount(app)


SERVICE = replace(PARTS, mount=mount, subscriptions=SUBSCRIPTIONS, jobs=JOBS, whole="")
