"""The only home of third-party frameworks: one module for each library wrapped."""
