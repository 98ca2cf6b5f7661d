"""The commands of `todak` and their options."""

import argparse
from pathlib import Path

from bot.recipe_command import RECIPES
from inference.sound_recipe import Blend, Strength

DONE, FAILED, UNUSABLE = 0, 1, 2


class CommandFailed(Exception):
    """One sentence on what went wrong, and the exit status."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def command_line() -> argparse.ArgumentParser:
    """Every command with its options; those of a recipe are the recipe's own."""
    parser = argparse.ArgumentParser(prog="todak", description="Todak (토닥)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start the bot, with the local chat where there is no token")
    commands.add_parser("local-chat", help="start the local chat alone")
    commands.add_parser("migrate", help="bring the database to the newest revision")
    rotate = commands.add_parser("rotate-keys", help="put a new service key in place of the old")
    rotate.add_argument("--finish", action="store_true", help="drop the old key")
    check = commands.add_parser("check", help="say what is configured and what cannot work")
    check.add_argument("--json", action="store_true")
    analyze = commands.add_parser("analyze", help="name the feeling in texts or recordings")
    analyze.add_argument("--text", help="one text")
    analyze.add_argument(
        "--lines",
        type=Path,
        metavar="FILE",
        help="one text a line, what stands before a tab is ignored; - is standard input",
    )
    analyze.add_argument("--explain", type=Path, metavar="OUT.png", help="draw why, of one file")
    analyze.add_argument("files", nargs="*", type=Path, default=[], help="recordings")
    add_sound(commands.add_parser("sound", help="make a file of rain, waves, birds, ..."))
    _add_library(
        commands.add_parser("sounds", help="take sounds in, file them, or publish made ones")
    )
    pull = commands.add_parser("pull", help="fetch pretrained weights for the hub profile")
    pull.add_argument("names", nargs="*", help="kcelectra, kote, whisper-base, owner/name, ...")
    for name, verb in (("train", "train a model"), ("evaluate", "measure a model")):
        recipe = commands.add_parser(name, help=f"{verb}; further options are the recipe's")
        models = sorted(RECIPES)
        recipe.add_argument("model", choices=models, metavar="MODEL", help=", ".join(models))
        # All that follows is the recipe's, -h and --help too.
        recipe.add_argument("options", nargs=argparse.REMAINDER, help="MODEL --help lists them")
    return parser


def add_sound(sound: argparse.ArgumentParser) -> None:
    """Declare the options of `todak sound`."""
    sound.add_argument("kinds", metavar="KIND[+KIND]", help="rain, or waves:2+birds with weights")
    sound.add_argument("--strength", default=str(Strength.FULL), choices=[*map(str, Strength)])
    sound.add_argument("--blend", default=str(Blend.MIXED), choices=[*map(str, Blend)])
    sound.add_argument("--minutes", type=float, default=60.0)
    sound.add_argument("--part", metavar="N/M", help="only the N-th of M files of a long sound")
    sound.add_argument("--seed", type=int, help="the same seed, the same sound; else a new one")
    sound.add_argument("--fade-in", type=float, metavar="SECONDS")
    sound.add_argument("--fade-out", type=float, metavar="SECONDS")
    sound.add_argument("--loop", action="store_true", help="Ogg Opus that repeats without a seam")
    sound.add_argument("--cover", type=Path, metavar="FILE.jpg", help="also write its picture")
    sound.add_argument("--out", type=Path, required=True, metavar="FILE", help="MP3, or a loop")


def _add_library(sounds: argparse.ArgumentParser) -> None:
    """Declare what `todak sounds` does and its options."""
    acts = sounds.add_subparsers(dest="act", required=True)
    ingest = acts.add_parser("ingest", help="take files in, cut, at one level, none twice")
    ingest.add_argument("paths", nargs="+", type=Path, metavar="FOLDER|FILE")
    ingest.add_argument("--into", type=Path, required=True, metavar="FOLDER", help="the library")
    ingest.add_argument("--source", required=True, help="where these sounds are from")
    ingest.add_argument("--licence", required=True, help="under which they may be used")
    ingest.add_argument("--kind", help="what all of them are sounds of, where that is known")
    propose = acts.add_parser("propose", help="say what unfiled sounds are like, in a table")
    propose.add_argument("library", type=Path, metavar="LIBRARY")
    filing = acts.add_parser("file", help="file sounds as a table of proposals says, once read")
    filing.add_argument("library", type=Path, metavar="LIBRARY")
    publish = acts.add_parser("publish", help="make finished files for a public channel")
    publish.add_argument("folder", type=Path, metavar="FOLDER")
    publish.add_argument("--kinds", nargs="+", metavar="KIND[+KIND]", help="else each kind alone")
    publish.add_argument("--strength", default=str(Strength.FULL), choices=[*map(str, Strength)])
    publish.add_argument("--count", type=int, default=1, help="how many of each")
    publish.add_argument("--minutes", type=float, default=60.0)
    publish.add_argument("--seed", type=int, default=1, help="of the first of each")
    publish.add_argument("--language", default="ko", choices=["ko", "en"], help="of the titles")
