//! What must hold, by subject.

pub(crate) mod answers;
pub(crate) mod money;
pub(crate) mod orders;
pub(crate) mod stock;
