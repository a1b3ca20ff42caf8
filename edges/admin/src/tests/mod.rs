//! The door over memory, visited as a browser does.

mod enumeration;
mod lists;
mod orders;
mod parcels;
mod products;
mod returns;
mod sellers;
mod signing;
mod stage;
mod stock;
