"""The model: a city's future year by year, from equations that each know only numbers."""
