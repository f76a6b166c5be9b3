"""Believable people, any number of them, put into a database as users keeps them."""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from pymongo import MongoClient

from services.users.domain import Person
from services.users.listing import counted, listing_of
from services.users.repository import People, document_of
from shared.clock import timestamp
from shared.contracts.users import Account, Profile
from shared.mongo import Document

_FIRST = (
    "Ayşe Fatma Emine Hatice Zeynep Elif Meryem Şerife Zehra Sultan Mehmet Mustafa Ahmet Ali"
    " Hüseyin Hasan İbrahim İsmail Osman Yusuf Işıl Çağla Gökhan Ömer Ümit María Carmen"
    " Josefa Ana Isabel Laura Antonio José Manuel Francisco David Juan Javier Sergio Íñigo"
    " Anna Ursula Monika Petra Sabine Peter Michael Thomas Andreas Wolfgang Jürgen Jörg"
    " Jean-Luc Mary Patricia Jennifer Linda Elizabeth Barbara Susan James Robert John William"
    " Richard Joseph Charles Ada Grace Alan Edsger Barbara Donald Niklaus Tony Leslie Frances"
    " Katherine Dorothy Radia Margaret Karen"
)
_LAST = (
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç"
    " Aslan Çetin Kara Koç Kurt Özkan Şimşek García Rodríguez González Fernández López"
    " Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez"
    " Romero Gutiérrez Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz"
    " Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Smith Johnson"
    " Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson White Harris"
    " Clark Lewis Walker Hall Young King Lovelace Hopper Turing Dijkstra Liskov Knuth Wirth"
    " Hoare Lamport Allen O'Brien"
)
_WORDS = (
    "language school teacher music chess coffee travel mountains sea books cooking football"
    " film photography history science family weekend beginner advanced conversation grammar"
    " exam"
)
_FIRST_NAMES, _LAST_NAMES, _TOPICS = _FIRST.split(), _LAST.split(), _WORDS.split()
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_BATCH = 2_000


def person(number: int, dice: random.Random) -> Person:
    """The same for the same number and dice; registered later than those with lower numbers."""
    registered = _BEGIN + timedelta(seconds=number * 60 + dice.random() * 60)
    user_id = f"{int(registered.timestamp()):08x}{dice.getrandbits(64):016x}"
    first, last = dice.choice(_FIRST_NAMES), dice.choice(_LAST_NAMES)
    handle = f"{first}.{last}{number}".lower().replace("'", "")
    ascii_handle = handle.encode("ascii", "ignore").decode()
    complete = dice.random() < 0.85
    by_phone = dice.random() < 0.3
    role = "admin" if dice.random() < 0.002 else "user"
    last_login = registered + timedelta(days=dice.expovariate(1 / 60))
    account = Account(
        id=user_id,
        email=None if by_phone else f"{ascii_handle}@mail{dice.randrange(50)}.test",
        country_code="+90" if by_phone else None,
        phone_number=f"5{number:09d}" if by_phone else None,
        signup_source=dice.choice(("ios", "android", "web", None)),
        role=role,
        roles=(role,),
        last_login=timestamp(last_login),
        created_at=timestamp(registered),
    )
    profile = Profile(updated_at=timestamp(last_login), language=dice.choice(("tr", "es", "de")))
    if complete:
        profile = Profile(
            name=first,
            surname=last,
            username=ascii_handle[:30] if dice.random() < 0.6 else None,
            interests=tuple(dice.sample(_TOPICS, 4)),
            bio=" ".join(dice.choices(_TOPICS, k=dice.randrange(5, 40))),
            privacy_policy_accepted=True,
            privacy_policy_version="1.0",
            terms_of_use_accepted=True,
            terms_of_use_version="1.0",
            is_registration_complete=True,
            timezone="Europe/Istanbul",
            language=profile.language,
            updated_at=profile.updated_at,
        )
    facts = {"registered": 1, "email": 1, "role": 1}
    return Person(id=user_id, account=account, profile=profile, version=1, facts=facts)


def load(mongo_url: str, database: str, size: int) -> Counter[str]:
    """Puts `size` people into an empty collection and makes its indexes; what the counters of
    them all are to say."""
    counts: Counter[str] = Counter()
    with MongoClient[Document](mongo_url, w=1, journal=False) as client:
        collection = client[database]["people"]
        for batch in _batches(size, counts):
            collection.insert_many(batch, ordered=False)
        with progress("indexes", len(People.INDEXES)) as made:
            for index in People.INDEXES:
                collection.create_indexes([index])
                made(1)
        client.admin.command("fsync")
    return counts


def _batches(size: int, counts: Counter[str]) -> Iterator[list[Document]]:
    dice = random.Random(size)
    with progress(f"{size:,} people", size) as done:
        for start in range(0, size, _BATCH):
            people = [person(n, dice) for n in range(start, min(size, start + _BATCH))]
            listings = [listing_of(each) for each in people]
            for each, listing in zip(people, listings, strict=True):
                counts.update(counted(each, listing))
            yield [document_of(*pair) for pair in zip(people, listings, strict=True)]
            done(len(people))


class progress:  # noqa: N801  reads as a sentence where it is used
    """A bar on standard error, drawn anew at each step; where that is no terminal, a line for every
    tenth."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total, self._done, self._shown = what, total, 0, -1
        self._started = time.monotonic()

    def __enter__(self) -> Callable[[int], None]:
        return self._step

    def __exit__(self, *_: object) -> None:
        sys.stderr.write("\n" if sys.stderr.isatty() else "")

    def _step(self, count: int) -> None:
        self._done += count
        parts = 50 if sys.stderr.isatty() else 10
        now = self._done * parts // self._total
        if now == self._shown:
            return
        self._shown = now
        bar = "#" * now + "." * (parts - now)
        seconds = time.monotonic() - self._started
        line = f"{self._what:<18}[{bar}] {self._done / self._total:4.0%} {seconds:5.0f} s"
        sys.stderr.write(f"\r{line}" if sys.stderr.isatty() else f"{line}\n")
        sys.stderr.flush()
