"""What stands under the ground of the city, year by year: pure geometry of the plan."""
