"""Work and value added: growth accounting by sector, held back by hands and by berths (docs/theory/economy.md)."""
