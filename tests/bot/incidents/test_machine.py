"""Incidents in any order of events, faults and restarts: nothing is dropped, nobody told amiss."""

from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.incidents.acts import Act, Line, PassOn, Say, Sent, Tell, WriteDown
from bot.incidents.alarms import Source
from bot.incidents.consent import topic_of
from bot.incidents.plain import acts_from, event_from, incident_from, plain, tagged
from bot.incidents.rules import advance, is_over, opened
from bot.incidents.state import (
    Answer,
    CodeTyped,
    Event,
    GuardianTapped,
    Moment,
    PassedOn,
    PersonTapped,
    Phase,
    PlaceShared,
    Raised,
    SayTried,
    TimePassed,
    Times,
    ToldTried,
    Withdrawn,
    Word,
    WrittenDown,
)
from storage.care_records import ENCLOSURES, Choice, Code, Guarded
from tests.bot.incidents.world import ALL_TOPICS, NOW, alarm, guarded, guardian, telling

KINDS = ("violence", "theft", "fire", "medical", "help", "selfharm", "fall")
CHOICES = st.frozensets(st.sampled_from(list(Choice)))
SENDING = st.sampled_from([Sent.ACCEPTED] * 3 + list(Sent))
TIMES = Times()
LONG_S = 3 * TIMES.lapse_s


