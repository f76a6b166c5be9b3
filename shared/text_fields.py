"""Text in bodies: without control characters; a line may end only where several are expected.

Patterns for msgspec's Meta.
"""

NAME = r"^(?=[\s\S]*\S)[^\x00-\x1f\x7f]*(?![\s\S])"  # with something to see
LINE = r"^[^\x00-\x1f\x7f]*(?![\s\S])"
LINES = r"^[^\x00-\x08\x0b-\x1f\x7f]*(?![\s\S])"
