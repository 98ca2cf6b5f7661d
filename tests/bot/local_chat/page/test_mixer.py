"""The mixer in a real browser: real loops, heard by an analyser, worked by keyboard alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.local_chat.serve import LocalChat
from bot.sleep_buttons import KINDS, first_recipe, text_of
from bot.sleep_words import recipe_of
from bot.sound_loops import loop_recipe
from inference.sleep_sounds import SleepSounds
from inference.sound_files import OPUS_RATE, write_opus
from inference.sound_recipe import Strength
from tests.bot.local_chat.page.conftest import Messenger

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
pytestmark = [
    pytest.mark.browser,
]
PHONE = {"width": 360, "height": 740}
LOOP_S = 4.0

# Whatever goes to the loudspeaker is heard by an analyser too.
EAR = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode && target.context instanceof AudioContext) {
    window.ear = new AnalyserNode(target.context, { fftSize: 32768 });
    connect.call(this, window.ear);
  }
  return connect.call(this, target, ...rest);
};
window.heard_db = () => {
  if (!window.ear) return -200;
  const samples = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(power + 1e-20);
};
"""

# The sound of the page's own modules, rendered faster than it would be heard.
RENDER = """
async ({ length_s, render_s, levels, later = {}, at_s = 0 }) => {
  const { decode, Mix } = await import("/static/mixer_sound.js");
  const rate_hz = 48000;
  const context = new OfflineAudioContext(1, render_s * rate_hz, rate_hz);
  const mix = new Mix(context, length_s, levels);
  const lengths = [];
  for (const kind of Object.keys(levels)) {
    const answer = await fetch(`/sounds/${kind}/soft`);
    const loop = await decode(await answer.arrayBuffer());
    lengths.push(loop.length);
    mix.put(kind, kind, loop);
  }
  if (at_s) context.suspend(at_s).then(() => (mix.setLevels(later), context.resume()));
  const samples = (await context.startRendering()).getChannelData(0);
  const rms_db = (from_s, to_s) => {
    const part = samples.subarray(from_s * rate_hz, to_s * rate_hz);
    return 10 * Math.log10(part.reduce((sum, x) => sum + x * x, 0) / part.length + 1e-20);
  };
  const seconds = Array.from({ length: render_s }, (_, s) => rms_db(s, s + 1));
  const step = (at) => Math.abs(samples[at] - samples[at - 1]);
  const loop_samples = lengths[0];
  const steps = Array.from({ length: loop_samples }, (_, i) => step(2 * loop_samples + i - 20000));
  const seam = Math.max(...Array.from({ length: 9 }, (_, i) => step(2 * loop_samples - 4 + i)));
  steps.sort((a, b) => a - b);
  return { lengths, seconds, seam, largest: steps.at(-1), usual: steps[steps.length >> 1] };
}
"""


@pytest.fixture(scope="module")
def sounding(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Messenger]:
    """A chat with a bot, and short loops of the real networks."""
    folder, sounds = tmp_path_factory.mktemp("loops"), SleepSounds.load()

    async def find(kind: str, strength: str) -> Path:
        path = folder / f"{kind}-{strength}.opus"
        if not path.is_file():
            recipe = replace(loop_recipe(kind, Strength(strength)), minutes=LOOP_S / 60)
            write_opus(path, sounds.loop(recipe, OPUS_RATE))
        return path

    chat = LocalChat(tmp_path_factory.mktemp("chat"), launch_token="launch", find_loop=find)
    chat.start()
    running = Messenger(chat)
    running.start()
    yield running
    running.stop()
    chat.stop()


@pytest.fixture
def listener(visit: Callable[..., Any], sounding: Messenger) -> Any:
    """Someone on the first seat, with an ear at the loudspeaker."""
    visitor = visit(sounding.chat)
    visitor.page.add_init_script(EAR)
    visitor.page.reload()
    visitor.start()
    return visitor


def opened(visitor: Any, name: str = "잠 소리 섞기") -> Any:
    """The panel, opened by keyboard."""
    visitor.page.get_by_role("button", name=name).focus()
    visitor.page.keyboard.press("Enter")
    return visitor.page.get_by_role("dialog", name=name)


def hears(page: Any, condition: str) -> None:
    page.wait_for_function(f"() => {{ const db = heard_db(); return {condition}; }}", polling=100)


def set_level(page: Any, panel: Any, kind: str, level: int) -> None:
    slider = panel.get_by_role("slider", name=kind)
    slider.focus()
    page.keyboard.press("Home")
    for _ in range(level):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_value(str(level))


