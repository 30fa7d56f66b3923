"""How the portal presents itself: its look and words, its terms, the first steps of who sets it up."""
