"""The program `registration` as an operator starts it: what reads a file into a table loads nothing else."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
from click.testing import CliRunner

from registration.app import SERVICE
from registration.parts import PARTS
from shared import cli

UNHEARD_OF = {"flask", "alembic", "redis", "httpx", "joserfc", "pika", "structlog", "jinja2", "registration.app"}
ALONE = f"""
import sys
from registration.parts import PARTS
from registration.tables import Base
PARTS.commands.commands["directory"]
print(len(Base.metadata.sorted_tables), *sorted({UNHEARD_OF} & sys.modules.keys()))
"""


def test_the_directory_is_imported_without_a_web_framework() -> None:
    """Loading is most of what a start takes. All tables that the loaded ones point at are there all the same."""
    told = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    tables, *heard_of = told.stdout.split()
    assert int(tables) > 0
    assert heard_of == []


def test_both_ways_to_start_have_the_same_verbs() -> None:
    """With the parts, and with all of it."""
    assert sorted(cli.program(PARTS).commands) == sorted(cli.program(SERVICE).commands)
    assert {"directory", "evidence", "letters", "vetting", "web", "worker"} <= set(cli.program(PARTS).commands)


def test_a_verb_runs_with_as_much_of_the_service_as_it_asks_for(tmp_path: Path) -> None:
    """The database alone, without jobs or listeners; or all rooms."""
    environment = {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path}/registration.db",
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": "registration-program-key-0123456789abcdef",
    }

    @click.command("jobs")
    @click.pass_context
    def jobs(place: click.Context) -> None:
        click.echo(f"{len(cli.open_alone(place).service.jobs)} {len(cli.open_context(place).service.jobs)}")

    parts = replace(PARTS, commands=click.Group("registration", commands=[jobs]))
    told = CliRunner(env=environment).invoke(cli.program(parts), ["jobs"])
    assert told.output == f"0 {len(SERVICE.jobs)}\n" and SERVICE.jobs
