"""Ranges and names of files, by the letter of RFC 9110 and 6266."""

import pytest

from shared.http.files import RangeNotSatisfiable, disposition, span_of


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-", (0, 100)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("BYTES= 10-19 ", (10, 20)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=99-99", (99, 100)),
        ("bytes=0-0,", (0, 1)),
        ("bytes=-1", (99, 100)),
        ("bytes=-1000", (0, 100)),
        # Not ours, or not well formed: as if it were not there.
        ("items=0-1", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=5-4", None),
        ("bytes=0x1-2", None),
        ("bytes=\u0661-", None),
        ("bytes=" + "9" * 100 + "-", None),
    ],
)
def test_a_range_is_read_by_the_letter(header: str | None, span: tuple[int, int] | None) -> None:
    assert span_of(header, 100) == span


@pytest.mark.parametrize(
    "header", ["bytes=100-", "bytes=-0", "bytes=100-200", "bytes=0-1,5-6", "bytes=" + "0-," * 5000]
)
def test_a_range_outside_of_the_file_and_several_ranges_are_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        span_of(header, 100)
    assert refused.value.headers() == {"Content-Range": "bytes */100"}


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.pdf", 'attachment; filename="a b.pdf"'),
        ("ğ.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C4%9F.pdf"),
        ('a".pdf', "attachment; filename=\"a_.pdf\"; filename*=UTF-8''a%22.pdf"),
        ("a\r\nb", "attachment; filename=\"a__b\"; filename*=UTF-8''a%0D%0Ab"),
        ("a%41.pdf", "attachment; filename=\"a_41.pdf\"; filename*=UTF-8''a%2541.pdf"),
    ],
)
def test_a_name_stays_within_its_header(name: str, header: str) -> None:
    assert disposition(name, inline=False) == header
