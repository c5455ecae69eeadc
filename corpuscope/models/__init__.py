"""Published models: their files on this machine, and batches that a device has memory for."""
