//! Principals: guests, customers, sessions and addresses.
