"""What all these tests compare with."""

from pathlib import Path

import pytest
from sweeping import done


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep that nobody has disturbed."""
    results = tmp_path_factory.mktemp("whole")
    assert done(results, "executor=serial") == 0
    return results
