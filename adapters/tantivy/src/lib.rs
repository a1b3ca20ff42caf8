//! The embedded search engine.
