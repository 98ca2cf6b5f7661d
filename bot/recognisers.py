"""The recognisers that the settings name."""

from bot.settings import Settings
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import MissingHubPackage
from inference.joint_features import MissingAnalyser
from inference.pipeline import SHIPPED_WEIGHTS, Analyzer
from inference.whisper_weights import load_transcriber


class UnusableWeights(Exception):
    """One sentence on which weights cannot be used, and why."""


def load_analyzer(settings: Settings) -> Analyzer:
    """Read all weights.

    Raises:
        UnusableWeights: some are missing, are of another model, or need a package that is not
            installed.
    """
    folder = settings.weights_folder or SHIPPED_WEIGHTS
    try:
        transcriber = None
        if settings.whisper is not None:
            transcriber = load_transcriber(settings.whisper, [folder, settings.pulled_weights()])
        return Analyzer.load(folder, transcriber, settings.text_model, settings.fusion)
    except (
        CheckpointMismatch,
        FileNotFoundError,
        MissingAnalyser,
        MissingHubPackage,
    ) as error:
        raise UnusableWeights(f"The weights cannot be used: {error}") from error
