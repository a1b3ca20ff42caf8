//! The relay, the sweeper and the recovery worker: events in, use cases out.