class Incidents(RuleBasedStateMachine):
    """One incident, its person, guardians, Telegram and database, all at their worst."""

    @initialize(
        source=st.sampled_from(list(Source)),
        kind=st.sampled_from(KINDS),
        choices=st.lists(CHOICES | st.just(ALL_TOPICS), max_size=3),
        quiet=st.booleans(),
        code=st.booleans(),
        telegram=st.lists(SENDING, max_size=20),
    )
    def open(
        self,
        source: Source,
        kind: str,
        choices: list[frozenset[Choice]],
        quiet: bool,
        code: bool,
        telegram: list[Sent],
    ) -> None:
        self.source = source
        self.guardians = [guardian(number + 1, chosen) for number, chosen in enumerate(choices)]
        self.home: dict[str, Any] = {"quiet": quiet, "cancel_code_digest": "x" if code else None}
        self.telegram = telegram
        self.database_away = self.chat_away = False
        self.cancelled = self.dying = self.ended_on_record = False
        self.written: dict[tuple[int, int], str] = {}
        self.tries: dict[tuple[int, int], list[Sent]] = {}
        self.lines: Counter[Line] = Counter()
        self.queue: list[Any] = []
        self.incident, acts = opened(alarm(source, kind), self.moment(0.0))
        self.take(acts)

    def world(self) -> Guarded:
        return guarded(*self.guardians, **self.home)

    def moment(self, passed_s: float) -> Moment:
        return Moment(passed_s, self.world(), TIMES)

    def take(self, acts: tuple[Act, ...]) -> None:
        """Store the decision as the workflow does, and carry out what it says."""
        self.incident = incident_from(plain(self.incident))
        self.queue += [tagged(act) for act in acts]
        while self.queue:
            [act] = acts_from(self.queue[:1])
            if self.dying and not isinstance(act, Tell):
                self.perform(act)
            self.dying = False
            event = self.perform(act)
            self.queue.pop(0)
            if event is not None:
                event = event_from(tagged(event))
                self.incident, more = advance(self.incident, event, self.moment(0.0))
                self.incident = incident_from(plain(self.incident))
                self.queue += [tagged(each) for each in more]

    def perform(self, act: Act) -> Event | None:
        match act:
            case Say(line):
                self.lines[line] += not self.chat_away
                return SayTried(act, not self.chat_away, 99)
            case Tell():
                return ToldTried(tuple(self.tell(number, act) for number in act.guardian_ids))
            case PassOn():
                told = (self.show(number, act) for number in act.guardian_ids)
                return PassedOn(act, tuple(told))
            case WriteDown():
                if self.database_away:
                    return WrittenDown((), self.incident.written)
                for each in self.incident.unwritten:
                    self.written[each.guardian_id, each.round] = each.sent
                self.ended_on_record = self.incident.phase is Phase.ENDED
                return WrittenDown(self.incident.unwritten, self.incident.standing)
        return None

    def tell(self, number: int, act: Tell) -> Any:
        by_id = {each.id: each for each in self.guardians}
        told = by_id[number]
        assert not self.cancelled, "told after a cancel"
        assert not told.paused
        if self.source is not Source.DRILL:
            topic = Choice.UNANSWERED if act.message == "check" else topic_of(self.incident.kind)
            assert topic in told.choices, "told without the person's consent"
        assert act.enclosures[number] <= told.choices & frozenset(ENCLOSURES)
        assert act.message == "alarm" or not act.enclosures[number]
        sent = self.telegram.pop(0) if self.telegram else Sent.ACCEPTED
        self.tries.setdefault((number, act.round), []).append(sent)
        return telling(number, act.round, sent, wait_s=7.0 if sent is Sent.LATER else 0.0)

    def show(self, number: int, act: PassOn) -> Any:
        told = {each.id: each for each in self.guardians}[number]
        assert not self.cancelled and not told.paused and number in self.incident.told
        assert self.source is not Source.DRILL and not self.incident.bare
        assert Choice.LOCATION in told.choices, "shown a place without consent"
        sent = self.telegram.pop(0) if self.telegram else Sent.ACCEPTED
        what = ("location",) if sent is Sent.ACCEPTED else ()
        at = act.shared_at if what else None
        return telling(number, act.round, sent, what=what, place_at=at, enclosure_ids=(5,))

    def happens(self, event: Event, passed_s: float = 0.0) -> None:
        self.incident, acts = advance(self.incident, event, self.moment(passed_s))
        self.take(acts)

    def wait(self, seconds: float) -> None:
        while self.incident.wait_s is not None and self.incident.wait_s <= seconds:
            seconds -= self.incident.wait_s
            self.happens(TimePassed(), self.incident.wait_s)

    @rule(seconds=st.sampled_from([0.5, 5, 19, 21, 61, 200, 700, 1000]))
    def time_passes(self, seconds: float) -> None:
        self.wait(seconds)

    @rule(again=st.booleans(), minute=st.integers(0, 59))
    def person_shares_a_place(self, again: bool, minute: int) -> None:
        self.happens(PlaceShared(NOW.replace(minute=minute), again, f"place {minute}"))

    @rule()
    def something_is_withdrawn(self) -> None:
        self.happens(Withdrawn())

    @rule(passed_s=st.sampled_from([-3600.0, 0.0]))
    def clock_jumps(self, passed_s: float) -> None:
        wait_s = self.incident.wait_s
        self.happens(TimePassed(), passed_s)
        assert wait_s is None or self.incident.wait_s is None or self.incident.wait_s <= wait_s

    @rule(answer=st.sampled_from(list(Answer)))
    def person_taps(self, answer: Answer) -> None:
        phase, duress = self.incident.phase, self.incident.duress
        if answer in (Answer.SEND, Answer.NOT_SAFE):
            self.cancelled = False
        self.happens(PersonTapped(answer))
        if phase is not Phase.ENDED and not duress and self.incident.phase is Phase.ENDED:
            assert phase is Phase.ASKING or self.home["cancel_code_digest"] is None
            self.cancelled = True
        if answer in (Answer.SAFE, Answer.FINE) and self.home["cancel_code_digest"] is None:
            assert duress or self.incident.phase is Phase.ENDED, "a cancel was not heard"

    @rule(code=st.sampled_from([None, Code.CANCEL, Code.DURESS]))
    def types_a_code(self, code: Code | None) -> None:
        if code is Code.DURESS:
            self.cancelled = False
        before = self.incident.end
        self.happens(CodeTyped(code))
        if code is Code.CANCEL and before is None and self.incident.end is not None:
            self.cancelled = True

    @rule(number=st.integers(1, 3), word=st.sampled_from(list(Word)))
    def guardian_taps(self, number: int, word: Word) -> None:
        told = self.incident.told & {each.id for each in self.guardians}
        if word is Word.REOPEN and number in told:
            self.cancelled = False
        self.happens(GuardianTapped(number, word))

    @precondition(lambda self: self.guardians)
    @rule()
    def guardian_leaves(self) -> None:
        self.guardians.pop(0)

    @precondition(lambda self: self.guardians)
    @rule(choices=CHOICES)
    def choices_change(self, choices: frozenset[Choice]) -> None:
        self.guardians[-1] = guardian(self.guardians[-1].id, choices)

    @precondition(lambda self: self.guardians)
    @rule()
    def pauses(self) -> None:
        last = self.guardians[-1]
        self.guardians[-1] = guardian(last.id, last.choices, paused=not last.paused)

    @rule(source=st.sampled_from([Source.CRY, Source.SOUND_ALARM]), kind=st.sampled_from(KINDS))
    def more_is_noticed(self, source: Source, kind: str) -> None:
        self.happens(Raised(source, kind))

    @rule(database=st.booleans(), chat=st.booleans())
    def storage_and_network_come_and_go(self, database: bool, chat: bool) -> None:
        self.database_away, self.chat_away = database, chat

    @rule()
    def killed_while_sending(self) -> None:
        """What the next act has done is known to nobody: it is done anew."""
        self.dying = True

    @invariant()
    def time_always_brings_something_until_it_is_over(self) -> None:
        incident = self.incident
        assert incident.wait_s is not None or is_over(incident)

    @invariant()
    def nobody_is_told_twice_in_a_round_unless_it_may_not_have_arrived(self) -> None:
        for tries in self.tries.values():
            assert all(sent is not Sent.ACCEPTED for sent in tries[:-1])
            assert tries.count(Sent.UNCERTAIN) <= 4, "a copy too many"

    @invariant()
    def refused_messages_are_not_sent_again_in_a_round(self) -> None:
        for tries in self.tries.values():
            assert all(sent is not Sent.REFUSED for sent in tries[:-1])

    def teardown(self) -> None:
        """However it stood, it comes to an end, and all that was told is written down."""
        if not hasattr(self, "incident"):
            return
        self.database_away = self.chat_away = False
        self.wait(LONG_S)
        assert is_over(self.incident), self.incident
        assert self.ended_on_record, "the record says that it is still open"
        for key, tries in self.tries.items():
            assert self.written[key] == tries[-1] or tries[-1] is Sent.UNCERTAIN
        assert self.tries or self.lines or self._silent_by_the_table()

    def _silent_by_the_table(self) -> bool:
        return self.source is Source.SELFHARM


TestIncidents = Incidents.TestCase
TestIncidents.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


def test_a_guardian_and_an_incident_are_read_as_they_were_stored() -> None:
    incident, acts = opened(alarm(), Moment(0.0, guarded(guardian(1))))
    assert incident_from(plain(incident)) == incident
    assert acts_from([tagged(act) for act in acts]) == acts
    later = plain(incident)
    del later["n_unsaid"]  # as an earlier version stored it
    assert incident_from(later) == incident
