//! Rules of the purchase: tables and properties.
