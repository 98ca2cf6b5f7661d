"""A few hundred inputs of what `make fuzz` tries with a hundred thousand."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from inference.audio import decode
from tests.fuzz.seeds import bodies, recordings, updates
from tests.fuzz.strategies import near, update_bodies
from tests.fuzz.targets import Conversation, Measured, hear

SMOKE = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
RECORDINGS = recordings()
BODIES = bodies()
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.load` is deprecated:DeprecationWarning")


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PTB_TIMEDELTA", "true")
        opened = Conversation(tmp_path_factory.mktemp("fuzz"))
        yield opened
        opened.close()


def test_every_seed_is_a_sound_and_every_update_is_answered(conversation: Conversation) -> None:
    for recording in RECORDINGS:
        assert 0.2 < decode(recording).duration_s < 0.6
    assert len(BODIES) == len(updates()) > 30
    for body in BODIES:
        conversation.take(body)


@SMOKE
@given(content=st.one_of(near(RECORDINGS), st.binary(max_size=2000)))
def test_damaged_recordings(content: bytes) -> None:
    Measured(hear)(content)


@SMOKE
@given(body=st.one_of(update_bodies(), near(BODIES), st.binary(max_size=200)))
def test_odd_updates(conversation: Conversation, body: bytes) -> None:
    Measured(conversation.take)(body)
