"""What a stack consists of: names, ports, environment variables, commands."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.errors import BadSetting
from deploy.keeper import Child
from deploy.ports import LOOPBACK, PORTS, free_ports
from deploy.probes import Probe, http_ready
from deploy.servers import (
    REPLICA_SET,
    find_mongod,
    find_nats_server,
    join_replica_set,
    mongod_command,
    nats_command,
)

ROOT = Path(__file__).parent.parent

SERVICES = ("auth", "users", "learning", "notifications")
SERVERS = {"mongod": "AULA_MONGO_URL", "nats": "AULA_NATS_URL"}  # and what replaces each
EVERYTHING = (*SERVERS, *SERVICES, "gateway")


def base_port(environment: Mapping[str, str]) -> int:
    text = environment.get("AULA_PORT") or "8080"
    last = 65_536 - len(PORTS)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= last:
        raise BadSetting(f"AULA_PORT must be a whole number from 1 to {last}, not {text!r}.")
    return int(text)


def kind(name: str) -> str:
    """`gateway` for the replica `gateway-2`."""
    return name.rstrip("0123456789").rstrip("-")


def ports_of(name: str) -> tuple[str, ...]:
    extra = {"nats": "monitoring", "gateway": "metrics"}.get(kind(name))
    return (name, f"{name}-{extra}") if extra else (name,)


class Plan:
    """Turns the settings of a stack into the children to run."""

    def __init__(
        self,
        environment: Mapping[str, str],
        data_dir: Path,
        components: Sequence[str],
        ports: Mapping[str, int],
        root: Path,
    ) -> None:
        """Whatever `ports` does not mention gets a free port."""
        if unknown := [name for name in components if kind(name) not in EVERYTHING]:
            raise BadSetting(f"There is no component called {', '.join(unknown)}.")
        needed = dict.fromkeys([*PORTS, *(port for name in components for port in ports_of(name))])
        missing = [name for name in needed if name not in ports]
        self.ports = {**ports, **dict(zip(missing, free_ports(len(missing)), strict=True))}
        self.environment = environment
        self.data_dir = data_dir.resolve()
        self.components = components
        self.root = root

    @property
    def outside(self) -> dict[str, str]:
        """Servers that somebody else runs, with the variable that says where."""
        return {name: var for name, var in SERVERS.items() if self.environment.get(var)}

    @property
    def servers(self) -> list[str]:
        return [name for name in self.components if name in SERVERS and name not in self.outside]

    @property
    def processes(self) -> list[str]:
        """Our own: services and gateways."""
        return [name for name in self.components if name not in SERVERS]

    @property
    def mongo_url(self) -> str:
        embedded = f"mongodb://{LOOPBACK}:{self.ports['mongod']}/?replicaSet={REPLICA_SET}"
        return self.environment.get("AULA_MONGO_URL") or embedded

    @property
    def nats_url(self) -> str:
        return self.environment.get("AULA_NATS_URL") or f"nats://{LOOPBACK}:{self.ports['nats']}"

    @property
    def has_dev_inbox(self) -> bool:
        """As notifications decides it: for the channels that have no real sender."""
        sends = self.environment.get("AULA_SMTP_URL") and self.environment.get("AULA_SMS_URL")
        return self._is_development and not sends

    @property
    def _is_development(self) -> bool:
        return (self.environment.get("AULA_ENVIRONMENT") or "development") == "development"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"

    def host(self, name: str) -> str:
        """Where it listens."""
        wanted = self.environment.get("AULA_HOST") if kind(name) == "gateway" else None
        return wanted or LOOPBACK

    def reach(self, name: str) -> str:
        """Where one finds it from this machine."""
        host = self.host(name)
        everywhere = ("0.0.0.0", "::")  # noqa: S104  compared with, not bound
        return LOOPBACK if host in everywhere else host

    def url(self, name: str) -> str:
        return f"http://{self.reach(name)}:{self.ports[name]}"

    def listening(self) -> dict[str, int]:
        """The ports that its own children will listen on, by name."""
        names = [*self.servers, *self.processes]
        return {port: self.ports[port] for name in names for port in ports_of(name)}

    def child(self, name: str) -> Child:
        """Finds the program; for a server, makes its data folder too."""
        if name == "mongod":
            return self._mongod()
        if name == "nats":
            return self._nats()
        reach, port = self.reach(name), self.ports[name]
        package = "gateway" if kind(name) == "gateway" else f"services.{kind(name)}"
        return Child(
            name=name,
            argv=(sys.executable, "-m", f"{package}.app"),
            env=self.variables(name),
            cwd=self.root,
            log=self.logs / f"{name}.log",
            ready=lambda: http_ready(reach, port, "/readyz"),
            address=self.url(name),
        )

    def variables(self, name: str) -> dict[str, str]:
        """The environment of a service or gateway."""
        variables = {
            "AULA_ENVIRONMENT": "development",
            **self.environment,
            "AULA_MONGO_URL": self.mongo_url,
            "AULA_NATS_URL": self.nats_url,
            "AULA_DATA_DIR": str(self.data_dir),
            "AULA_LISTEN_HOST": self.host(name),
            "AULA_LISTEN_PORT": str(self.ports[name]),
            # So that what is killed with -9 has its last lines in the log.
            "PYTHONUNBUFFERED": "1",
        }
        if kind(name) == "notifications" and self._is_development:
            variables["AULA_PUBLIC_URL"] = self.environment.get("AULA_PUBLIC_URL") or (
                self.url("gateway")
            )
        if kind(name) == "gateway":
            for service in SERVICES:
                # All replicas of this stack; the usual port where this stack runs none itself.
                replicas = [each for each in self.processes if kind(each) == service] or [service]
                urls = ",".join(self.url(each) for each in replicas)
                variables[f"AULA_{service.upper()}_URL"] = (
                    self.environment.get(f"AULA_{service.upper()}_URL") or urls
                )
            variables["AULA_METRICS_PORT"] = str(self.ports[f"{name}-metrics"])
        return variables

    def _mongod(self) -> Child:
        mongod, port = find_mongod(self.environment.get("PATH")), self.ports["mongod"]
        argv = mongod_command(mongod, self.data_dir / "mongod", port)
        return self._server("mongod", argv, lambda: asyncio.to_thread(join_replica_set, port))

    def _nats(self) -> Child:
        server = find_nats_server(self.environment.get("PATH"))
        port, monitoring = self.ports["nats"], self.ports["nats-monitoring"]
        argv = nats_command(server, self.data_dir / "nats", port, monitoring)
        return self._server("nats", argv, lambda: http_ready(LOOPBACK, monitoring, "/healthz"))

    def _server(self, name: str, argv: Sequence[str], ready: Probe) -> Child:
        return Child(
            name=name,
            argv=argv,
            env=self.environment,
            log=self.logs / f"{name}.log",
            ready=ready,
            address=f"{LOOPBACK}:{self.ports[name]}",
        )
