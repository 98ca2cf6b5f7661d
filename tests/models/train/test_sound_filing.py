"""The measure of `todak sounds propose` counts as it says."""

from models.train.sound_filing import Recording, measured
from tests.inference.test_sound_filing import drops, hiss, hum, textures


def test_what_is_set_aside_teaches_nothing() -> None:
    kinds = {"hiss": textures(hiss, 3), "drops": textures(drops, 3), "hum": textures(hum, 3)}
    known = [
        Recording(f"{kind}{i}", f"set{i % 2}", kind, texture)
        for kind, of_kind in kinds.items()
        for i, texture in enumerate(of_kind)
    ]
    found = measured(known)
    for name in ("each recording", "its whole set"):
        assert found[name]["right"] == found[name]["sure and right"] == 1.0
    assert found["all of its kind"]["known"] == 0
    assert found["groups"]["groups"] == 3
    assert found["groups"]["of the group's commonest kind"] == 1.0
