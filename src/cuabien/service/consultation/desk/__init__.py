"""The desk of officials: what came in, what is due, and every act by which it is dealt with."""
