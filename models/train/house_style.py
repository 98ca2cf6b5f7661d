"""How pictures of measurements look: the house's colours, and a font that writes Korean."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib import pyplot as plt
from PIL import Image

N_COLOURS = 128
GROUND, TEXT, MUTED, ACCENT = "#131b25", "#f3ece0", "#aebac7", "#f1bd91"


def font_path() -> Path:
    """NanumGothic, as the package koreanize-matplotlib carries it (it need not be imported)."""
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("koreanize-matplotlib", name="koreanize-matplotlib")
    return Path(spec.origin).parent / "fonts" / "NanumGothic.ttf"


def in_house_colours() -> None:
    """Have whatever is drawn from now on look like Todak, on files."""
    mpl.use("agg")
    font_manager.fontManager.addfont(str(font_path()))
    plt.rcParams.update(
        {
            "font.family": "NanumGothic",
            "font.size": 11,
            "figure.facecolor": GROUND,
            "savefig.facecolor": GROUND,
            "axes.facecolor": GROUND,
            "axes.edgecolor": MUTED,
            "axes.unicode_minus": False,
            "figure.constrained_layout.use": True,
            **dict.fromkeys(("text.color", "axes.labelcolor", "axes.titlecolor"), TEXT),
            **dict.fromkeys(("xtick.color", "ytick.color"), MUTED),
        }
    )


def save(figures: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write figures as PNG files of these names and close them; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=110)
        plt.close(figure)
        with Image.open(path) as picture:  # a third of the bytes, for a page that many read
            picture.convert("RGB").quantize(N_COLOURS).save(path, optimize=True)
        paths.append(path)
    return paths
