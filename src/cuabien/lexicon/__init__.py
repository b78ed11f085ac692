"""What crosses a wall: variables, indicators, units and glossary as tables; one register, no magic."""
