"""The classifiers that come with the program: trained by scripts of this folder, small, and in need of nothing else."""
