"""One register for all drills."""

import pytest

from registry.demo.plan import Story
from tests.drills.ground import Ground
from tests.integration.registers import demo_in
from tests.support.papers import document_of


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The demonstration register: for reading."""
    demo = demo_in(tmp_path_factory.getbasetemp())
    page = demo.pages()[demo.number(Story.VALID)]
    file = demo.folder / "certificate.json"
    file.write_bytes(document_of(demo.desk(), page))
    return Ground(demo, page, file)
