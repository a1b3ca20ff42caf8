//! The nouns: sellers' accounts, members, rates; the ledger and the orders in `model/books.rs`.

mod books;

pub use books::{Charged, DaySales, Line, LineId, LineKind, SellerOrder, Sold, Stage};

use souk_accounts::Email;
use souk_kernel::{Id, SellerId, Timestamp};

/// What the ids of this room name.
pub mod noun {
    use souk_kernel::Noun;

    /// Somebody who acts for a seller.
    #[derive(Debug)]
    pub enum Member {}
    impl Noun for Member {
        const NAME: &'static str = "seller member";
    }
    /// A line of the seller ledger.
    #[derive(Debug)]
    pub enum Line {}
    impl Noun for Line {
        const NAME: &'static str = "ledger line";
    }
    /// A member of the shop's own staff, who is another room's.
    #[derive(Debug)]
    pub enum Staff {}
    impl Noun for Staff {
        const NAME: &'static str = "staff";
    }
}

/// Somebody who acts for a seller.
pub type SellerMemberId = Id<noun::Member>;
/// A member of the shop's own staff.
pub type StaffRef = Id<noun::Staff>;

/// How a seller stands.
///
/// ```text
/// applied ─► active ◄─► suspended
///    └───────────────────►┘
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SellerState {
    /// Waits for the shop's word; sells nothing yet.
    Applied,
    /// Sells.
    Active,
    /// Sells nothing until it is reactivated.
    Suspended,
}

impl SellerState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Applied, Self::Active, Self::Suspended];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The state of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A seller's account. Its public name is the catalogue's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerAccount {
    /// The seller.
    pub id: SellerId,
    /// How it stands.
    pub state: SellerState,
    /// Why, in words for the seller; may be empty.
    pub reason: String,
    /// Since when it stands so.
    pub since: Timestamp,
    /// Which member of staff said so; `None`: nobody of them, it applied or is part of a demo.
    pub by: Option<StaffRef>,
    /// When it applied.
    pub applied_at: Timestamp,
    /// Grows by one with each change.
    pub version: u64,
}

/// Somebody who acts for a seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerMember {
    /// Its id.
    pub id: SellerMemberId,
    /// For whom.
    pub seller: SellerId,
    /// How they sign in; unique among all sellers' members.
    pub email: Email,
    /// Since when.
    pub created: Timestamp,
}

/// A signed-in member, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerSession {
    /// Who.
    pub member: SellerMember,
    /// Their seller, as it stands now.
    pub account: SellerAccount,
    /// From when on the session no longer counts.
    pub expires: Timestamp,
}

/// What a seller pays the shop, from a moment on: appended to, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// From when on.
    pub from: Timestamp,
    /// In hundredths of a percent (basis points) of what the shopper paid for the goods.
    pub basis_points: u16,
    /// Which member of staff set it; `None`: it came with the application.
    pub by: Option<StaffRef>,
}

/// A change that the shop's staff make of a seller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SellerChange {
    /// Approve, suspend, reactivate.
    State {
        /// Whose.
        seller: SellerId,
        /// What whoever changes it saw.
        expected: SellerState,
        /// What it shall be.
        state: SellerState,
        /// Why, in words for the seller.
        reason: String,
        /// Who says so.
        by: Option<StaffRef>,
    },
    /// Another commission rate, from now on.
    Rate {
        /// Whose.
        seller: SellerId,
        /// The rate that whoever changes it saw.
        expected: u16,
        /// What it shall be, in basis points.
        basis_points: u16,
        /// Who says so.
        by: Option<StaffRef>,
    },
}

impl SellerChange {
    /// Whose.
    #[must_use]
    pub const fn seller(&self) -> SellerId {
        match self {
            Self::State { seller, .. } | Self::Rate { seller, .. } => *seller,
        }
    }
}
