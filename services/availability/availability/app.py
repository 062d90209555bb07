"""The only file that knows every room of availability: its parts, its doors, its jobs."""

from contextlib import suppress
from datetime import timedelta
from http.client import BAD_REQUEST
from pathlib import Path

import flask
from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from availability.acts import commands
from availability.calendars import routes as calendars
from availability.gate import routes as gate
from availability.gate.board import STALE, Board
from availability.gate.crossings import announce
from availability.hours import pages as hours
from availability.hours import schedule_pages as schedule
from availability.maintenance import routes as maintenance
from availability.maintenance.service import settle
from availability.settings import AvailabilitySettings
from availability.status import banner, history
from availability.status import pages as status
from availability.status import routes as functions
from availability.status.tasks import TaskNames, task
from availability.status.words import weekly
from availability.subscriptions import SUBSCRIPTIONS
from shared.errors import Problem
from shared.service import Context, Job, Service
from shared.web import api
from shared.web.signin import install_signin

READS = {"GET", "HEAD", "OPTIONS"}


def build(context: Context) -> None:
    """Hang up what every door of this process reads: the board, and how functions are called."""
    context.add_part(Board(context))
    context.add_part(TaskNames(context))


def mount(app: Flask, context: Context) -> None:
    """Open the doors."""
    for blueprint in (functions.blueprint, calendars.blueprint, maintenance.blueprint):
        api.register(app, blueprint)
    for pages in (gate, status, history, banner, hours, schedule):
        app.register_blueprint(pages.blueprint)
    install_signin(app, "/hours")
    app.jinja_env.filters.update(task=task, weekly=weekly)
    board = context.part(Board)

    @app.after_request
    def _afterwards(answer: flask.Response) -> flask.Response:
        # whoever has just acted here sees the effect in the next answer; other processes within a tenth of a second;
        # and those who listen hear of it before the worker's next second. What cannot be told now, the worker tells.
        if request.method not in READS and request.blueprint != gate.blueprint.name:
            board.forget()
            if answer.status_code < BAD_REQUEST:
                with suppress(Problem, SQLAlchemyError):
                    announce(context)
        if board.stale:
            answer.headers[STALE] = "true"
        return answer


JOBS = (
    Job("maintenance", timedelta(seconds=1), settle),
    Job("crossings", timedelta(seconds=1), announce),
)

SERVICE = Service(
    name="availability",
    api="availability",
    package="availability",
    folder=Path(__file__).resolve().parents[1],
    settings=AvailabilitySettings,
    prefixes=("/hours", "/status", "/status.json", "/gate", "/api/availability"),
    build=build,
    mount=mount,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    commands=commands,
)
