"""Who can see what, and why: of a thing, of a person, of oneself; and trying as somebody."""
