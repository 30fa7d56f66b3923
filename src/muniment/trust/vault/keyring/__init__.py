"""Where the root key lives: one adapter a file, all of them behind `contract.Keyring`."""
