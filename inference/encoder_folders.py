"""Folders of the Hugging Face kind: a tokenizer, a configuration and weights.

transformers and sentencepiece belong to the extra `hub`; they are imported when a folder is read.
"""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from inference.checkpoints import CheckpointMismatch

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LONGEST = 256  # pieces that are read of a stretch of text, where the encoder has the positions
KOBERT_SPECIAL = ("[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]")  # the first five pieces, in order

Tokens = dict[str, Tensor]


class MissingHubPackage(RuntimeError):
    """A package of the extra `hub` is not installed; says which and how to get it."""


def hub_package(name: str) -> Any:
    """Import a package that only encoders from the hub need.

    Raises:
        MissingHubPackage: it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        sentence = f"{error.name} is not installed: .venv/bin/python -m pip install -e '.[hub]'"
        raise MissingHubPackage(sentence) from error


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's `config.json`.

    Raises:
        FileNotFoundError: there is none.
        CheckpointMismatch: it is no JSON object.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise FileNotFoundError(f"{folder} holds no config.json")
    try:
        config = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise CheckpointMismatch(f"{path} is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise CheckpointMismatch(f"{path} is no JSON object")
    return config


def read_model(folder: Path | str, kind: str) -> Any:
    """A pretrained model of transformers' class `kind`, in float32 and evaluation mode.

    Raises:
        MissingHubPackage: transformers is not installed.
        CheckpointMismatch: the folder cannot be read as such a model.
    """
    transformers = hub_package("transformers")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        return getattr(transformers, kind).from_pretrained(folder).float().eval()
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise CheckpointMismatch(f"{folder} cannot be loaded as {kind}: {error}") from error


def read_tokenizer(folder: Path | str) -> "PreTrainedTokenizerBase":
    """The folder's tokenizer; for KoBERT's bare SentencePiece model, one that cuts as it does.

    Raises:
        MissingHubPackage: a package of the extra `hub` is not installed.
        CheckpointMismatch: the folder holds no tokenizer that can be read.
    """
    transformers = hub_package("transformers")
    model = Path(folder) / "spiece.model"
    if model.is_file() and read_config(Path(folder)).get("model_type") == "bert":
        return _kobert_tokenizer(model)
    try:
        tokenizer: PreTrainedTokenizerBase = transformers.AutoTokenizer.from_pretrained(folder)
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointMismatch(f"{folder}: its tokenizer cannot be read: {error}") from error
    return tokenizer


def _kobert_tokenizer(model: Path) -> "PreTrainedTokenizerBase":
    """skt/kobert-base-v1: BERT with a SentencePiece vocabulary and BERT's marks.

    transformers takes it for XLNet, whose marks stand elsewhere.
    """
    transformers, tokenizers = hub_package("transformers"), hub_package("tokenizers")
    processor = hub_package("sentencepiece").SentencePieceProcessor(model_file=str(model))
    names = [processor.id_to_piece(n) for n in range(processor.get_piece_size())]
    if tuple(names[: len(KOBERT_SPECIAL)]) != KOBERT_SPECIAL:
        raise CheckpointMismatch(f"{model} does not begin with KoBERT's special pieces")
    scores = [processor.get_score(n) for n in range(len(names))]
    cutter = tokenizers.Tokenizer(
        tokenizers.models.Unigram(list(zip(names, scores, strict=True)), unk_id=0)
    )
    cutter.normalizer = tokenizers.normalizers.Sequence(
        [tokenizers.normalizers.Nmt(), tokenizers.normalizers.NFKC()]
    )
    cutter.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.WhitespaceSplit(),
            tokenizers.pre_tokenizers.Metaspace(prepend_scheme="always"),
        ]
    )
    cutter.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    unknown, pad, cls, sep, mask = KOBERT_SPECIAL
    tokenizer: PreTrainedTokenizerBase = transformers.PreTrainedTokenizerFast(
        tokenizer_object=cutter,
        unk_token=unknown,
        pad_token=pad,
        cls_token=cls,
        sep_token=sep,
        mask_token=mask,
        padding_side="right",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    return tokenizer


def tokenizing(
    tokenizer: "PreTrainedTokenizerBase", n_positions: int
) -> Callable[[Sequence[str]], Tokens]:
    """A function from texts to padded tensors (n, longest); safe to call from several threads."""
    lock = threading.Lock()  # the tokenizers library refuses to be borrowed twice

    def tokens(texts: Sequence[str]) -> Tokens:
        with lock:
            return dict(
                tokenizer(
                    list(texts),
                    padding=True,
                    truncation=True,
                    max_length=min(LONGEST, n_positions),
                    return_tensors="pt",
                )
            )

    return tokens


def positions(config: Any) -> int:
    """How many pieces an encoder of a transformers configuration reads at once.

    RoBERTa counts its positions from behind the padding's, so that two of them are never used.
    """
    n_positions = int(getattr(config, "max_position_embeddings", LONGEST))
    return n_positions - 2 if config.model_type in ("roberta", "xlm-roberta") else n_positions
