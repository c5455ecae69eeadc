"""What the Safety page is made of."""
