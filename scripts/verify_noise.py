#!/usr/bin/env python3
"""Holds the noise of our counts against opendp's discrete Gaussian (`pip install opendp`), which shares no code with it.

    verify_noise.py NOISE [--draws N] [--seed S]

NOISE is the built example `noise` of `crates/domain`. For each price both draw N numbers, and a chi-square test of two
samples says whether they can be of one distribution. Exit code 1 when they cannot; and also when the same test does not
tell our noise from one with a twentieth less deviation, as a test that finds nothing proves nothing.
"""

import argparse
import math
import subprocess
import sys
from collections import Counter

import opendp.prelude as dp

# By chance a true agreement is refused once in a million runs.
ONCE_IN = 1e-6
# What one question costs: of the example charter, a whole budget at once, and the dearest that may be.
PRICES = (1_250, 125_000, 1_000_000)


def sigma(price: int) -> float:
    """The deviation of our noise by docs/decisions/0025-noise-margin.md: a fifth more variance than 1/(2 rho)."""
    return math.sqrt(1.2 * 500_000 / price)


def ours(program: str, price: int, draws: int, seed: int) -> Counter:
    said = subprocess.run([program, str(price), str(draws), str(seed)], check=True, capture_output=True, text=True)
    return Counter({int(value): int(times) for value, times in (line.split(",") for line in said.stdout.split())})


def theirs(scale: float, draws: int) -> Counter:
    space = dp.vector_domain(dp.atom_domain(T="i64"), size=draws), dp.l2_distance(T="f64")
    return Counter(dp.m.make_gaussian(*space, scale=scale)([0] * draws))


def upper_gamma(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function (Numerical Recipes, 6.2)."""
    log_front = a * math.log(x) - x - math.lgamma(a)
    if x < a + 1:
        term = total = 1 / a
        n = a
        while abs(term) > abs(total) * 1e-15:
            n += 1
            term *= x / n
            total += term
        return max(0.0, 1 - total * math.exp(log_front))
    b, c = x + 1 - a, 1e300
    d = 1 / b
    h = d
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h * math.exp(log_front)


def chi_square(a: Counter, b: Counter) -> tuple[float, int, float]:
    """Two samples of one size: the statistic over bins of at least twenty together, the degrees of freedom, and how
    likely more than that is when both are of one distribution."""
    bins, one, two = [], 0, 0
    for value in sorted(set(a) | set(b)):
        one, two = one + a[value], two + b[value]
        if one + two >= 20:
            bins.append((one, two))
            one = two = 0
    if one + two and bins:
        last = bins.pop()
        bins.append((last[0] + one, last[1] + two))
    statistic = sum((x - y) ** 2 / (x + y) for x, y in bins)
    freedom = len(bins) - 1
    return statistic, freedom, upper_gamma(freedom / 2, statistic / 2)


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold our noise against opendp's.")
    parser.add_argument("noise", help="the built example `noise`")
    parser.add_argument("--draws", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=25)
    arguments = parser.parse_args()
    dp.enable_features("contrib")

    failed = False
    for price in PRICES:
        drawn = ours(arguments.noise, price, arguments.draws, arguments.seed)
        if sum(drawn.values()) != arguments.draws:
            print(f"{arguments.noise} drew {sum(drawn.values())} and not {arguments.draws}")
            return 1
        for name, scale, is_same in (("the same", sigma(price), True), ("less", sigma(price) * 0.95, False)):
            statistic, freedom, chance = chi_square(drawn, theirs(scale, arguments.draws))
            holds = (chance > ONCE_IN) == is_same
            failed |= not holds
            verdict = ("agrees" if is_same else "is told apart") if holds else "FAILS"
            print(
                f"rho {price / 1e6}: opendp with {name} deviation ({scale:.3f}) {verdict}: "
                f"chi-square {statistic:.1f} of {freedom}, p {chance:.3g}"
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
