"""A code is in the mail and nowhere else: not in a log, a database, NATS, or a dead letter."""

import re
from collections import Counter

from tests.end_to_end.client import code_mailed_to, data_of
from tests.end_to_end.conftest import Aula
from tests.end_to_end.places import places

# Times have six digits after the point too: they are not codes.
TIMES = re.compile(rb"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?|\"ts_usec\":\d+")


async def test_codes_and_tokens_lie_nowhere_but_in_the_mail(aula: Aula) -> None:
    codes: list[str] = []
    tokens: list[str] = []
    for number in range(5):
        email = f"canary{number}@aula.test"
        data_of(await aula.http.post("/auth/otp/request", json={"email": email}))
        code = await code_mailed_to(email, aula.mailbox)
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        await aula.http.post("/auth/otp/verify", json={"email": email, "code": wrong})
        await aula.http.post("/auth/otp/verify", json={"email": email, "code": f"{code}x"})
        await aula.http.get(f"/auth/otp/verify?code={code}")
        result = data_of(
            await aula.http.post("/auth/otp/verify", json={"email": email, "code": code})
        )
        codes.append(code)
        tokens += [result["accessToken"], result["refreshToken"]]
        await aula.http.post("/auth/refresh", json={"refreshToken": result["refreshToken"] + "x"})

    found_in = await places(aula.stack, aula.mongo)
    searched = ("auth.log", "gateway.log", "notifications.log", "NATS", "MongoDB")
    assert all(len(found_in[name]) > 500 for name in searched)
    without_times = {name: TIMES.sub(b"", content) for name, content in found_in.items()}

    def places_of(secrets: list[str]) -> Counter[str]:
        return Counter(
            name
            for name, content in without_times.items()
            for secret in secrets
            if re.search(rb"(?<!\w)%s(?!\w)" % re.escape(secret.encode()), content)
        )

    assert not places_of(tokens)
    # Some number or other may be one of five codes by chance. What keeps codes keeps all five.
    assert not [name for name, count in places_of(codes).items() if count > 1]
