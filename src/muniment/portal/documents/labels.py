"""The order of labels: how guarded a thing is, compared."""

from muniment.trust.access.types import LABELS, Label


def strictest(*labels: Label) -> Label:
    """Return the label that guards most."""
    return max(labels, key=LABELS.index)


def looser_than(label: Label) -> tuple[Label, ...]:
    """Return the labels that guard less, least first."""
    return LABELS[: LABELS.index(label)]


def is_looser(label: Label, other: Label) -> bool:
    """Return whether a label guards less than another."""
    return label in looser_than(other)
