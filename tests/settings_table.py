"""`docs/settings.md` is made from the settings classes: `python -m tests.settings_table`."""

from pathlib import Path
from typing import Annotated, get_args, get_origin

import msgspec

from gateway.settings import GatewaySettings
from services.auth.settings import AuthSettings
from services.learning.settings import LearningSettings
from services.notifications.settings import NotificationsSettings
from services.users.settings import UsersSettings
from shared.settings import PREFIX, Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
PROCESSES: dict[str, type[Settings]] = {
    "gateway": GatewaySettings,
    "auth": AuthSettings,
    "users": UsersSettings,
    "learning": LearningSettings,
    "notifications": NotificationsSettings,
}
STACK = (
    ("AULA_PORT", "make run", "8080", "The gateway's port; the others get the next eight"),
    ("AULA_HOST", "make run", "127.0.0.1", "Address the gateway listens on"),
)
HEAD = """# Settings

Every setting is an environment variable. A missing one has the default shown; an empty one counts
as missing; a wrong one stops the start with a sentence. Lists are separated by commas. In
development, secrets and signing keys that are not set are made under `AULA_DATA_DIR`, and
`AULA_BOOTSTRAP_SUPERADMINS` is `admin@aula.test`.
This page is made by `python -m tests.settings_table`.

| variable | read by | default | meaning |
|---|---|---|---|
"""


def page() -> str:
    readers: dict[str, dict[str, list[str]]] = {}  # by variable, by default
    meanings: dict[str, str] = {}
    for process, settings in PROCESSES.items():
        hints = settings_hints(settings)
        for field in msgspec.structs.fields(settings):
            variable = PREFIX + field.name.upper()
            readers.setdefault(variable, {}).setdefault(_default(field), []).append(process)
            meanings.setdefault(variable, hints[field.name])
    lines = [f"| `{name}` | {who} | `{default}` | {text} |" for name, who, default, text in STACK]
    for variable, defaults in sorted(readers.items()):
        who = [process for processes in defaults.values() for process in processes]
        everyone = "all" if set(who) == set(PROCESSES) else ", ".join(who)
        (default,) = defaults  # one name means one thing: no two processes differ
        shown = f"`{default}`" if default else ""
        lines.append(f"| `{variable}` | {everyone} | {shown} | {meanings[variable]} |")
    return HEAD + "\n".join(lines) + "\n"


def settings_hints(settings: type[Settings]) -> dict[str, str]:
    """The description of each field."""
    hints = {}
    for field in msgspec.structs.fields(settings):
        descriptions = [
            meta.description
            for meta in (get_args(field.type) if get_origin(field.type) is Annotated else ())
            if isinstance(meta, msgspec.Meta) and meta.description
        ]
        hints[field.name] = descriptions[0] if descriptions else ""
    return hints


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default in (None, "", ()) or field.default is msgspec.NODEFAULT:
        return ""
    if isinstance(field.default, tuple):
        return ",".join(field.default)
    return str(field.default)


if __name__ == "__main__":
    PAGE.write_text(page())
