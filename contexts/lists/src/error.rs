//! Why a list can't be changed as asked.

use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// Why a wish or an alert was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// As many wishes as a list can have.
    #[error("a wishlist has at most {} products", crate::rules::MAX_WISHES)]
    Full,
    /// As many alerts as somebody can have.
    #[error("you can wait for at most {} things", crate::rules::MAX_ALERTS)]
    TooManyAlerts,
    /// A guest has no address to be told at.
    #[error("sign in to be told")]
    NoAccount,
    /// There is no such alert of this shopper's.
    #[error("there is no such alert")]
    NoAlert,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ListError {
    fn code(&self) -> &'static str {
        match self {
            Self::Full => "wishlist_full",
            Self::TooManyAlerts => "too_many_alerts",
            Self::NoAccount => "account_needed",
            Self::NoAlert => "alert_not_found",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Full | Self::TooManyAlerts => FaultKind::Invalid,
            Self::NoAccount => FaultKind::Forbidden,
            Self::NoAlert => FaultKind::NotFound,
            Self::Port(error) => error.kind(),
        }
    }
}
