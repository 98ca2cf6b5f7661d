from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("kiwipiepy", reason="needs the extra `train`")
pytest.importorskip("wordcloud", reason="needs the extra `train`")

from inference.analysis import Emotion
from inference.text_emotion import Language
from models.train.emotion_pictures import Judged, draw
from models.train.house_style import font_path
from models.train.texts import Example


@pytest.mark.slow
def test_every_picture_is_drawn_with_a_font_that_has_korean(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    words = ("시험", "친구", "엄마", "회사", "버스", "저녁", "병원")
    written = [
        Example(f"{word} 이야기를 {i}번 했어요", language, emotion)
        for language in Language
        for emotion, word in zip(Emotion, words, strict=True)
        for i in range(5)
    ]
    labels = np.repeat(np.arange(7), 5)
    posterior = rng.dirichlet(np.ones(7), len(labels))
    judged = [
        Judged(language, posterior, rng.normal(size=(len(labels), 8)), labels)
        for language in Language
    ]

    paths = draw(written, judged, tmp_path / "pictures")

    assert font_path().is_file()
    assert [path.stem for path in paths] == [
        "emotion-sentences",
        "emotion-confusion",
        "emotion-reliability",
        "emotion-map",
        "emotion-words",
    ]
    for path in paths:
        with Image.open(path) as picture:
            assert picture.width > 500
            assert len(set(picture.convert("RGB").resize((64, 64)).get_flattened_data())) > 50
