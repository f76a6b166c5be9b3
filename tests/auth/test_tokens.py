"""What codes and refresh tokens are derived from."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.auth.tokens import Codes, RefreshTokens

SECRET = "a secret of auth alone"


def test_a_code_is_bound_to_secret_identifier_purpose_and_challenge() -> None:
    parts = itertools.product(
        (SECRET, "another"),
        ("email:a@aula.test", "email:b@aula.test", "phone:+905551234567"),
        ("mail", "short_mail", "sms"),
        ("one", "two"),
    )
    codes = [Codes(secret).derive(*rest, 8) for secret, *rest in parts]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 8 and code.isdecimal() for code in codes)


def test_codes_are_spread_evenly() -> None:
    codes = Codes(SECRET)
    first = [codes.derive("email:a@aula.test", "mail", str(n), 4)[0] for n in range(2_000)]
    assert all(140 < first.count(digit) < 260 for digit in "0123456789")


def test_a_refresh_token_is_bound_to_secret_session_generation_and_salt() -> None:
    parts = itertools.product((SECRET, "another"), ("a" * 24, "b" * 24), (1, 2), ("00", "01"))
    tokens = [RefreshTokens(secret).derive(*rest) for secret, *rest in parts]
    assert len(set(tokens)) == len(tokens)
    tokens_of = RefreshTokens(SECRET)
    for token in tokens:
        parsed = tokens_of.parse(token)
        assert parsed is not None
        ours = any(
            token == tokens_of.derive(parsed.session_id, parsed.generation, salt)
            and tokens_of.is_ours(parsed, salt)
            for salt in ("00", "01")
        )
        assert ours == (token in tokens[: len(tokens) // 2])


@given(st.text(max_size=80))
def test_what_is_no_refresh_token_is_none(text: str) -> None:
    assert RefreshTokens(SECRET).parse(text) is None
