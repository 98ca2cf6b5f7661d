"""The recognisers that the settings name, and what is said of them."""

from bot.settings import Settings
from inference.weights import CNN_WEIGHTS, ENCODER_WEIGHTS, SHIPPED_WEIGHTS, Weights


def weights_of(settings: Settings, *, for_people: bool) -> Weights:
    """Which weights are read; `for_people` leaves out what heard a synthesiser alone."""
    return Weights(
        settings.weights_folder or SHIPPED_WEIGHTS,
        settings.whisper,
        (settings.pulled_weights(),),
        settings.text_model,
        settings.fusion,
        for_people,
    )


def words_in_voice_notes(reads: str | None, whisper: str | None) -> str:
    """Whether words are read, and by which weights; ends a sentence about them.

    Args:
        reads: the name of what writes down the words of people.
        whisper: TODAK_WHISPER; where nothing reads it names weights that were refused.
    """
    if reads is not None:
        return f"read by Whisper {reads}, which can mishear"
    if whisper is None:
        return "not read (TODAK_WHISPER names no weights); only its tone is heard"
    why = f"{whisper} learned from a synthesiser alone and does not hear people"
    return f"not read ({why}); only its tone is heard"


def emergencies_in_sounds(hears: bool) -> str:
    """Whether emergencies are heard in sounds; ends a sentence about them."""
    if not hears:
        return f"not heard: {CNN_WEIGHTS} or {ENCODER_WEIGHTS} is missing"
    return "heard, which can be wrong and can miss"
