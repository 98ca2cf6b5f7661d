"""The text recogniser that the operator chose."""

from pathlib import Path

from inference.text_emotion import TextEmotionRecognizer
from inference.text_encoder import HEAD, load_encoder
from inference.text_kote import load_kote
from inference.text_lstm import load_lstm
from inference.text_recognizer import TextRecognizer


def load_text_recognizer(model: Path | None, embedded: Path) -> TextRecognizer:
    """The embedded recogniser, or the model at a path, told apart by what lies there.

    A file is an LSTM; a folder with a head of ours is a fine-tuned encoder; any other folder is a
    classifier of KOTE's labels. What is Korean or English at all is told by the embedded
    recogniser's vocabulary in each case.

    Raises:
        FileNotFoundError: there is nothing at the path, or no embedded weights.
        CheckpointMismatch: what lies there is none of these.
        MissingHubPackage: it needs a package of the extra `hub`.
    """
    shipped = TextEmotionRecognizer(embedded)
    if model is None:
        return shipped
    if not model.is_dir():
        return load_lstm(model, shipped.reads)
    if (model / HEAD).is_file():
        return load_encoder(model, shipped.reads)
    return load_kote(model, shipped.reads)
