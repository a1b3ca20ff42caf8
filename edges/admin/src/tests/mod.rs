//! The door over memory, visited as a browser does.

mod enumeration;
mod signing;
mod stage;
