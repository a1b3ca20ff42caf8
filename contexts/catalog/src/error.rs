//! Why the catalogue refuses.

use souk_kernel::{FaultKind, PortError, Refusal};
use thiserror::Error;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {reason}")]
pub struct FieldProblem {
    /// Which: `title`, `attributes.weight`.
    pub field: String,
    /// In plain words, for the person who has to mend it.
    pub reason: String,
}

impl FieldProblem {
    /// A problem of a field.
    #[must_use]
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

/// Why a listing was not written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PutRefused {
    /// Somebody changed it meanwhile.
    #[error("the product is at version {current}")]
    Stale {
        /// The stored version; 0 when there is no such product.
        current: u64,
    },
    /// Fields that break a rule.
    #[error("{} field(s) are not right: {}", .0.len(), first(.0))]
    Invalid(Vec<FieldProblem>),
}

fn first(problems: &[FieldProblem]) -> String {
    problems.first().map(ToString::to_string).unwrap_or_default()
}

impl Refusal for PutRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::Stale { .. } => "product_changed",
            Self::Invalid(_) => "invalid_product",
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Stale { .. } => FaultKind::Stale,
            Self::Invalid(_) => FaultKind::Invalid,
        }
    }
}

/// Why a price was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PriceRefused {
    /// No such offer.
    #[error("there is no such offer")]
    NotFound,
    /// Somebody changed it meanwhile.
    #[error("the offer is at version {current}")]
    Stale {
        /// The stored version.
        current: u64,
    },
    /// Not a price: zero, negative, too large, or of another currency than the offer's.
    #[error("not a price for this offer")]
    NotAPrice,
}

impl Refusal for PriceRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "offer_not_found",
            Self::Stale { .. } => "offer_changed",
            Self::NotAPrice => "invalid_price",
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::Stale { .. } => FaultKind::Stale,
            Self::NotAPrice => FaultKind::Invalid,
        }
    }
}

/// Why categories were not arranged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ArrangeRefused {
    /// No such category, or no such sibling.
    #[error("there is no such category any more")]
    NoCategory,
    /// The two don't stand side by side any more: somebody arranged them meanwhile.
    #[error("the order has changed meanwhile")]
    Stale,
    /// More siblings than are arranged.
    #[error("at most {} categories of one parent are arranged", crate::limits::SIBLINGS)]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for ArrangeRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::NoCategory => "category_not_found",
            Self::Stale => "order_changed",
            Self::TooMany => "too_many_categories",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::NoCategory => FaultKind::NotFound,
            Self::Stale => FaultKind::Stale,
            Self::TooMany => FaultKind::Invalid,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a picture was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureRefused {
    /// More bytes than a picture may have.
    #[error("the picture is larger than {} MB", .limit >> 20)]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// Not a picture of a kind that is taken, or a damaged one.
    #[error("this is not a JPEG, PNG, WebP or GIF picture, or it is damaged")]
    NotAPicture,
    /// More pixels than are decoded, or a side that is too long.
    #[error("the picture is {width} by {height} pixels, more than is taken")]
    TooManyPixels {
        /// As it says.
        width: u32,
        /// As it says.
        height: u32,
    },
    /// The shop's room for pictures is used up.
    #[error("there is no room for more pictures")]
    Full,
    /// It could not be kept.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for PictureRefused {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "picture_too_large",
            Self::NotAPicture => "not_a_picture",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::Full => "pictures_full",
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::TooLarge { .. } | Self::NotAPicture | Self::TooManyPixels { .. } => {
                FaultKind::Invalid
            }
            Self::Full => FaultKind::Unavailable,
            Self::Port(error) => error.kind(),
        }
    }
}

/// Why a use case failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CatalogError {
    /// The listing was refused.
    #[error(transparent)]
    Put(#[from] PutRefused),
    /// The price was refused.
    #[error(transparent)]
    Price(#[from] PriceRefused),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Refusal for CatalogError {
    fn code(&self) -> &'static str {
        match self {
            Self::Put(refused) => refused.code(),
            Self::Price(refused) => refused.code(),
            Self::Port(error) => error.code(),
        }
    }

    fn kind(&self) -> FaultKind {
        match self {
            Self::Put(refused) => refused.kind(),
            Self::Price(refused) => refused.kind(),
            Self::Port(error) => error.kind(),
        }
    }
}
