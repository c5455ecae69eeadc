"""Speed, side by side with named peers in one run: `python -m benchmarks.all` writes RESULTS.md."""
