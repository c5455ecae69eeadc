"""The filter ledger: what each rule of a chain removes, in the chain, by itself and that no other rule removes."""
