"""American English: Nov 18, 2026, 2:30 PM."""

DATE_FORMAT = "M j, Y"
MONTH_DAY_FORMAT = "M j"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "M j, Y, g:i A"
