"""A small shop behind the built portal: the real API in process, its time standing still and every id the same in each run."""
