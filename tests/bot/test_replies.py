import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, SelectExpression, VariableReference
from fluent.syntax.visitor import Visitor

import bot
from bot import (
    application,
    finder_buttons,
    help_numbers,
)
from bot.export import (
    CONSENT_COLUMNS,
    MESSAGE_COLUMNS,
    OBSERVATION_COLUMNS,
    QUESTION_COLUMNS,
    SLEEP_COLUMNS,
)
from bot.export_care import (
    CHOICE_COLUMNS,
    DISCLOSURE_COLUMNS,
    DUTY_COLUMNS,
    GUARDIAN_COLUMNS,
    HOME_COLUMNS,
    INCIDENT_COLUMNS,
)
from bot.guardian_replies import OFFERED_TOPICS
from bot.home_replies import Step
from bot.incoming import COMMANDS
from bot.intake import Failures
from bot.operations import Metrics
from bot.replies import Replies
from bot.sleep_buttons import KINDS
from bot.sleep_taste import Reason
from bot.wording import UnknownWording, Wording
from inference.analysis import Distress, DistressKind, DistressLevel, Emotion, Modality
from inference.sound_recipe import Strength
from storage.care_records import (
    ENCLOSURES,
    Choice,
    Outcome,
)
from storage.records import ASKED_FIRST, FEELINGS, AgeBand, Language, Purpose
from tests.bot.every_reply import (
    ANSWERS,
    LEVELS,
    crises,
    every_reply,
)
from tests.bot.incidents.words import KEYS as INCIDENT_KEYS
from tests.bot.incidents.words import every_incident_reply

BOT = Path(bot.__file__).parent
TURNS = ("on", "off")
EXPANDABLE = ("blockquote", [("expandable", None)])

STATES = (
    "asking", "counting", "telling", "acknowledged", "confirmed", "cancelled", "person_safe",
    "unanswered", "lapsed", "drill",
)  # fmt: skip

# Keys that the code puts together from plain values.
COMPOSED = {
    *FEELINGS,
    *(f"or-{emotion}" for emotion in Emotion if emotion is not Emotion.NEUTRAL),
    *(f"named-{emotion}" for emotion in Emotion),
    *(f"age-{band.value}" for band in AgeBand),
    *(f"consent-{purpose.value}" for purpose in Purpose),
    *(f"settings-{purpose.value}" for purpose in ASKED_FIRST),
    *(f"{purpose}-refused" for purpose in ("words", "voice")),
    *(f"state-{state}" for state in ("on", "off", "unasked")),
    *(f"button-{each}-{turn}" for each in (*ASKED_FIRST, "quiet", "location") for turn in TURNS),
    *(f"home-ask-{step}" for step in Step if step is not Step.LOCATION),
    *(f"home-{step}-unusable" for step in ("name", "address")),
    *(f"button-home-{step}" for step in Step if step is not Step.DURESS),
    *INCIDENT_KEYS,
    *(f"crisis-{level}" for level in LEVELS),
    *(f"look-back-{level}" for level in LEVELS),
    *(f"answer-{answer}" for answer in ANSWERS if answer != "fine"),
    *(f"answered-{answer}" for answer in ANSWERS),
    *(f"line-{line.number}" for line in help_numbers.ALL),
    *(f"command-{name}" for name in COMMANDS),
    *(f"choice-{choice}" for choice in (*OFFERED_TOPICS, *ENCLOSURES)),
    *(f"meaning-{choice}" for choice in (*OFFERED_TOPICS, *ENCLOSURES)),
    *(f"button-{act}" for act in ("up", "down", "pause", "resume", "topics", "enclosures")),
    "button-remove",
    *(f"button-choice-{turn}" for turn in ("on", "off")),
    *(f"language-{name}" for name in ("korean", "english")),
    *(
        f"export-column-{column}"
        for columns in (
            OBSERVATION_COLUMNS,
            CONSENT_COLUMNS,
            MESSAGE_COLUMNS,
            QUESTION_COLUMNS,
            SLEEP_COLUMNS,
            GUARDIAN_COLUMNS,
            CHOICE_COLUMNS,
            HOME_COLUMNS,
            INCIDENT_COLUMNS,
            DISCLOSURE_COLUMNS,
            DUTY_COLUMNS,
        )
        for column in columns
    ),
    *(f"export-choice-{choice}" for choice in Choice),
    *(f"export-outcome-{outcome}" for outcome in Outcome),
    *(f"export-kind-{kind}" for kind in DistressKind if kind is not DistressKind.NONE),
    *(f"export-state-{state}" for state in STATES),
    *(f"export-heard-{modality}" for modality in Modality),
    *(f"sleep-kind-{kind}" for kind in KINDS),
    *(f"sleep-strength-{strength}" for strength in Strength),
    *(f"button-sleep-{act}" for act in ("star", "unstar")),
    *(f"sleep-why-{reason}" for reason in Reason),
    *(f"button-finder-{answer}" for answer in finder_buttons.ANSWERS),
    *(f"finder-{place}" for place in ("first", "second")),
    *(f"export-level-{level}" for level in LEVELS),
    *(f"export-purpose-{purpose}" for purpose in Purpose),
}


