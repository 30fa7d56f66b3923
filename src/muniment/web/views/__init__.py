"""Pages that mix apps, and the pages of refusals."""
