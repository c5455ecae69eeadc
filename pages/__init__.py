"""The face of the program in a browser: one thin file a page."""
