"""A stack inside the test's own event loop: real servers, stand-ins for the services."""

import os
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import nats
import pytest
from pymongo import MongoClient

from deploy.components import base_port
from deploy.errors import BadSetting, DataInUse, NotReady, PortTaken
from deploy.ports import free_ports
from deploy.probes import http_ready
from deploy.stack import Stack
from tests.eventually import eventually

from .processes import alive

SERVERS = ("mongod", "nats")

# Says on /readyz what it was started with; not ready while the file `not-ready` is there.
STAND_IN = dedent("""
    import http.server, json, os, pathlib
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            sick = pathlib.Path("not-ready").exists()
            self.send_response(503 if sick else 200)
            self.end_headers()
            self.wfile.write(b"no streams" if sick else json.dumps(dict(os.environ)).encode())
        def log_message(self, *_): pass
    place = (os.environ["AULA_LISTEN_HOST"], int(os.environ["AULA_LISTEN_PORT"]))
    http.server.HTTPServer(place, Answer).serve_forever()
""")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose services are stand-ins."""
    root = tmp_path_factory.mktemp("root")
    for package in ("gateway", *(f"services/{name}" for name in ("auth", "users"))):
        (root / package).mkdir(parents=True)
        (root / package / "app.py").write_text(STAND_IN)
    return root


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **more}


@pytest.fixture
async def reporting(tmp_path: Path) -> AsyncIterator[tuple[Stack, list[str]]]:
    """The two servers, this test's own, and what their stack reported."""
    lines: list[str] = []
    stack = Stack(environment(), data_dir=tmp_path, only=SERVERS, report=lines.append)
    async with stack:
        yield stack, lines


def write_and_count(url: str) -> int:
    """Adds a document in a transaction, so that it works on a replica set alone."""
    with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=10_000) as client:
        things = client.stack_test.things
        with client.start_session() as session:
            session.with_transaction(lambda session: things.insert_one({}, session=session))
        return things.count_documents({})


async def publish_and_count(url: str) -> int:
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.add_stream(name="TEST", subjects=["test.>"])
    await stream.publish("test.thing", b"")
    info = await stream.stream_info("TEST")
    await client.close()
    return int(info.state.messages)


async def test_a_second_start_goes_on_with_the_data_at_other_ports_too(tmp_path: Path) -> None:
    pids: list[int] = []
    for start in (1, 2, 3):
        async with Stack(environment(), data_dir=tmp_path, only=SERVERS, report=print) as stack:
            pids += stack.pids.values()
            assert write_and_count(stack.mongo_url) == start
            assert await publish_and_count(stack.nats_url) == start
    assert len(pids) == 6
    assert not any(alive(pid) for pid in pids)


async def test_killed_servers_come_back_with_their_data(
    reporting: tuple[Stack, list[str]],
) -> None:
    stack, lines = reporting
    write_and_count(stack.mongo_url)
    await publish_and_count(stack.nats_url)
    before = stack.pids
    for name in SERVERS:
        await stack.kill(name)
        await stack.ready(name)
    assert write_and_count(stack.mongo_url) == 2
    assert await publish_and_count(stack.nats_url) == 2
    assert set(before.values()).isdisjoint(stack.pids.values())
    for name in SERVERS:
        assert f"{name} ended with signal 9; starting it again in 0.2 s" in lines
        assert any(re.match(rf"{name} is ready again \(\d+\.\d s\)", line) for line in lines)


async def test_a_stopped_server_stays_away_until_it_is_started(
    reporting: tuple[Stack, list[str]],
) -> None:
    stack, lines = reporting
    pid = stack.pids["nats"]
    await stack.stop_one("nats")
    assert not alive(pid)
    assert "nats" not in stack.pids
    with pytest.raises(NotReady, match="nats has been stopped"):
        await stack.ready("nats")
    assert not any("starting it again" in line for line in lines)
    await stack.start_one("nats")
    assert await publish_and_count(stack.nats_url) == 1


