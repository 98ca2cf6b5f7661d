import pytest

from bot.feeling_replies import HEAVY, OPEN_SOUNDS, TELL_MORE, FeelingReplies
from bot.policy import AskFeeling, NameFeeling, PointOutDisagreement
from bot.reply import Reply
from bot.wording import Wording
from inference.analysis import Emotion
from storage.records import FEELINGS, Language


def actions(reply: Reply) -> list[str]:
    return [button.action for row in reply.buttons for button in row]


@pytest.fixture(params=Language)
def feelings(request: pytest.FixtureRequest) -> FeelingReplies:
    return FeelingReplies(Wording(request.param))


def test_calm_words_in_a_sad_voice_read_well(feelings: FeelingReplies) -> None:
    html = feelings.to_act(PointOutDisagreement(Emotion.NEUTRAL, Emotion.SADNESS), 1).html
    assert feelings.say("neutral") not in html and feelings.say("sadness") in html


@pytest.mark.parametrize("feeling", FEELINGS)
def test_a_heavy_feeling_has_a_way_to_sounds_named_or_chosen(
    feelings: FeelingReplies, feeling: str
) -> None:
    heavy = feeling in HEAVY
    for how in ("confirmed", "corrected", "confirmed-unstored"):
        assert (OPEN_SOUNDS in actions(feelings.chosen(how, 1, feeling))) == heavy
    if feeling in tuple(Emotion):
        named = feelings.to_act(NameFeeling(Emotion(feeling), True, (), False), 1)
        assert (actions(named)[-2:] == [OPEN_SOUNDS, TELL_MORE]) == heavy


def test_where_todak_is_not_sure_it_asks_for_the_feeling_alone(feelings: FeelingReplies) -> None:
    asked = feelings.to_act(AskFeeling((Emotion.HURT, Emotion.ANGER), False), 1)
    assert OPEN_SOUNDS not in actions(asked)


def test_below_a_transcript_the_last_button_is_to_put_it_right(feelings: FeelingReplies) -> None:
    named = feelings.to_act(NameFeeling(Emotion.HURT, True, (), False), 7, "그만하자고 했어")
    assert actions(named)[-3:] == [OPEN_SOUNDS, TELL_MORE, "misheard:7"]
