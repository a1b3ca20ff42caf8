//! Facts on their way to their consumers.

use crate::tx::Tx;
use souk_kernel::{Event, PortError};

/// Appends a fact, in the transaction of what it tells.
pub(crate) fn insert(tx: &Tx<'_>, event: &Event) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO outbox (lane, aggregate, number, kind, body, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            0,
            event.aggregate.0.as_bytes(),
            event.number.cast_signed(),
            &event.kind,
            &event.body,
            event.at.0,
        ),
    )?;
    Ok(())
}
