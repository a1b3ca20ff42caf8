//! The door, as sellers and strangers find it.

mod enumeration;
mod orders;
mod products;
mod signing;
mod stage;
