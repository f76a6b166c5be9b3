"""Prices: a decimal, kept exactly, in a currency of ISO 4217."""

import re
from decimal import Decimal

import msgspec

from shared.languages import Text

# Without the codes for funds, metals and tests.
_OF_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_OF_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_OF_TWO_DECIMALS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """
CURRENCIES = {
    **dict.fromkeys(_OF_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_OF_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_OF_THREE_DECIMALS.split(), 3),
}

_MOST = Decimal(10**10)  # a number below it, with its decimals, is exact in JSON for everybody
_DECIMAL = re.compile(r"[0-9]{1,11}(\.[0-9]{1,20})?", re.ASCII)

_BAD_CURRENCY = Text(
    en="must be a currency of ISO 4217, such as EUR",
    tr="EUR gibi bir ISO 4217 para birimi olmalıdır",
    es="debe ser una moneda de ISO 4217, como EUR",
    de="muss eine Währung nach ISO 4217 sein, etwa EUR",
)
_BAD_AMOUNT = Text(
    en="must be a decimal from 0 to 9999999999, such as 149.90",
    tr="149.90 gibi, 0 ile 9999999999 arasında bir ondalık sayı olmalıdır",
    es="debe ser un decimal de 0 a 9999999999, como 149.90",
    de="muss eine Dezimalzahl von 0 bis 9999999999 sein, etwa 149.90",
)
_TOO_FINE = Text(
    en="has more decimals than the currency",
    tr="para biriminden daha fazla ondalık basamağa sahip",
    es="tiene más decimales que la moneda",
    de="hat mehr Nachkommastellen als die Währung",
)


class Price(msgspec.Struct, frozen=True):
    """`amount`: with all decimals of the currency, as in `149.90` EUR, `1500` JPY."""

    amount: str
    currency: str


def price_of(amount: str | float, currency: str) -> Price | dict[str, Text]:
    """The price, or what is wrong with it, by the path of the member."""
    decimals = CURRENCIES.get(currency)
    if decimals is None:
        return {"price.currency": _BAD_CURRENCY}
    # A number came as JSON writes it: 149.9 is that, whatever its binary neighbour.
    text = amount if isinstance(amount, str) else f"{Decimal(repr(amount)):f}"
    if not _DECIMAL.fullmatch(text) or Decimal(text) >= _MOST:
        return {"price.amount": _BAD_AMOUNT}
    exact = Decimal(text)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals))
    if rounded != exact:
        return {"price.amount": _TOO_FINE}
    return Price(f"{rounded:f}", currency)
