import pytest

from inference.analysis import Emotion
from inference.negation import is_negated
from inference.text_emotion import TextEmotionRecognizer

DENIED = (
    "별로 안 좋아", "슬프지 않아", "안 힘들어", "이제 안 외로워", "무섭지 않아", "전혀 안 무서워",
    "화나지는 않았어", "걱정하지 마", "기쁘지도 않고", "isnt sad", "not sad at all",
    "I'm not angry", "I'm not scared", "I don't feel lonely", "I'm no longer afraid",
    "I'm okay, don't worry", "슬프진 않아", "외롭진 않아요", "I'm not sad, don't worry",
    "안 슬퍼, 안 외로워", "기쁘지도 슬프지도 않아", "not sad or angry",
)  # fmt: skip
TOLD = (
    "안녕", "좋아", "너무 힘들어", "밥을 안 먹어서 힘들어", "못 자서 힘들어",
    "아무도 안 물어봐 줬어", "그 사람이 안 왔어 슬퍼", "I am sad", "I did not sleep and I'm sad",
    "우리 강아지 신장이 안 좋아서 얼마 못 산대 자는 것만 쳐다보고 있어",
)  # fmt: skip


@pytest.fixture(scope="module")
def recognizer() -> TextEmotionRecognizer:
    return TextEmotionRecognizer()


@pytest.mark.parametrize("text", DENIED)
def test_a_denied_feeling_is_never_named_with_certainty(
    recognizer: TextEmotionRecognizer, text: str
) -> None:
    assert is_negated(text)
    found = recognizer.predict(text)
    assert found is not None and not found.sure
    assert sum(found.posterior.values()) == pytest.approx(1.0)
    assert max(found.posterior, key=found.posterior.__getitem__) is Emotion.NEUTRAL


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_otherwise_is_left_alone(text: str) -> None:
    assert not is_negated(text)
