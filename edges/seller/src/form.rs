//! Forms of sellers' pages.

pub use souk_webkit::{Fields, Form, Query, href};

/// A page of sellers to go on to; anything else leads to the overview.
pub fn onward(wanted: &str) -> &str {
    souk_webkit::within("/seller", wanted)
}
