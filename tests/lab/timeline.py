"""What happens to a world while the daemon measures: the scenario's `timeline:`."""

import units


PATIENCE = 120  # seconds that what a step waits for may take to come


class Timeline:
    """A step with `once` begins a chapter: from there on times count from when that has come."""

    def __init__(self, steps, world, vantage, alertmanager=None):
        self.world, self.vantage, self.alertmanager = world, vantage, alertmanager
        self.began = 0  # seconds from the start to the beginning of the chapter
        self.chapters = [(None, [])]  # [(what it waits for, [(seconds, act)])]
        for step in _with_ends(steps):
            if "once" in step:
                self.chapters.append((step["once"], []))
            self.chapters[-1][1].append((step["at"], self._act(step)))
        for _, acts in self.chapters:
            acts.sort(key=lambda step: step[0])
        self.patience = sum(acts[-1][0] if acts else 0 for _, acts in self.chapters)
        self.patience += PATIENCE * (len(self.chapters) - 1)

    @property
    def done(self):
        return len(self.chapters) == 1 and not self.chapters[0][1]

    @property
    def waits_for(self):
        """What has not come; None if nothing is waited for."""
        return self.chapters[1][0] if len(self.chapters) > 1 else None

    def advance(self, seconds, has_come):
        """Does everything that is due `seconds` after the start. has_come(what): whether it has."""
        while True:
            acts = self.chapters[0][1]
            while acts and self.began + acts[0][0] <= seconds:
                _, (act, *arguments) = acts.pop(0)
                act(*arguments)
            if acts or self.waits_for is None or not has_come(self.waits_for):
                return
            del self.chapters[0]
            self.began = seconds

    def _act(self, step):
        if "world" in step:
            return (self.world.change, step["world"])
        verb, _, object_ = step["do"].partition(" ")
        if verb in ("enable", "disable"):
            return (self.world.censor.ask, step["do"])
        if object_ == "alertmanager":
            return (getattr(self.alertmanager, verb),)
        if verb in ("restart", "kill"):
            return (self._restart, verb == "kill")
        if verb == "reload":
            return (self.vantage.reload,)
        return (self.vantage.pause, verb == "pause")

    def _restart(self, killed):
        self.vantage.kill() if killed else self.vantage.stop()
        self.vantage.start()


def _with_ends(steps):
    """`pause daemon 30s` is two steps."""
    for step in steps:
        yield step
        verb, _, rest = step.get("do", "").partition(" daemon ")
        if verb == "pause":
            yield {"at": step["at"] + units.seconds(rest), "do": "resume daemon"}
