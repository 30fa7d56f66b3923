"""Getting back in after what somebody signs in with was lost, without calling anybody."""
