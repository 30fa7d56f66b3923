"""Where sealed blobs lie: one adapter a file, all of them behind `contract.Store`."""
