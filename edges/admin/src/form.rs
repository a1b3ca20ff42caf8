//! Forms of staff's pages.

use souk_staff::FormKey;
use souk_webkit::Problem;
pub use souk_webkit::{Fields, Form, Query, href};

/// The key that a form was given: posted twice, it is carried out once.
pub fn form_key(fields: &Fields) -> Result<FormKey, Problem> {
    let cut = || Problem::invalid("key_invalid", "Open the page again: its form was cut.");
    FormKey::parse(fields.get("key").trim()).ok_or_else(cut)
}

/// A page of the staff's to go on to; anything else leads to the overview.
pub fn onward(wanted: &str) -> &str {
    souk_webkit::within("/admin", wanted)
}
