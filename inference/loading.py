"""The recognisers that an operator chose, read from their weights."""

from inference.encoder_folders import MissingHubPackage
from inference.joint_features import MissingAnalyser
from inference.pipeline import Analyzer
from inference.weights import CheckpointMismatch, UnusableWeights, Weights
from inference.whisper_weights import load_transcriber


def load_analyzer(weights: Weights) -> Analyzer:
    """Read all weights.

    Raises:
        UnusableWeights: some are missing, are of another model, or need a package that is not
            installed.
    """
    try:
        transcriber = None
        if weights.whisper is not None:
            folders = (weights.folder, *weights.whisper_folders)
            transcriber = load_transcriber(weights.whisper, folders)
        if weights.for_people and transcriber is not None and transcriber.synthetic:
            transcriber = None
        return Analyzer.load(weights.folder, transcriber, weights.text_model, weights.fusion)
    except (
        CheckpointMismatch,
        FileNotFoundError,
        MissingAnalyser,
        MissingHubPackage,
    ) as error:
        raise UnusableWeights(f"The weights cannot be used: {error}") from error
