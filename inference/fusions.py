"""The recognisers of both modalities, by the name an operator chooses one with."""

from pathlib import Path
from typing import Final, get_args

from inference.analysis import EmotionEstimate
from inference.emotion_fusion import FUSION_WEIGHTS, Fused, Fusion, LateFusion, Said
from inference.joint_emotion import JointRecognizer, load_cross_attention, load_multimodal
from inference.weights import FusionName

FUSION_NAMES: Final[tuple[FusionName, ...]] = get_args(FusionName)


class JointFusion:
    """A network judges where text and waveform are there; all else is the late fusion's."""

    def __init__(self, late: LateFusion, joint: JointRecognizer) -> None:
        self._late = late
        self._joint = joint

    def predict(self, said: Said) -> Fused:
        """Judge one utterance; with one modality alone, what that one says stands."""
        fused = self._late.predict(said)
        if fused.emotion is None or said.words is None or said.voice is None:
            return fused
        if said.text is None or said.waveform is None:
            return fused  # the two came apart, and only what was made of them is left
        estimate = self._joint.predict(said.text, said.waveform)
        sure = estimate.sure and not fused.disagree
        emotion = EmotionEstimate(estimate.posterior, fused.emotion.present, sure)
        return Fused(emotion, fused.disagree)


def load_fusion(name: FusionName, folder: Path) -> Fusion:
    """The recogniser of that name from a folder of weights.

    Raises:
        FileNotFoundError: its weights are not there.
        CheckpointMismatch: they are of another model.
        MissingAnalyser: the Cross-Attention Transformer needs kiwipiepy.
    """
    late = LateFusion.load(folder / FUSION_WEIGHTS)
    if name == "late":
        return late
    load = load_multimodal if name == "multimodal-transformer" else load_cross_attention
    try:
        return JointFusion(late, load(folder))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error}; todak train fusion makes them") from error
