"""How the promises are kept, and shown to be: backups, drills, what is watched."""
