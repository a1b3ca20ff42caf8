//! Judges a log of requests and answers against the data; shares no code with the server.
