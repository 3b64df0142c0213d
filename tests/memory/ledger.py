"""What was seen of a daemon before it was killed, held against what it says afterwards. Pure.

The daemon promises that nothing confirmed longer than SLACK before its end is lost, and that nothing
is there twice.
"""

from dataclasses import dataclass, field

SLACK = 3.0  # seconds


@dataclass
class Ledger:
    last: object = None                           # the last look before the end
    standing: dict = field(default_factory=dict)  # target → (status, since when it is seen so)
    seen: dict = field(default_factory=dict)      # passage, or end of an event → when it was seen first
    lost: list = field(default_factory=list)      # ages of what was lost within the slack

    def saw(self, look):
        """A look at a daemon that was looked at before, and did not end since. Returns faults."""
        faults = _odd(look)
        if self.last is not None:
            faults += [f"forgot while it ran: {fact}" for fact in _missing(self.last, look)]
        self._keep(look)
        return faults

    def saw_first(self, look, ended):
        """The first look after a kill at `ended`. Returns faults."""
        faults = _odd(look)
        if self.last is not None:
            for fact in _missing(self.last, look):
                age = ended - self.seen.pop(_key(fact))
                if age > SLACK:
                    faults.append(f"lost {age:.1f} s after it was seen: {fact}")
                else:
                    self.lost.append(age)
            faults += self._ends(look, ended) + self._states(look, ended)
        self._keep(look)
        return faults

    def _keep(self, look):
        for target, status in look.states.items():
            if self.standing.get(target, (None,))[0] != status:
                self.standing[target] = (status, look.at)
        for key in [*map(_key, look.facts), *_ends(look).items()]:
            self.seen.setdefault(key, look.at)
        self.last = look

    def _ends(self, look, ended):
        """An event that was over for long is over still, and at the same time."""
        now = _ends(look)
        return [f"event {event} ended at {over}, and now at {now[event]}"
                for event, over in _ends(self.last).items()
                # One that is lost altogether is told as such.
                if event in now and over and now[event] != over and self.seen[event, over] < ended - SLACK]

    def _states(self, look, ended):
        """A state that stood for long stands still, unless an event says what came since."""
        faults = []
        newest = {fact.target: fact for fact in look.facts}
        for target, (status, since) in self.standing.items():
            now, fact = look.states.get(target), newest.get(target)
            explained = fact is not None and _key(fact) not in self.seen and fact.after == now
            if now != status and since < ended - SLACK and not explained:
                faults.append(f"{target} was {status} for {ended - since:.1f} s, and is {now}")
        return faults


def _ends(look):
    """event → when it ended, None: it is under way"""
    return {event["id"]: event["ended"] for event in look.events}


def _key(fact):
    """What a passage led to may be known better later, and is told in the same event then."""
    return (fact.event, fact.target, fact.before, fact.confirmed)


def _missing(before, after):
    known = {_key(fact) for fact in after.facts}
    return [fact for fact in before.facts if _key(fact) not in known]


def _odd(look):
    """What no look may show: an event twice, a passage that does not begin where the one before
    ended, a state that is not what the last passage says."""
    faults = []
    ids = [event["id"] for event in look.events]
    if ids != sorted(set(ids)):
        faults.append(f"the events' numbers are not ascending: {ids}")
    stands = {}
    for fact in sorted(look.facts, key=lambda f: (f.confirmed, f.event)):
        before = stands.get(fact.target)
        if before is not None and before.after != fact.before:
            faults.append(f"from {before.after} to {fact.before} without an event: {before}, {fact}")
        if before is not None and (before.after, before.kinds) == (fact.after, fact.kinds):
            faults.append(f"twice: {before}, {fact}")
        stands[fact.target] = fact
    faults += [f"{target} is {look.states[target]}, and its last event says {fact.after}"
               for target, fact in stands.items()
               if target in look.states and look.states[target] != fact.after]
    return faults
