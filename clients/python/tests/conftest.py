"""The tests call a running program, whose address is in STREAMVERSE_URL; ``scripts/clients-check`` starts one."""

import os
import uuid
from collections.abc import Iterator

import pytest

from streamverse import Client

PASSWORD = "a household that watches films"


@pytest.fixture(scope="session")
def url() -> str:
    return os.environ["STREAMVERSE_URL"]


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    with Client(url, device_id="python tests") as client:
        yield client


@pytest.fixture
def email() -> str:
    return f"python-{uuid.uuid4()}@example.org"
