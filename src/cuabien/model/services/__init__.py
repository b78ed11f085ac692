"""Schools, clinics, hospitals, counters, green space: need, capacity and access (docs/theory/services.md)."""
