"""How wrong were we: the model's own equations stood in the past, with what was then known, and scored."""
