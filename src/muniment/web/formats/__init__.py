"""How dates and times are written in the languages whose usual way Django has longer than a list has room for."""