async def test_two_stacks_never_share_a_data_folder(reporting: tuple[Stack, list[str]]) -> None:
    stack, _ = reporting
    second = Stack(environment(), data_dir=stack.plan.data_dir, only=SERVERS)
    with pytest.raises(DataInUse, match="AULA_DATA_DIR"):
        await second.start()


async def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        stack = Stack(
            environment(), data_dir=tmp_path, ports={"nats-monitoring": taken}, only=SERVERS
        )
        with pytest.raises(PortTaken, match=rf"port {taken} \(nats-monitoring\).*AULA_PORT=\d+"):
            await stack.start()
    assert stack.pids == {}
    assert list(tmp_path.iterdir()) == []


async def test_services_and_gateways_are_told_where_everything_is(
    tmp_path: Path, root: Path
) -> None:
    lines: list[str] = []
    stack = Stack(
        environment(AULA_MONGO_URL="mongodb://db.test/", AULA_LEARNING_URL="http://learning.test"),
        data_dir=tmp_path,
        only=("mongod", "auth", "users", "users-2", "gateway", "gateway-2"),
        report=lines.append,
        root=root,
    )
    async with stack:
        assert set(stack.pids) == {"auth", "users", "users-2", "gateway", "gateway-2"}
        seen = {name: stack.plan.variables(name) for name in stack.pids}
        for name in stack.pids:
            await eventually(lambda name=name: _is_ready(stack, name))
    assert "mongod         is yours: AULA_MONGO_URL is set" in lines
    for name, variables in seen.items():
        assert variables["AULA_ENVIRONMENT"] == "development"
        assert variables["AULA_MONGO_URL"] == "mongodb://db.test/"
        assert variables["AULA_NATS_URL"] == stack.nats_url
        assert variables["AULA_DATA_DIR"] == str(tmp_path)
        assert variables["AULA_LISTEN_HOST"] == "127.0.0.1"
        assert variables["AULA_LISTEN_PORT"] == str(stack.ports[name])
    gateway = seen["gateway-2"]
    assert gateway["AULA_AUTH_URL"] == stack.url("auth")
    assert gateway["AULA_USERS_URL"] == f"{stack.url('users')},{stack.url('users-2')}"
    assert gateway["AULA_LEARNING_URL"] == "http://learning.test"
    assert gateway["AULA_METRICS_PORT"] == str(stack.ports["gateway-2-metrics"])
    assert "AULA_METRICS_PORT" not in seen["users"]
    notifications = stack.plan.variables("notifications")
    assert notifications["AULA_PUBLIC_URL"] == stack.url("gateway")
    assert "AULA_PUBLIC_URL" not in gateway


async def _is_ready(stack: Stack, name: str) -> bool:
    return await http_ready("127.0.0.1", stack.ports[name], "/readyz") is None


async def test_a_service_that_is_not_ready_stops_the_start_with_its_own_words(
    tmp_path: Path, root: Path
) -> None:
    (root / "not-ready").touch()
    try:
        for limit in (1, 5, 25):  # until it has come as far as to say why
            stack = Stack(environment(), data_dir=tmp_path, only=("auth",), report=print, root=root)
            with pytest.raises(NotReady, match=f"auth is not ready after {limit} s: ") as refusal:
                await stack.start(limit)
            if "no streams" in str(refusal.value):
                break
        assert re.search(r": 503 .*: no streams", str(refusal.value))
    finally:
        (root / "not-ready").unlink()
    assert stack.pids == {}


def test_what_cannot_be_meant_is_refused_with_its_name(tmp_path: Path) -> None:
    for port in ("http", "0", "65535", "-1"):
        with pytest.raises(BadSetting, match="AULA_PORT"):
            base_port({"AULA_PORT": port})
    assert base_port({"AULA_PORT": ""}) == 8080
    with pytest.raises(BadSetting, match="postgres"):
        Stack(environment(), data_dir=tmp_path, only=("postgres",))


def test_ports_can_be_given_or_left_to_the_stack(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    stack = Stack(environment(), data_dir=tmp_path, ports={"gateway": port})
    assert stack.url("gateway") == f"http://127.0.0.1:{port}"
    assert len(set(stack.ports.values())) == 9
