"""`web` and `worker`: a service at work until it is told to stop."""

import runpy
import sys

import click

from shared import runtime
from shared.cli import open_context, whole
from shared.config import load
from shared.service import SYSTEM, Service


@click.command("web", help="Serve HTTP with gunicorn (deploy/gunicorn_conf.py).")
@click.option("--bind", default="0.0.0.0:8000", envvar="WEB_BIND", show_default=True, show_envvar=True)
@click.pass_obj
def web(service: Service, bind: str) -> None:
    """Exit 2, in one line, for settings that need mending."""
    load(service.settings)  # refuse here, in one line, rather than in every worker
    whole(service)
    module = f"{service.package}.wsgi:app"
    # In this process, as `python -m gunicorn` would: another one would import all of it a second time.
    sys.argv = ["gunicorn", "--config", "python:deploy.gunicorn_conf", "--bind", bind, module]
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


@click.command("worker", help="Relay, consume, send notices and run jobs until told to stop.")
@click.pass_context
def worker(place: click.Context) -> None:
    """Ends with SIGTERM or SIGINT, and what is in hand is finished first."""
    context = open_context(place)
    context.actor = SYSTEM
    runtime.run_worker(context)
