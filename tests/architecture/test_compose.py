"""docker-compose.yml, the Dockerfile and the gateway say what `make stack` does, and nothing looser than we promise."""

import json
import os
import re
import shutil
import stat
import subprocess
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml

from deploy import gunicorn_conf
from deploy.gateway.__main__ import ROUTES, render
from deploy.servers.docker import IMAGES
from deploy.stack.environment import KINDS, SETTINGS, of_others, shared_settings
from deploy.stack.table import PROGRAMS, SECRETS, SERVICES, WEBS, Program, secret_files, settings_files
from shared.config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
SERVERS = ("postgres", "redis", "rabbitmq")
Loaded = dict[str, Any]


def interpolated(text: str) -> str:
    """What compose reads where nobody has set anything: the defaults."""
    return _VARIABLE.sub(lambda found: found.group(2) or "", text).replace("$$", "$")


COMPOSE = cast("Loaded", yaml.safe_load(interpolated((ROOT / "docker-compose.yml").read_text())))
CONTAINERS = cast("Loaded", COMPOSE["services"])
LASTING = [name for name, container in CONTAINERS.items() if container["restart"] != "no"]


def test_it_is_valid_by_the_compose_specification() -> None:
    """The schema is the one of compose-spec, as the package check-jsonschema carries it."""
    path = distribution("check-jsonschema").locate_file("check_jsonschema/builtin_schemas/vendor/compose-spec.json")
    schema = json.loads(Path(str(path)).read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(COMPOSE)


def test_docker_itself_accepts_it() -> None:
    """`docker compose config` needs no engine; where the plugin is missing the schema has to do."""
    docker = shutil.which("docker")
    plugin = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if not plugin or plugin.returncode != 0:
        pytest.skip("docker compose is not on this machine")
    told = subprocess.run(
        [str(docker), "compose", "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_the_programs_are_those_of_the_stack() -> None:
    """Nothing runs in one shape that does not run in the other."""
    assert set(CONTAINERS) == {program.name for program in PROGRAMS} | {"gateway", *SERVERS}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_has_the_same_command_in_both_shapes(program: Program) -> None:
    """Word for word; only the folder of secrets has another name."""
    assert CONTAINERS[program.name]["command"] == [word.replace(SECRETS, "/run/secrets") for word in program.command]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_web_process_has_the_same_number_of_threads(program: Program) -> None:
    """Only the pool for what programs call has another than the usual one (decision 0042)."""
    threads = CONTAINERS[program.name].get("environment", {}).get("WEB_THREADS")
    assert threads == (str(program.threads) if program.threads else None)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_waits_for_the_same(program: Program) -> None:
    """Once-only programs are waited for until they are done, all others until they are healthy."""
    once = {entry.name for entry in PROGRAMS if entry.kind == "once"}
    conditions = {
        name: {"condition": "service_completed_successfully" if name in once else "service_healthy"}
        for name in program.after
    }
    assert CONTAINERS[program.name]["depends_on"] == conditions


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_reads_the_same_secrets_and_gets_no_other(program: Program) -> None:
    """Each secret is a file, mounted only where it is needed."""
    container = CONTAINERS[program.name]
    named = {name: value for name, value in container.get("environment", {}).items() if name.endswith("_FILE")}
    assert named == {name: f"/run/secrets/{file}" for name, file in program.files.items()}
    assert set(container["secrets"]) == {*program.files.values(), *program.mounts}


def test_every_setting_that_is_named_exists() -> None:
    """Variables of services are settings of the suite, or read by gunicorn, the worker and prometheus-client."""
    others = {"WEB_BIND", "WEB_CONCURRENCY", "WEB_THREADS", "PROMETHEUS_MULTIPROC_DIR", "WORKER_HEARTBEAT"}
    others |= {"WORKER_METRICS_BIND"}
    for program in PROGRAMS:
        known = {PREFIX + name.upper() for name in KINDS.get(program.service or "", Settings).model_fields}
        given = {name.removesuffix("_FILE") for name in CONTAINERS[program.name].get("environment", {})}
        assert given <= known | others, program.name
    assert set(shared_settings()) <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_a_setting_of_one_service_in_the_environment_reaches_that_service_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`make stack`: the others would not start with it. What all know, or nobody, is held back from none."""
    given = {"GATEHOUSE_PLACE_FILE", "GATEHOUSE_BREACH_FILE", "GATEHOUSE_PASSWORD_PEPPER_FILE"}
    for name in (*given, "GATEHOUSE_LOG_LEVEL", "GATEHOUSE_NO_SUCH_SETTING"):
        monkeypatch.setenv(name, "a value")
    for program in PROGRAMS:
        foreign = given if program.service not in {None, "identity"} else set()
        assert of_others(program) == foreign, program.name


def test_the_settings_that_are_no_secrets_come_from_one_file() -> None:
    """`make stack` reads the env file of compose; neither it nor compose holds a secret."""
    secret = {name.removesuffix("_FILE") for service in SERVICES for name in settings_files(service)}
    assert not secret & set(shared_settings())
    for program in PROGRAMS:
        assert CONTAINERS[program.name]["env_file"][0]["path"] == str(SETTINGS.relative_to(ROOT))
    for name, container in CONTAINERS.items():
        loose = [key for key in container.get("environment", {}) if re.search("PASS|SECRET|KEY", key)]
        assert all(key.endswith("_FILE") for key in loose), name


def test_every_secret_that_is_mounted_is_made_by_make_secrets(tmp_path: Path) -> None:
    """The script makes them all, random, in a folder of the owner's alone, and never changes one that is there."""
    folder = tmp_path / "secrets"
    make = [str(DEPLOY / "make-secrets"), str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    made = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(COMPOSE["secrets"]) <= set(made)
    assert secret_files() <= set(COMPOSE["secrets"])
    for name, entry in COMPOSE["secrets"].items():
        assert entry == {"file": f"./deploy/secrets/{name}"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    random = [text for name, text in made.items() if name.endswith(("_key", "_password", "_pepper", "_client_secret"))]
    assert len(set(random)) == len(random) >= 17
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in random)
    assert subprocess.run(make, check=True, capture_output=True).stdout == b""
    assert made == {path.name: path.read_text() for path in folder.iterdir()}


def test_a_deployment_that_is_there_gets_no_pepper_unasked(tmp_path: Path) -> None:
    """Its passwords must fit for the release before, to which its operator may go back."""
    (tmp_path / "identity_secret_key").write_text("k" * 64)
    subprocess.run([str(DEPLOY / "make-secrets"), str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / "identity_password_pepper").read_text() == ""


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_hardened(name: str) -> None:
    """Not root, no capabilities, a read-only file system, limits on memory, processes and logs."""
    container = CONTAINERS[name]
    user, _, group = container["user"].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & set(container)
    limits = container["deploy"]["resources"]["limits"]
    assert {"memory", "cpus", "pids"} <= set(limits)
    assert {"max-size", "max-file"} <= set(container["logging"]["options"])
    assert any(place.startswith(("/tmp", "/data")) for place in container["tmpfs"])
    writable = [volume for volume in container.get("volumes", []) if volume.startswith(".") and volume[-3:] != ":ro"]
    assert not writable


def test_only_the_gateway_is_published_and_on_loopback_unless_told() -> None:
    """Everything else is on a network without a way in or out, unless it has somebody outside to ask or to tell.

    Workers send mail, text messages, logout tokens and signals; identity reads the keys of apps at their `jwks_uri`;
    registration asks the payer's directory.
    """
    assert {name for name, container in CONTAINERS.items() if "ports" in container} == {"gateway"}
    assert CONTAINERS["gateway"]["ports"] == ["127.0.0.1:8000:8000"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    workers = {program.name for program in PROGRAMS if program.kind == "worker"}
    outward = {name for name, container in CONTAINERS.items() if set(container["networks"]) != {"inside"}}
    assert outward == {"gateway", "identity", "identity-programs", "registration", *workers}
    assert all("inside" in container["networks"] for container in CONTAINERS.values())


def test_the_gateway_is_asked_for_its_health_where_no_certificate_matters() -> None:
    """An operator who lets it end TLS changes the other line of listen.conf, and the check goes on."""
    (address,) = re.findall(r"http://(\S+?)/", " ".join(CONTAINERS["gateway"]["healthcheck"]["test"]))
    listen = re.findall(r"^listen (\S+);$", (DEPLOY / "gateway/compose/listen.conf").read_text(), re.MULTILINE)
    assert sorted(listen) == sorted(["8000", address])


def test_the_broker_knows_how_much_memory_it_has() -> None:
    """It takes the machine's for its own in some containers: the mark is in bytes, well below the limit."""
    (mark,) = re.findall(
        r"^vm_memory_high_watermark\.absolute = (\d+)MB$",
        (DEPLOY / "rabbitmq/10-gatehouse.conf").read_text(),
        re.MULTILINE,
    )
    assert CONTAINERS["rabbitmq"]["deploy"]["resources"]["limits"]["memory"] == "1G"
    assert int(mark) <= 700


def test_postgres_has_a_connection_for_every_thread_that_may_want_one() -> None:
    """As many web processes as compose starts by itself; a request holds one of the pool and one beside it at most."""
    options = " ".join(CONTAINERS["postgres"]["command"])
    (most,) = re.findall(r"max_connections=(\d+)", options)
    webs = [program for program in PROGRAMS if program.kind == "web"]
    threads = sum(int(CONTAINERS[web.name]["environment"]["WEB_CONCURRENCY"]) * (web.threads or 8) for web in webs)
    workers = [program for program in PROGRAMS if program.kind == "worker"]
    assert 2 * threads + 12 * len(workers) < int(most)


@pytest.mark.parametrize("name", LASTING)
def test_everything_that_lasts_is_checked_restarted_and_given_time_to_end(name: str) -> None:
    """Health checks are quick at the start and rare afterwards."""
    container = CONTAINERS[name]
    assert container["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries", "start_period", "start_interval"} <= set(container["healthcheck"])
    assert int(container["stop_grace_period"].removesuffix("s")) >= 10
    if name in WEBS:
        assert int(container["stop_grace_period"].removesuffix("s")) > gunicorn_conf.graceful_timeout


def test_programs_of_the_suite_are_asked_by_the_cheap_check_of_their_kind() -> None:
    """The check is a script of the image that the stack's test runs too."""
    for program in PROGRAMS:
        if program.kind != "once":
            wanted = ["CMD", "/app/deploy/healthcheck", program.kind]
            assert CONTAINERS[program.name]["healthcheck"]["test"] == wanted
    assert os.access(DEPLOY / "healthcheck", os.X_OK)


def test_the_gateway_waits_for_every_service() -> None:
    """It is healthy when the public origin answers."""
    wanted = {name: {"condition": "service_healthy"} for name in WEBS}
    assert CONTAINERS["gateway"]["depends_on"] == wanted


def test_the_servers_are_those_that_the_tests_run_against() -> None:
    """One version of each; the broker keeps its name, so that it finds its data again."""
    assert {name: CONTAINERS[name]["image"] for name in SERVERS} == IMAGES
    assert CONTAINERS["rabbitmq"]["hostname"] == "rabbitmq"
    assert {volume.split(":")[0] for name in SERVERS for volume in CONTAINERS[name].get("volumes", [])} >= set(
        COMPOSE["volumes"]
    )


def test_the_gateways_routes_are_the_prefixes_of_the_services() -> None:
    """`python -m deploy.gateway` writes them."""
    assert ROUTES.read_text() == render()


def test_the_gateway_reaches_the_services_under_their_names_in_compose() -> None:
    """An idle connection ends at the gateway before it ends at gunicorn."""
    text = (DEPLOY / "gateway/compose/addresses.conf").read_text()
    for name in WEBS:
        assert f"upstream {name} {{ zone {name} 64k; server {name}:8000 resolve;" in text
    assert all(int(seconds) < gunicorn_conf.keepalive for seconds in re.findall(r"keepalive_timeout (\d+)s", text))


def test_the_image_installs_what_is_locked_and_runs_as_nobody_in_particular() -> None:
    """Hashes are demanded, only wheels are taken, and the last stage has the account and the check of compose."""
    text = (DEPLOY / "Dockerfile").read_text()
    assert "pip install --require-hashes --only-binary :all: -r /build/runtime.txt" in text
    assert not re.search(r"^ADD|curl|wget|apt-get", text, re.MULTILINE)
    final = text.rsplit("\nFROM ", 1)[1]
    assert "\nUSER 10001:10001\n" in final
    assert '["/app/deploy/healthcheck", "web"]' in final
    assert {container["user"] for container in CONTAINERS.values() if "gatehouse" in container["image"]} == {
        "10001:10001"
    }


def test_the_image_gets_no_secret_and_no_data() -> None:
    """The list of what is copied names what comes in; everything else stays out."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {"deploy/secrets", "deploy/env/local.env"} <= set(rules)
    assert not any(rule.startswith("!") for rule in rules[rules.index("deploy/secrets") :])
