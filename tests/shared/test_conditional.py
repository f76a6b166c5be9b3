import msgspec

from shared.http.conditional import Known
from shared.http.pagination import Page


class Price(msgspec.Struct):
    amount: str


class PriceWithTax(msgspec.Struct):
    amount: str
    tax: str = "0"


class Offer(msgspec.Struct):
    price: Price


class TaxedOffer(msgspec.Struct):
    price: PriceWithTax


async def tag(shape: object, *state: object) -> str:
    async def answer() -> None:
        """What it is does not matter here."""

    known = Known(None, is_anonymous=True)
    tag: str = (await known.unless(shape, state, answer)).headers["ETag"]  # type: ignore[arg-type]
    return tag


async def test_a_kept_answer_holds_for_what_was_asked_and_how_it_is_shown() -> None:
    assert await tag(Page[Offer], "x", 1) == await tag(Page[Offer], "x", 1)
    assert await tag(Page[Offer], "x", 1) != await tag(Page[Offer], "x", 2)


async def test_an_answer_with_another_member_deep_inside_is_another_answer() -> None:
    assert await tag(Offer, "x") != await tag(TaxedOffer, "x")
    assert await tag(Page[Offer], "x") != await tag(Page[TaxedOffer], "x")
