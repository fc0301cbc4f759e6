"""Making the reader's weights: data, model, training run, export and measures."""
