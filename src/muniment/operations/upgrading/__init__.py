"""The way from one version to the next, and back."""
