"""The whole of it, looked at with a real browser: Debian's Chromium without a screen.

`chromium-headless-shell` and not `chromium`: that one calls home by itself, whatever it is told.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from deploy.stack import Stack
from tests.browser.outside import Outside
from tests.patience import PATIENT

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
WITHIN = 90  # seconds: a browser on a busy machine is slow
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Window:
    """A browser window on the gateway; what its pages complained of, and whom they asked."""

    url: str
    context: BrowserContext
    outside: Outside
    complaints: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # addresses

    async def opened(self, path: str) -> Page:
        page = await self.context.new_page()
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self._heard("error", str(error)))
        page.on("request", lambda request: self.asked.add(request.url))
        await page.goto(self.url + path)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


async def picture(page: Page, name: str) -> None:
    """Kept for people to look at: `tests/artifacts/<name>.png`."""
    ARTIFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")


@pytest.fixture(scope="package")
async def window(data_dir: Path) -> AsyncIterator[Window]:
    if not CHROMIUM.exists():
        pytest.skip(
            f"There is no {CHROMIUM}. On Debian, as root: apt-get update &&"
            f" apt-get install -y --no-install-recommends {CHROMIUM.name}"
        )
    async with (
        Stack(PATIENT, data_dir=data_dir / "stack") as stack,
        Outside() as outside,
        async_playwright() as playwright,
    ):
        context = await playwright.chromium.launch_persistent_context(
            data_dir / "browser",
            executable_path=CHROMIUM,
            args=[*FLAGS, f"--proxy-server={outside.url}"],
            viewport={"width": 1400, "height": 1000},
            timeout=WITHIN * 1000,
        )
        context.set_default_timeout(WITHIN * 1000)
        yield Window(stack.url("gateway"), context, outside)
        await context.close()