def test_a_mix_is_heard_follows_the_sliders_and_is_sent_by_keyboard(listener: Any) -> None:
    page = listener.page
    panel = opened(listener)
    for kind in ("비", "파도", "시냇물", "바람", "새소리", "귀뚜라미", "모닥불", "천둥"):
        expect(panel.get_by_role("slider", name=kind)).to_be_visible()
    set_level(page, panel, "비", 9)
    expect(panel.get_by_role("slider", name="비")).to_have_attribute("aria-valuetext", "9")
    panel.get_by_role("button", name="들어 보기").focus()
    page.keyboard.press("Enter")
    hears(page, "db > -36")  # a loop is at -27 LUFS
    page.wait_for_timeout(3_000)  # until it has risen
    loud_db = page.evaluate("heard_db()")
    expect(panel.locator(".mixer-clock")).to_contain_text("뒤에 꺼져요")
    set_level(page, panel, "비", 1)
    hears(page, f"db < {loud_db} - 6 && db > {loud_db} - 14")  # a ninth of the power is -9.5 dB
    set_level(page, panel, "비", 0)
    hears(page, "db < -90")
    set_level(page, panel, "파도", 6)
    hears(page, "db > -42")
    panel.get_by_label("부드럽게").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_label("깊게")).to_be_checked()
    panel.get_by_label("30분").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.locator(".mixer-clock")).to_contain_text("44:")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_label("밤새")).to_be_checked()
    expect(panel.locator(".mixer-clock")).to_contain_text("7:59:")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    playing = page.get_by_role("button", name="지금 재생 중이에요")
    expect(playing).to_be_focused()
    hears(page, "db > -42")
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("slider", name="파도")).to_have_value("6")
    set_level(page, panel, "비", 3)
    panel.get_by_role("button", name="멈추기").click()
    expect(panel.locator(".mixer-clock")).to_be_hidden()
    panel.get_by_role("button", name="내 채팅에 보내기").focus()
    page.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    sent = "/sleep 비:3 파도:6 깊게 480"
    expect(listener.message(f"들은 말: {sent}")).to_be_visible()
    meant = text_of(recipe_of(sent.removeprefix("/sleep "), first_recipe(7)))
    assert meant == "rain+waves2:deep:480:7"


def test_a_loop_has_no_seam_and_the_sound_ends_slowly(listener: Any) -> None:
    page = listener.page
    mixed = page.evaluate(RENDER, {"length_s": 900, "render_s": 14, "levels": {"rain": 9}})
    assert mixed["lengths"] == [int(LOOP_S * OPUS_RATE)], "no sample more or less"
    assert mixed["seam"] <= mixed["largest"], "no click where it begins again"
    assert mixed["seconds"][0] < mixed["seconds"][2] - 3, "it rises"
    assert all(abs(db - mixed["seconds"][3]) < 4 for db in mixed["seconds"][3:]), "no gap"
    ending = page.evaluate(RENDER, {"length_s": 12, "render_s": 14, "levels": {"rain": 9}})
    seconds = ending["seconds"]  # quiet over the last four of twelve seconds
    assert abs(seconds[7] - mixed["seconds"][7]) < 0.5
    falling = [ending["seconds"][s] - mixed["seconds"][s] for s in range(8, 12)]
    assert falling == sorted(falling, reverse=True) and falling[0] > -4 and falling[-1] < -25
    assert max(seconds[12:]) < -150


def test_gains_share_the_power_as_the_chats_sounds_do(listener: Any) -> None:
    page = listener.page
    alone = {
        kind: page.evaluate(RENDER, {"length_s": 900, "render_s": 9, "levels": {kind: 9}})
        for kind in ("rain", "fireplace")
    }
    both = page.evaluate(
        RENDER,
        {
            "length_s": 900,
            "render_s": 9,
            "levels": {"rain": 9, "fireplace": 9},
            "later": {"rain": 9, "fireplace": 0},
            "at_s": 6,
        },
    )
    power = sum(10 ** (each["seconds"][4] / 10) / 2 for each in alone.values())
    assert 10 ** (both["seconds"][4] / 10) == pytest.approx(power, rel=0.15)
    assert both["seconds"][7] == pytest.approx(alone["rain"]["seconds"][7], abs=0.2)


def test_what_cannot_be_done_is_said(quiet_chat: LocalChat, visit: Callable[..., Any]) -> None:
    visitor = visit(quiet_chat, console=False)
    page = visitor.page
    panel = opened(visitor)
    status = panel.get_by_role("status")
    panel.get_by_role("button", name="내 채팅에 보내기").click()
    expect(status).to_contain_text("먼저 ‘시작’을")
    panel.get_by_role("button", name="들어 보기").click()
    expect(status).to_contain_text("모델이 없어서")
    expect(panel.get_by_role("button", name="들어 보기")).to_be_visible()
    set_level(page, panel, "비", 0)
    panel.get_by_role("button", name="들어 보기").click()
    expect(status).to_contain_text("한 가지 이상")
    for kind in ("파도", "바람", "천둥", "새소리"):
        set_level(page, panel, kind, 2)
    expect(status).to_contain_text("세 가지까지")
    panel.get_by_role("button", name="내 채팅에 보내기").click()
    expect(panel).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "name"),
    [("ko-KR", "잠 소리 섞기"), ("en-US", "Mix sleep sounds")],
)
def test_phone_width_and_the_names_of_both_languages(
    visit: Callable[..., Any], sounding: Messenger, locale: str, name: str
) -> None:
    visitor = visit(sounding.chat, PHONE, locale)
    visitor.start()
    page = visitor.page
    panel = opened(visitor, name)
    expect(panel).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert panel.evaluate("box => box.scrollWidth <= box.clientWidth")
    small = panel.locator("button, .mixer-kind, .mixer-choice").evaluate_all(
        """all => all.map((one) => [one.className, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
    )
    assert small == []
    words = page.evaluate(
        """async () => {
            const { KINDS, STRENGTHS } = await import("/static/mixer.js");
            const { t } = await import("/static/language.js");
            const named = (prefix) => (key) => [key, t(`${prefix}_${key}`)];
            const strengths = STRENGTHS.map(named("strength"));
            return { kinds: KINDS.map(named("kind")), strengths };
        }"""
    )
    assert [kind for kind, _ in words["kinds"]] == list(KINDS)
    for kind, word in words["kinds"]:
        assert text_of(recipe_of(word, first_recipe(7))) == f"{kind}:soft:30:7"
    assert [strength for strength, _ in words["strengths"]] == [*map(str, Strength)]
    for strength, word in words["strengths"]:
        assert text_of(recipe_of(word, first_recipe(7))) == f"rain:{strength}:30:7"
