"""What notifications say that is new: alerts that begin to fire, and that end. Pure.

A notification repeats every alert of its group, so that what it lists is not what it tells.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    at: float          # when it was told
    to: str            # firing or resolved
    labels: tuple      # sorted pairs; they are the alert's identity
    notification: int  # which one told it, counted from 0

    def label(self, name):
        return dict(self.labels).get(name)


def passages(notifications):
    """Every change that was told, in order. Resolved without having fired before is none."""
    found, state = [], {}
    for number, notification in enumerate(notifications):
        for alert in notification["alerts"]:
            labels = tuple(sorted(alert["labels"].items()))
            if state.get(labels, "resolved") != alert["status"]:
                state[labels] = alert["status"]
                found.append(Passage(notification["at"], alert["status"], labels, number))
    return found


def pages(found):
    """How many notifications told of something that fires: how often somebody was woken."""
    return len({p.notification for p in found if p.to == "firing"})


def idle(notifications, found):
    """The notifications, by number, that said nothing new: somebody was woken for nothing."""
    return sorted(set(range(len(notifications))) - {p.notification for p in found})


def firing(found):
    """The label sets that fire in the end."""
    last = {p.labels: p.to for p in found}
    return sorted(labels for labels, to in last.items() if to == "firing")
