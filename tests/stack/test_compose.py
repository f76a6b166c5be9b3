"""The container files, as far as they can be checked without a container engine."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import msgspec
import pytest
import yaml  # type: ignore[import-untyped]

from deploy.components import ROOT, SERVICES
from deploy.servers import find_nats_server
from shared.settings import PREFIX
from tests.settings_table import PROCESSES as SETTINGS_OF

DEPLOY = ROOT / "deploy"
PROCESSES = (*SERVICES, "gateway")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def dockerfile() -> str:
    """With continued lines joined."""
    return (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")


def test_the_same_processes_run_as_in_the_embedded_stack(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"mongo", "nats", *PROCESSES}
    for name in PROCESSES:
        package = name if name == "gateway" else f"services.{name}"
        assert services[name]["command"] == [f"{package}.app"]
        assert services[name]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
        assert services[name]["environment"]["AULA_LISTEN_HOST"] == "0.0.0.0"
        assert services[name]["environment"]["AULA_ENVIRONMENT"].endswith(":-production}")


def test_only_the_gateway_is_published(compose: dict[str, Any]) -> None:
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"gateway"}


def test_everything_restarts_and_the_servers_keep_their_data(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert all(service["restart"] == "unless-stopped" for service in services.values())
    assert "mongo:/data/db" in services["mongo"]["volumes"]
    assert "nats:/data" in services["nats"]["volumes"]
    named = {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service.get("volumes", ())
        if volume[0] not in ".$"
    }
    assert named == set(compose["volumes"])


def test_secrets_go_only_where_they_are_needed_and_have_no_default(
    compose: dict[str, Any],
) -> None:
    holders: dict[str, set[str]] = {}
    for name in PROCESSES:
        for variable, value in compose["services"][name]["environment"].items():
            if variable in ("AULA_AUTH_SECRET", "AULA_CODE_KEY", "AULA_PRIVACY_KEY"):
                holders.setdefault(variable, set()).add(name)
                assert re.fullmatch(rf"\$\{{{variable}:\?[^}}]+\}}", value)
    assert holders == {
        "AULA_AUTH_SECRET": {"auth"},
        "AULA_CODE_KEY": {"auth", "notifications"},
        "AULA_PRIVACY_KEY": set(PROCESSES),
    }
    keys = {
        name: volume.partition(":/keys")[0]
        for name in PROCESSES
        for volume in compose["services"][name].get("volumes", ())
        if volume.endswith(":/keys:ro")
    }
    assert keys == {
        "auth": "${AULA_SIGNING_KEYS_DIR:-./keys}",
        "notifications": "${AULA_PUSH_KEYS_DIR:-./push-keys}",
    }


def test_each_process_is_handed_every_setting_that_it_reads(compose: dict[str, Any]) -> None:
    for name in PROCESSES:
        read = {
            PREFIX + field.name.upper() for field in msgspec.structs.fields(SETTINGS_OF[name])
        } - {"AULA_DATA_DIR"}  # the image sets it
        assert set(compose["services"][name]["environment"]) == read, name


def test_nats_takes_its_configuration_and_its_password() -> None:
    server = str(find_nats_server())
    config = ["-t", "--config", str(DEPLOY / "nats.conf")]
    for password, code in (("nats-0123456789abcdef", 0), (None, 1)):
        environment = {"AULA_NATS_PASSWORD": password} if password else {}
        run = subprocess.run([server, *config], env=environment, capture_output=True, check=False)
        assert run.returncode == code, run.stderr


def test_every_server_and_process_has_a_health_check(
    compose: dict[str, Any], dockerfile: str
) -> None:
    assert all("healthcheck" in compose["services"][name] for name in ("mongo", "nats"))
    assert "HEALTHCHECK" in dockerfile


def test_the_image_runs_without_root_and_picks_the_process_by_command(dockerfile: str) -> None:
    final = dockerfile[dockerfile.rindex("FROM ") :]
    assert "\nUSER aula\n" in final
    assert '\nENTRYPOINT ["python", "-m"]\nCMD ["gateway.app"]\n' in final
    assert "--require-hashes --no-deps" in dockerfile
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE))
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert copied == {line[1:] for line in allowed if line.startswith("!")}


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_of_the_image_follows_healthz(
    dockerfile: str, status: int, code: int
) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    found = re.search(r"^HEALTHCHECK .*CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert found
    program, *arguments = json.loads(found[1])
    assert program == "python"
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        environment = {"PATH": os.environ["PATH"], "AULA_LISTEN_PORT": str(server.server_port)}
        check = subprocess.run([sys.executable, *arguments], env=environment, check=False)
    assert check.returncode == code
