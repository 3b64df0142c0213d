"""What happens to a world while the daemon measures: the scenario's `timeline:`."""

import units


class Timeline:
    def __init__(self, steps, world, vantage, alertmanager=None):
        self.world, self.vantage, self.alertmanager = world, vantage, alertmanager
        self.steps = sorted(((step["at"], self._act(step)) for step in _with_ends(steps)),
                            key=lambda step: step[0])
        self.end = self.steps[-1][0] if self.steps else 0

    @property
    def done(self):
        return not self.steps

    def advance(self, seconds):
        """Does everything that is due `seconds` after the start."""
        while self.steps and self.steps[0][0] <= seconds:
            _, (act, *arguments) = self.steps.pop(0)
            act(*arguments)

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
