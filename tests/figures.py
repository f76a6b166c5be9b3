"""How a person would round who has the time to do it exactly."""

import math
from fractions import Fraction


def two_decimals(value: Fraction) -> float:
    """Half up."""
    return math.floor(value * 100 + Fraction(1, 2)) / 100
