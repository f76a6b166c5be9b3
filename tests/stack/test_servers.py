"""Finding the real servers."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.components import ROOT
from deploy.errors import ServerNotFound
from deploy.ports import LOOPBACK, free_ports, is_free
from deploy.probes import http_ready
from deploy.servers import find_mongod, find_nats_server, join_replica_set, nats_command


def program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path


def test_mongod_comes_from_path_before_the_wheel(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin" / "mongod")
    program(tmp_path / "fiftyone" / "db" / "bin" / "mongod")
    assert find_mongod(str(on_path.parent), tmp_path) == on_path


def test_the_mongod_of_the_wheel_gets_its_run_bit(tmp_path: Path) -> None:
    wheel = program(tmp_path / "fiftyone" / "db" / "bin" / "mongod", mode=0o644)
    assert find_mongod("/nowhere", tmp_path) == wheel
    assert wheel.stat().st_mode & 0o777 == 0o755


def test_a_missing_mongod_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ServerNotFound, match=r"pip install .* AULA_MONGO_URL"):
        find_mongod("/nowhere", tmp_path)


def test_nats_server_comes_from_the_environment_of_python_before_path(tmp_path: Path) -> None:
    beside = program(tmp_path / "venv" / "nats-server")
    on_path = program(tmp_path / "bin" / "nats-server")
    assert find_nats_server(str(on_path.parent), beside.parent) == beside
    assert find_nats_server(str(on_path.parent), tmp_path) == on_path


def test_a_missing_nats_server_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ServerNotFound, match=r"pip install .* AULA_NATS_URL"):
        find_nats_server("/nowhere", tmp_path)


def test_nats_server_accepts_our_configuration(tmp_path: Path) -> None:
    server = find_nats_server()
    argv = nats_command(server, tmp_path / 'a "quoted" folder', *free_ports(2))
    subprocess.run([*argv, "-t"], check=True, capture_output=True)


async def test_probes_of_a_closed_port_say_so() -> None:
    (port,) = free_ports(1)
    assert join_replica_set(port) == "Connection refused"
    assert await http_ready(LOOPBACK, port, "/healthz") == "Connection refused"


def test_free_ports_are_free_different_and_outside_the_range_of_outgoing_connections() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert all(is_free(port) and 15_000 <= port < 32_000 for port in ports)


TAKES_PORTS = "from deploy.ports import free_ports; print(*free_ports(400), flush=True); input()"


def test_nobody_is_given_a_port_that_another_process_was_given() -> None:
    """Before anybody listens on it. Twice 400 of 17,000 would hardly be different by chance."""
    command = [sys.executable, "-c", TAKES_PORTS]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    with subprocess.Popen(command, **pipes) as one, subprocess.Popen(command, **pipes) as other:
        given = [process.stdout.readline().split() for process in (one, other)]
        for process in (one, other):
            process.communicate("\n")
    assert [len(ports) for ports in given] == [400, 400]
    assert not set(given[0]) & set(given[1])
