"""`todak sound` as the bot starts it: without the rest of the bot, which takes a second more."""

import argparse

from bot.command_line import add_sound
from bot.sound_command import make_sound

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bot.sound_process", description=__doc__)
    add_sound(parser)
    make_sound(parser.parse_args())
