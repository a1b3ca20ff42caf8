//! The door over memory, visited as a browser does.

mod enumeration;
mod orders;
mod signing;
mod stage;
mod stock;
