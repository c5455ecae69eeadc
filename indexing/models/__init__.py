"""Published rating models on a CPU or on GPUs; torch and transformers are imported when first needed."""
