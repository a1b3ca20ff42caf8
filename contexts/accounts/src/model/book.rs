//! A user's addresses.

use crate::Address;
use souk_kernel::{Id, Noun, Timestamp};

/// What this room names by ids of its own.
pub mod noun {
    /// An address in a book.
    #[derive(Debug)]
    pub enum BookEntry {}
}

impl Noun for noun::BookEntry {
    const NAME: &'static str = "address";
}

/// Names an address in a book.
pub type AddressId = Id<noun::BookEntry>;

/// An address that a user keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// Its id.
    pub id: AddressId,
    /// What its owner calls it: "Office".
    pub label: Option<String>,
    /// Where it is.
    pub address: Address,
    /// Whether parcels go there unless told otherwise.
    pub shipping: bool,
    /// Whether bills are made out to it unless told otherwise.
    pub billing: bool,
    /// When it was added or changed last.
    pub changed: Timestamp,
}

/// A user's addresses, in the order in which they were added. One that isn't empty has exactly one
/// default for shipping and one for billing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressBook {
    /// At most [`BOOK_MAX`].
    pub entries: Vec<BookEntry>,
}

/// Addresses of one book.
pub const BOOK_MAX: usize = 20;

impl AddressBook {
    /// The entry of that id.
    #[must_use]
    pub fn entry(&self, id: AddressId) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// Where parcels go unless told otherwise.
    #[must_use]
    pub fn shipping(&self) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.shipping)
    }

    /// To whom bills are made out unless told otherwise.
    #[must_use]
    pub fn billing(&self) -> Option<&BookEntry> {
        self.entries.iter().find(|entry| entry.billing)
    }
}

/// A change of a book. What a flag asks for is given; what it doesn't ask for is not taken away: a
/// default ends by naming another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookChange {
    /// A further address.
    Add(BookEntry),
    /// Other words for an entry; of its id only, and where the id is unknown nothing happens.
    Change(BookEntry),
    /// An entry becomes a default.
    Prefer {
        /// Which.
        id: AddressId,
        /// For parcels.
        shipping: bool,
        /// For bills.
        billing: bool,
    },
    /// An entry goes. If it was a default, the latest of those left is the next.
    Remove(AddressId),
    /// Other words for the default of parcels; the first entry where there is none.
    Default {
        /// The id of that first entry.
        id: AddressId,
        /// Where it is.
        address: Address,
        /// When it was given.
        at: Timestamp,
    },
}

/// Why a book stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookRefusal {
    /// No such entry.
    NoSuchAddress,
    /// It holds [`BOOK_MAX`] addresses.
    Full,
}