class Variables(Visitor):
    """Collects what a sentence is given, and the variants it tells apart."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.n_variants: list[int] = []

    def visit_VariableReference(self, node: VariableReference) -> None:
        self.names.add(node.id.name)

    def visit_SelectExpression(self, node: SelectExpression) -> None:
        self.n_variants.append(len(node.variants))
        self.generic_visit(node)


def sentences(language: Language) -> dict[str, Message]:
    source = (BOT / "wording" / f"{language.value}.ftl").read_text("utf-8")
    body = FluentParser().parse(source).body
    assert not [entry for entry in body if type(entry).__name__ == "Junk"]
    messages = [entry for entry in body if isinstance(entry, Message)]
    assert len({message.id.name for message in messages}) == len(messages), "a key twice"
    return {message.id.name: message for message in messages}


def literal_keys() -> set[str]:
    """Whatever stands in the code as a text by itself."""
    trees = [ast.parse(path.read_text("utf-8")) for path in BOT.glob("**/*.py")]
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_both_languages_have_the_same_sentences_with_the_same_arguments() -> None:
    korean, english = (sentences(language) for language in (Language.KOREAN, Language.ENGLISH))
    assert korean.keys() == english.keys()
    for key in korean:
        found = []
        for message in (korean[key], english[key]):
            variables = Variables()
            variables.visit(message)
            found.append((variables.names, variables.n_variants))
        assert found[0] == found[1], key


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    written = set(sentences(Language.KOREAN))
    said = re.findall(
        r"(?:\bsay|replies\.say|self\.say)\(\s*\"([a-z0-9_-]+)\"",
        "\n".join(path.read_text("utf-8") for path in BOT.glob("**/*.py")),
    )
    assert set(said) <= written
    assert written >= COMPOSED
    assert written - COMPOSED - literal_keys() == set()


@pytest.mark.parametrize("language", Language)
def test_every_reply_can_be_said_and_is_html_that_telegram_takes(language: Language) -> None:
    routes = patterns()
    for reply in (*every_reply(Replies(language)), *every_incident_reply(language)):
        assert_html(reply.html)
        assert 0 < len(reply.html) <= 4096
        for button in (button for row in reply.buttons for button in row):
            assert button.text and len(button.action.encode()) <= 64
            matching = [pattern for pattern in routes if re.match(pattern, button.action)]
            assert len(matching) == 1, button.action
        for number, name in reply.contacts:
            assert number in {line.number for line in help_numbers.ALL} and name


def assert_html(html: str) -> None:
    open_tags: list[str] = []

    class Balance(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            plain = tag in ("b", "i", "code", "blockquote") and not attrs
            link = tag == "a" and [name for name, _ in attrs] == ["href"]
            assert plain or link or (tag, attrs) == EXPANDABLE
            open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Balance().feed(html)
    assert not open_tags, html
    assert "{" not in html and "None " not in html.replace("None of", "")


def patterns() -> list[str]:
    """What the routing table takes from buttons, without the last that takes the rest."""

    class Table:
        def __init__(self) -> None:
            self.found: list[str] = []

        def add_handler(self, handler: object) -> None:
            pattern = getattr(handler, "pattern", None)
            if pattern is not None:
                self.found.append(pattern.pattern)

        def add_error_handler(self, handler: object) -> None:
            pass

    table = Table()
    application.route(table, None, None, None, Failures(), Metrics(), None, None)  # type: ignore[arg-type]
    return table.found


@pytest.mark.parametrize("language", Language)
def test_the_wording_names_only_the_reviewed_numbers(language: Language) -> None:
    source = (BOT / "wording" / f"{language.value}.ftl").read_text("utf-8")
    known = {line.number.replace("-", "") for line in help_numbers.ALL}
    found = re.findall(r"\d(?:[\d-]|(?<=116) (?=123))*\d", re.sub(r"line-[\d-]+", "", source))
    numbers = {re.sub(r"[ -]", "", number) for number in found if len(number) >= 3}
    assert numbers <= known
    assert {"109", "119", "112"} <= numbers


@pytest.mark.parametrize("language", Language)
def test_sad_afraid_or_hurt_people_are_not_shouted_at(language: Language) -> None:
    replies = Replies(language)
    for reply in every_reply(replies):
        assert "!" not in reply.html
    for reply in (*crises(replies), *every_incident_reply(language)):
        assert "!" not in reply.html
        assert not re.search("[\U0001f300-\U0001faff☀-➿]", reply.html)


@pytest.mark.parametrize(
    "language, word", [(Language.KOREAN, "자살"), (Language.ENGLISH, "suicide")]
)
def test_suicide_is_asked_about_plainly(language: Language, word: str) -> None:
    distress = Distress(DistressKind.SELFHARM, DistressLevel.THOUGHTS, 0.9)
    html = Replies(language).crisis(distress, 1, AgeBand.ADULT).html
    question = next(part for part in re.split(r"(?<=[.?])\s", html) if part.endswith("?"))
    assert word in question


@pytest.mark.parametrize("language", Language)
def test_every_crisis_answer_asks_and_names_no_method_and_says_nobody_is_told(
    language: Language,
) -> None:
    replies = Replies(language)
    methods = re.compile(
        "번개탄|농약|목을|손목|약을 먹|뛰어내|투신|옥상|다리 위|칼로"
        "|pills|overdose|hang|jump|bridge|rope|wrist|gun|poison",
        re.IGNORECASE,
    )
    for reply in crises(replies):
        assert "?" in reply.html, reply.html
        assert not methods.search(reply.html)
        assert "구해" not in reply.html and "rescue" not in reply.html
    for level in LEVELS:
        crisis = replies.crisis(Distress(DistressKind.HELP, level, 0.9), 1, None)
        assert replies.say("nobody-told") in crisis.html and crisis.contacts


def test_a_cry_is_not_answered_with_suicide_counselling() -> None:
    for language in Language:
        reply = Replies(language).crisis_answered(DistressLevel.CRY, 1, "call-hard", None)
        assert "109" not in reply.html and "112" in reply.html


def test_people_are_told_whether_and_by_what_their_words_are_written_down() -> None:
    deaf, hearing = Replies(Language.ENGLISH), Replies(Language.ENGLISH, whisper="base")
    for ready, said in ((deaf.ready(again=False), "not"), (deaf.help("…"), "not its words")):
        assert said in ready.html and "base" not in ready.html
    for ready in (hearing.ready(again=False), hearing.help("…")):
        assert "write down its words (base)" in ready.html


def test_arguments_are_escaped_and_unknown_sentences_are_refused() -> None:
    say = Wording(Language.KOREAN)
    html = say("help", numbers="<b>&</b><a href='x'>", whisper="none")
    assert "<a" not in html and "&lt;b&gt;&amp;&lt;/b&gt;" in html
    with pytest.raises(UnknownWording):
        say("no-such-sentence")
    with pytest.raises(UnknownWording):
        say("help")
