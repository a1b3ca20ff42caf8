//! Why a document was not issued.

use souk_kernel::PortError;
use thiserror::Error;

/// Why an intent was refused; no number was given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IssueRefusal {
    /// Another document of this order was issued since the drafts were computed.
    #[error("another document was issued meanwhile")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}
