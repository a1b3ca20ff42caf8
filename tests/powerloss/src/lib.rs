//! A disk that forgets what was not synced, under the real SQLite.
