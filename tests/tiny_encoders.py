"""Encoders of a few thousand numbers, initialised by chance, in folders like those of the hub."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def save_word_pieces(folder: Path, sentences: Sequence[str], n_pieces: int = 400) -> int:
    """Train a WordPiece tokenizer on `sentences` and save it; the size of its vocabulary."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import PreTrainedTokenizerFast

    cutter = BertWordPieceTokenizer(strip_accents=False)
    cutter.train_from_iterator(
        sentences, vocab_size=n_pieces, special_tokens=list(SPECIAL), show_progress=False
    )
    marks = dict(zip(("pad", "unk", "cls", "sep", "mask"), SPECIAL, strict=True))
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=cutter._tokenizer,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **{f"{name}_token": mark for name, mark in marks.items()},
    )
    tokenizer.save_pretrained(folder)
    return int(cutter.get_vocab_size())


def save_bert(
    folder: Path, sentences: Sequence[str], labels: Mapping[int, str] | None = None
) -> None:
    """A BERT of two layers; with `labels` a classifier of independent labels."""
    from transformers import BertConfig, BertForSequenceClassification, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=save_word_pieces(folder, sentences),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    if labels is None:
        BertModel(config).save_pretrained(folder)
        return
    config.id2label = dict(labels)
    config.label2id = {name: number for number, name in labels.items()}
    config.problem_type = "multi_label_classification"
    BertForSequenceClassification(config).save_pretrained(folder)
