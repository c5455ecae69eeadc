"""How likely a text is toxic: windows, a linear model over all of them, a small transformer over those in doubt."""
