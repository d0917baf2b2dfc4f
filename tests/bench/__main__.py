"""`make bench`: measure what `cases` lists."""

from tests.bench.cases import CASES
from tests.bench.runner import PAGE, REPORT, measure

print(f"bench: {measure(CASES, REPORT, PAGE)} figures in {REPORT} and {PAGE}")
