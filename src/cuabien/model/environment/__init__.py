"""Environment: electricity and where it comes from, greenhouse gases, land under water."""
