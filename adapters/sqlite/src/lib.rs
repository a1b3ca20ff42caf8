//! The embedded relational store: one file, one writer thread with group commit, many readers.
