//! The shopper's pages, rendered on the server.
