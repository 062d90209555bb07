"""What each program of the stack finds in its environment and in its secret files."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from access_manager.settings import AccessManagerSettings
from availability.settings import AvailabilitySettings
from deploy.servers.kinds import Postgres, RabbitMQ, Redis
from deploy.stack.place import Place, private_file
from deploy.stack.table import SECRETS, SERVICES, Program, stem
from identity.settings import IdentitySettings
from registration.settings import RegistrationSettings
from shared.config import Settings
from shared.config.settings import PREFIX

DEPLOY = Path(__file__).parent.parent
SETTINGS = DEPLOY / "env" / "settings.env"  # the very file that compose gives to every program of the suite

KINDS: Mapping[str, type[Settings]] = {
    "identity": IdentitySettings,
    "registration": RegistrationSettings,
    "access-manager": AccessManagerSettings,
    "availability": AvailabilitySettings,
}


def make_secrets(place: Place) -> None:
    """Make the secret files that are not there yet, with the script that compose deployments use."""
    command = [str(DEPLOY / "make-secrets"), str(place.secrets), "0600"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def write_addresses(place: Place, postgres: Postgres, redis: Redis, rabbitmq: RabbitMQ) -> None:
    """Write the secret files that say where the servers are: ours have other ports at every start."""
    texts = {
        "postgres_url": postgres.url("postgres").replace("+psycopg", ""),
        "cache_url": redis.url,
        "broker_url": rabbitmq.create_vhost("gatehouse"),
    }
    for service in SERVICES:
        role = stem(service)
        password = (place.secrets / f"{role}_database_password").read_text()
        texts[f"{role}_database_url"] = f"postgresql+psycopg://{role}:{password}@127.0.0.1:{postgres.port}/{role}"
    for name, text in texts.items():
        private_file(place.secrets / name, text)


def write_ways_out(place: Place, ways_out: Mapping[str, str]) -> None:
    """Say where mail (`smtp_url`) and text messages (`sms_url`) go; those not named stay as they are."""
    for name, address in ways_out.items():
        private_file(place.secrets / name, address)


def write_wrapper(program: Program, place: Place) -> None:
    """Write bin/<service>: the service's command line with the settings of this stack, for its operator."""
    variables = environment_of(program, place)
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items() if name.startswith("GATE")]
    command = " ".join(shlex.quote(word) for word in runnable([program.command[0]]))
    wrapper = place.own("bin") / program.name
    wrapper.write_text("\n".join(["#!/bin/sh", *exports, f'exec {command} "$@"', ""]))
    wrapper.chmod(0o700)


def shared_settings(file: Path = SETTINGS) -> dict[str, str]:
    """The settings that are no secrets, from the env file of compose."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def environment_of(program: Program, place: Place) -> dict[str, str]:
    """The variables of a program: for one of a service its settings, and where it listens or beats."""
    if program.service is None:
        return {}
    found = {**shared_settings(), "GATEHOUSE_PUBLIC_URL": place.public_url}
    found |= {f"GATEHOUSE_{stem(name).upper()}_URL": place.address(name) for name in SERVICES}
    found |= {name: str(place.secrets / file) for name, file in program.files.items()}
    if program.service == "identity":
        found["GATEHOUSE_HASH_SLOTS"] = "1"  # there is a web process for each core
    if program.kind == "web":
        found["WEB_BIND"] = place.address(program.name).removeprefix("http://")
        found["PROMETHEUS_MULTIPROC_DIR"] = str(place.folder / "metrics" / program.name)
    if program.threads:
        found["WEB_THREADS"] = str(program.threads)
    if program.kind == "worker":
        found["WORKER_HEARTBEAT"] = str(place.folder / "heartbeat" / program.name)
    return found


def of_others(program: Program) -> set[str]:
    """The variables of ours that only other services know: none starts with a setting that it does not know.

    So `GATEHOUSE_PLACE_FILE=… make stack` reaches identity alone, and a name that nobody knows stops everything.
    """
    if program.service is None:
        return set()
    every = {name for kind in KINDS.values() for name in kind.model_fields}
    foreign = {PREFIX + name.upper() for name in every - KINDS[program.service].model_fields.keys()}
    return {name for name in os.environ if name in foreign or name.removesuffix("_FILE") in foreign}


def command_of(program: Program, place: Place) -> list[str]:
    """The words of the command as they run on this machine: our own Python, the real folder of secrets."""
    return runnable([word.replace(SECRETS, str(place.secrets)) for word in program.command])


def runnable(words: list[str]) -> list[str]:
    """The same words with the first one looked up beside the Python that runs us."""
    programs = Path(sys.executable).parent
    return [sys.executable if words[0] == "python" else str(programs / words[0]), *words[1:]]
