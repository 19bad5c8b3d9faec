"""The parts of the till's benchmark; not benchmarks of their own."""
