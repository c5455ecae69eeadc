"""What may be toxic in a corpus: flags by dimension, what a threshold costs, whom it hits, how often it is right."""
