"""The second step of signing in: when it is asked for, by mail where that is allowed, and devices that need none."""
