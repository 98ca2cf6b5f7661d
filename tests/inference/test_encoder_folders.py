"""Folders of the Hugging Face kind, KoBERT's bare SentencePiece model among them."""

import json
import threading
from pathlib import Path

import pytest

from inference import encoder_folders
from inference.checkpoints import CheckpointMismatch
from inference.encoder_folders import (
    KOBERT_SPECIAL,
    MissingHubPackage,
    hub_package,
    read_config,
    read_model,
    read_tokenizer,
    tokenizing,
)
from inference.text_emotion import Language
from models.train.texts import read_own
from tests.tiny_encoders import save_bert

SENTENCES = [example.text for example in read_own(Language.KOREAN)[:600]]
pytestmark = pytest.mark.filterwarnings(
    "ignore:builtin type .* has no __module__ attribute:DeprecationWarning"
)


@pytest.fixture(scope="module")
def kobert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SentencePiece model whose first pieces are KoBERT's, beside a BERT's configuration."""
    import sentencepiece

    folder = tmp_path_factory.mktemp("kobert")
    unknown, pad, cls, sep, mask = KOBERT_SPECIAL
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_prefix=str(folder / "spiece"),
        vocab_size=1500,
        unk_id=0,
        pad_id=1,
        bos_id=-1,
        eos_id=-1,
        unk_piece=unknown,
        pad_piece=pad,
        control_symbols=[cls, sep, mask],
        minloglevel=2,
        num_threads=1,
    )
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}), "utf-8")
    return folder


def test_kobert_is_cut_as_sentencepiece_cuts_it(kobert: Path) -> None:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_file=str(kobert / "spiece.model"))
    tokens = tokenizing(read_tokenizer(kobert), 128)
    texts = [*SENTENCES[:300], "  띄어쓰기   많음 ", "ＡＢＣ 전각", "뷁뷁 모르는 글자 😭"]
    cut = tokens(texts)
    for row, mask, text in zip(cut["input_ids"], cut["attention_mask"], texts, strict=True):
        wanted = [2, *processor.encode(text), 3]
        assert row[: int(mask.sum())].tolist() == wanted, text
    assert set(cut) == {"input_ids", "token_type_ids", "attention_mask"}
    assert not cut["token_type_ids"].any()
    assert cut["input_ids"][0][-1] == 1


def test_another_sentencepiece_model_is_not_taken_for_kobert(
    kobert: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_folders, "KOBERT_SPECIAL", ("<unk>", "<pad>"))
    with pytest.raises(CheckpointMismatch, match="KoBERT"):
        read_tokenizer(kobert)


def test_long_texts_are_cut_to_what_the_encoder_reads(tmp_path: Path) -> None:
    save_bert(tmp_path, SENTENCES)
    tokens = tokenizing(read_tokenizer(tmp_path), 64)
    cut = tokens(["가 나 다 라 " * 200, "짧다"])
    assert cut["input_ids"].shape == (2, 64)
    assert int(cut["attention_mask"][1].sum()) < 64


def test_several_threads_may_cut_at_once(tmp_path: Path) -> None:
    save_bert(tmp_path, SENTENCES)
    tokens = tokenizing(read_tokenizer(tmp_path), 64)
    alone = [tokens([text])["input_ids"].tolist() for text in SENTENCES[:40]]
    together: dict[int, list[list[int]]] = {}

    def cut(start: int) -> None:
        for row in range(start, 40, 4):
            together[row] = tokens([SENTENCES[row]])["input_ids"].tolist()

    threads = [threading.Thread(target=cut, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[row] for row in range(40)] == alone


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"config\.json"):
        read_config(tmp_path)
    (tmp_path / "config.json").write_text("[]", "utf-8")
    with pytest.raises(CheckpointMismatch, match="no JSON object"):
        read_config(tmp_path)
    (tmp_path / "config.json").write_text("{", "utf-8")
    with pytest.raises(CheckpointMismatch, match="no JSON:"):
        read_config(tmp_path)
    with pytest.raises(CheckpointMismatch, match="AutoModel"):
        read_model(tmp_path, "AutoModel")


def test_a_missing_package_is_one_sentence() -> None:
    with pytest.raises(MissingHubPackage, match=r"no_such is not installed: .* -e '\.\[hub\]'"):
        hub_package("no_such")
