"""What is kept about whom, why, how long, and how it is protected: said beside the fields, checked at every start.

A model says it in `DATA`, the tables of libraries in `libraries.py`; a field of which nobody says anything
stops the start. docs/data-map.md and the page of it are made from nothing else.
"""

from muniment.core.data_map.classes import Class, Datum, Kept, clear, content, personal, secret

__all__ = ["Class", "Datum", "Kept", "clear", "content", "personal", "secret"]
