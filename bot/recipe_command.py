"""`todak train X` and `todak evaluate X`: a recipe of `models/train`, loaded when asked for."""

import importlib
from collections.abc import Sequence

RECIPES = {
    "distress": "models.train.distress",
    "emergency": "models.train.emergency",
    "emergency-timeline": "models.train.emergency_timeline",
    "emotion": "models.train.emotion",
    "fusion": "models.train.fusion",
    "sleep-sounds": "models.train.sleep_vae",
    "sound-classifiers": "models.train.sound_classifiers",
    "sound-filing": "models.train.sound_filing",
    "sounds": "models.train.sounds",
    "speech-emotion": "models.train.speech_emotion",
    "speech-mlp": "models.train.speech_mlp",
    "text-emotion": "models.train.text_emotion",
    "text-encoder": "models.train.text_encoder",
    "text-kote": "models.train.text_kote",
    "text-lstm": "models.train.text_lstm",
    "timbre": "models.train.timbre_report",
    "transcription": "models.train.transcription",
    "whisper": "models.train.whisper",
}


class NotInstalled(RuntimeError):
    """A recipe needs a package of the extra `train`; says which and how to get it."""


def run_recipe(model: str, arguments: Sequence[str]) -> int:
    """Run a recipe with its own options; its exit status.

    Raises:
        NotInstalled: a package that only training needs is missing.
    """
    try:
        code: int = importlib.import_module(RECIPES[model]).main(arguments)
    except ModuleNotFoundError as error:
        sentence = f"{error.name} is not installed: .venv/bin/python -m pip install -e '.[train]'."
        raise NotInstalled(sentence) from error
    return code
