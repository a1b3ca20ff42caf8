//! What the doors share: extractors, sessions, the problem table.
