"""Runs the agent."""

from muniment.operations.continuity.agent import main

main()
