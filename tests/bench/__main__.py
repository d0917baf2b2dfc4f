"""`make bench`: measure what `cases` lists."""

from tests.bench.cases import CASES
from tests.bench.runner import REPORT, measure

print(f"bench: {measure(CASES, REPORT)} figures in {REPORT}")
