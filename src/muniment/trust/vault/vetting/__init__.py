"""Vetting of what is uploaded: nobody opens anything before it was looked at."""
