"""Pages about conditions: profiles, named networks, extra rules."""
