"""The reference of the API, as somebody in front of it sees and uses it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Window


class Reference:
    def __init__(self, page: Page, api: dict[str, Any]) -> None:
        self.page = page
        self.api = api

    @classmethod
    async def opened(cls, window: Window) -> "Reference":
        page = await window.opened("/api/docs")
        api = await page.evaluate("fetch('/openapi.json').then(answer => answer.json())")
        await expect(page.get_by_role("heading", name="First steps")).to_be_visible()
        return cls(page, api)

    async def operation(self, method: str, path: str) -> Locator:
        """Its section, reached as by a link to it."""
        tag = self.api["paths"][path][method.lower()]["tags"][0].lower().replace(" ", "-")
        await self.page.evaluate("hash => { location.hash = hash }", f"tag/{tag}/{method}{path}")
        return await self.section(method, path)

    async def section(self, method: str, path: str) -> Locator:
        section = self.page.locator(f'section[id$="/{method}{path}"]')
        await expect(section.get_by_role("button", name="Test Request")).to_be_attached()
        # What is above it may have become longer meanwhile: operations appear as one comes by.
        await section.evaluate("section => section.scrollIntoView()")
        return section

    @asynccontextmanager
    async def form_of(self, section: Locator) -> AsyncIterator[Locator]:
        """The form in which the operation is tried."""
        await section.get_by_role("button", name="Test Request").click()
        await expect(self._send).to_be_visible()
        form = self.page.get_by_role("dialog")
        yield form
        await self.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()

    async def send(self, body: dict[str, str] | None = None) -> dict[str, Any]:
        """The answer to what stands in the form, or to this body."""
        if body is not None:
            await self.page.get_by_role("dialog").locator(".cm-content").last.click()
            await self.page.keyboard.press("Control+A")
            await self.page.keyboard.insert_text(json.dumps(body))
        async with self.page.expect_response(
            lambda answer: answer.request.resource_type == "fetch"
        ) as told:
            await self._send.click()
        answer = await told.value
        shown = self.page.get_by_role("dialog").get_by_text(f"{answer.status} ")
        await expect(shown.first).to_be_visible()
        envelope: dict[str, Any] = await answer.json()
        return envelope

    async def select(self, server: str) -> None:
        await self.page.evaluate("location.hash = 'description/introduction'")
        await self.page.get_by_role("button", name="Server").first.click()
        await self.page.get_by_role("option", name=server).click()

    @property
    def _send(self) -> Locator:
        return self.page.locator("[data-addressbar-action=send]:visible")
