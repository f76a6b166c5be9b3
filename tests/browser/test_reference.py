"""`/api/docs`, as a client developer uses it."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Error, expect

from tests.browser.conftest import WITHIN, Window, picture
from tests.browser.reference import Reference
from tests.eventually import eventually

expect.set_options(timeout=WITHIN * 1000)
SAMPLES = {
    "Shell": "curl http",
    "JavaScript": "fetch('http",
    "Java": "new OkHttpClient",
    "Swift": "URLSession",
}
WARNING = "Production is selected."


@pytest.fixture(scope="module")
async def reference(window: Window) -> Reference:
    """One page for all: it is large."""
    return await Reference.opened(window)


@pytest.fixture(autouse=True)
def undisturbed(window: Window) -> Iterator[None]:
    """Nothing was complained of, and nobody but the gateway asked for anything."""
    yield
    assert window.complaints == []
    assert window.outside.asked == []
    assert {url.removeprefix(window.url)[0] for url in window.asked} == {"/"}


async def test_samples_come_in_four_languages(reference: Reference) -> None:
    page = reference.page
    await picture(page, "reference")
    tabs = page.get_by_role("tablist", name="Client Libraries").get_by_role("tab")
    await expect(tabs).to_have_text(list(SAMPLES))
    for language, sample in SAMPLES.items():
        await page.evaluate("location.hash = 'description/introduction'")
        await page.get_by_role("tab", name=language, exact=True).click()
        section = await reference.operation("PATCH", "/me")
        await expect(section).to_contain_text(sample)
        await picture(page, f"sample-{language.lower()}")


async def test_who_signs_in_on_the_page_may_try_what_needs_it(
    reference: Reference, window: Window
) -> None:
    page, email = reference.page, "ada@aula.test"
    async with reference.form_of(await reference.operation("GET", "/courses")):
        assert (await reference.send())["data"]["list"] == []

    await page.evaluate("location.hash = 'description/introduction'")
    await page.get_by_role("link", name="POST /auth/otp/request").click()
    await expect(page).to_have_url(re.compile("#tag/.*/POST/auth/otp/request$"))
    async with reference.form_of(await reference.section("POST", "/auth/otp/request")):
        assert (await reference.send({"email": email}))["data"]["email"] == email

    code = await code_in_the_inbox(window.url, email)
    async with reference.form_of(await reference.operation("POST", "/auth/otp/verify")):
        answer = await reference.send({"email": email, "code": code})
        assert answer["data"]["user"]["email"] == email

    await heard_of(window.url, answer["data"]["accessToken"])
    async with reference.form_of(await reference.operation("GET", "/me")):
        assert (await reference.send())["data"]["email"] == email
        await picture(page, "tried")


async def code_in_the_inbox(gateway: str, email: str) -> str:
    accept = {"Accept": "application/json"}
    async with httpx.AsyncClient(base_url=gateway, headers=accept, timeout=60) as http:

        async def code() -> str | None:
            answer = await http.get("/dev/inbox", params={"to": email})
            return next((message["code"] for message in answer.json()["data"]), None)

        found = await eventually(code, within=30)
    assert found is not None
    return found


async def heard_of(gateway: str, token: str) -> None:
    """Returns once users has heard of who signed in."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=gateway, headers=headers, timeout=60) as http:

        async def email() -> str | None:
            found: str | None = (await http.get("/me")).json()["data"]["email"]
            return found

        await eventually(email, within=30)


async def test_the_warning_stands_at_what_changes_data_while_production_is_selected(
    reference: Reference,
) -> None:
    page = reference.page
    for server, warns in (("Production", True), ("Development", False)):
        await reference.select(server)
        for method, path in (("POST", "/auth/otp/request"), ("DELETE", "/courses/{id}")):
            section = await reference.operation(method, path)
            await expect(section.get_by_text(WARNING)).to_be_visible(visible=warns)
        await picture(page, f"warning-{server.lower()}")
        async with reference.form_of(section) as form:
            await expect(form.get_by_text(WARNING)).to_be_visible(visible=warns)
            await picture(page, f"form-{server.lower()}")


async def test_what_only_reads_has_no_warning(reference: Reference) -> None:
    await reference.select("Production")
    section = await reference.operation("GET", "/courses")
    await expect(section.get_by_text(WARNING)).to_have_count(0)
    async with reference.form_of(section) as form:
        await expect(form.get_by_text(WARNING)).to_be_hidden()
    await reference.select("Development")


async def test_whatever_is_in_its_scripts_the_page_reaches_nobody_else(
    reference: Reference, window: Window
) -> None:
    for attempt in (
        "fetch('https://proxy.scalar.com/')",
        "import('https://cdn.example/x.js')",
        "new Promise((ok, no) => Object.assign(new Image(), "
        "{onload: ok, onerror: () => no(Error('blocked')), src: 'https://cdn.example/x.png'}))",
    ):
        with pytest.raises(Error):
            await reference.page.evaluate(attempt)

    def blocked() -> list[str]:
        return [c for c in window.complaints if "violates the following Content Security" in c]

    await eventually(lambda: len(blocked()) == 3)  # the page hears of it before we do
    window.complaints.clear()
    window.asked = {url for url in window.asked if url.startswith(window.url)}
