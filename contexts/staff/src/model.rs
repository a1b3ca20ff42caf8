//! The nouns: members, roles, permissions, audit entries, changes.

mod desk;

pub use desk::{
    Begun, EMAIL_REACH, Figures, FindCustomers, FindOrders, FindParcels, FindPayments, FindRefunds,
    FindReturns, FindReviews, Hour, Hurt, Low, Moment, PASSED, PASSED_REACH, ParcelPlace,
    ParcelTally, Returned, Sent, Short, Sought, Source, TEXT_LEAST, Worth,
};

use souk_accounts::Email;
use souk_catalog::Listing;
use souk_catalog::port::{Arrange, PutListing};
use souk_fulfillment::Step;
use souk_inventory::{Level, StockIntent};
use souk_kernel::{Aggregate, Id, Noun, Timestamp};
use souk_reviews::{Review, ReviewId, Verdict};
use souk_search::Synonym;
use souk_sellers::SellerChange;

/// What the ids of this room name.
pub mod noun {
    /// A member of staff.
    #[derive(Debug)]
    pub enum Member {}
    /// A line of the audit.
    #[derive(Debug)]
    pub enum Entry {}
}

impl Noun for noun::Member {
    const NAME: &'static str = "staff";
}

impl Noun for noun::Entry {
    const NAME: &'static str = "audit entry";
}

/// A member of staff.
pub type StaffId = Id<noun::Member>;
/// A line of the audit; later ones are greater.
pub type AuditId = Id<noun::Entry>;

/// What a member is to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything, other members included.
    Owner,
    /// Runs the shop: stock, products, orders, jobs.
    Operator,
    /// Helps shoppers: reads, and gives money back.
    Support,
    /// Looks on; sees no personal data.
    ReadOnly,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Operator, Self::Support, Self::ReadOnly];

    /// Its stable name, for stores, commands and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Support => "support",
            Self::ReadOnly => "read-only",
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Something that a member may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Figures, health, jobs: how the shop is doing.
    SeeShop,
    /// Orders and payments, without personal data.
    SeeOrders,
    /// Products and stock with its ledger.
    SeeStock,
    /// Who bought, with address, and what mail they got.
    SeeCustomers,
    /// Who sells, at which rate.
    SeeSellers,
    /// What members did.
    SeeAudit,
    /// Receive, adjust, count.
    ChangeStock,
    /// Titles, prices, visibility.
    ChangeProducts,
    /// Approve and suspend sellers, set their commission rates.
    ChangeSellers,
    /// Cancel orders and give money back.
    Refund,
    /// End the sessions of who lost a device.
    HelpCustomers,
    /// Pack and ship the shop's own parcels, and say how far parcels are.
    ShipParcels,
    /// Receive, inspect and refuse what comes back.
    HandleReturns,
    /// Hide reviews and let them stand.
    Moderate,
    /// Let parked facts go on.
    TendJobs,
    /// Run demonstrations against the shop.
    RunDemos,
    /// Add members and change their roles.
    ManageStaff,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 17] = [
        Self::SeeShop,
        Self::SeeOrders,
        Self::SeeStock,
        Self::SeeCustomers,
        Self::SeeSellers,
        Self::SeeAudit,
        Self::ChangeStock,
        Self::ChangeProducts,
        Self::ChangeSellers,
        Self::Refund,
        Self::HelpCustomers,
        Self::ShipParcels,
        Self::HandleReturns,
        Self::Moderate,
        Self::TendJobs,
        Self::RunDemos,
        Self::ManageStaff,
    ];
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: StaffId,
    /// How they sign in; unique.
    pub email: Email,
    /// What they are.
    pub role: Role,
    /// Since when.
    pub created: Timestamp,
}

/// A signed-in member, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    /// Who, as they are now.
    pub member: Member,
    /// From when on it no longer counts.
    pub expires: Timestamp,
    /// Whether everything that this member has to show was shown.
    pub proven: bool,
    /// Whether the member has a second factor.
    pub has_factor: bool,
}

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Whoever has the machine: the command line.
    Console,
    /// A member.
    Member(StaffId),
}

/// What was done, in words that stay: names are stable, texts are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Stable: `stock.count`, `staff.add`.
    pub name: &'static str,
    /// To what: an id. No personal data.
    pub subject: String,
    /// How: "12 -> 20".
    pub detail: String,
}

/// A line of the audit. The audit is appended to, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// [`Act::name`].
    pub name: String,
    /// [`Act::subject`].
    pub subject: String,
    /// [`Act::detail`].
    pub detail: String,
}

/// A change of another room's state that a member makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of stock, through its ledger: [`StockIntent::Adjust`], [`StockIntent::Count`],
    /// [`StockIntent::Open`].
    Stock(StockIntent),
    /// Of products, each as a whole and as whoever edits it saw it, its offers included; at most
    /// [`PRODUCTS_MAX`]: all of them or none.
    Products(Vec<PutListing>),
    /// Of who sees a review.
    Review {
        /// Which.
        id: ReviewId,
        /// What it shall be.
        verdict: Verdict,
    },
    /// Of what leaves or comes back for an order.
    Parcels(Box<Step>),
    /// Of a word of the shop's own: written, or taken back.
    Synonym {
        /// Which.
        synonym: Synonym,
        /// Whether it shall be there.
        on: bool,
    },
    /// Of the order in which categories are listed.
    Categories(Arrange),
    /// Let a parked aggregate's facts go on.
    Unpark(Aggregate),
    /// Of a seller: its state or its commission rate.
    Seller(SellerChange),
    /// Nothing but the entry: what another room's own use case did, under its own key. It is written
    /// before that use case is called, as "asked for".
    Note,
}

/// Most products of one change.
pub const PRODUCTS_MAX: usize = 100;

/// Names a form: posted twice, it is carried out once. Minted with the form, kept with the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormKey([u8; 16]);

impl FormKey {
    /// From 16 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads its 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl std::fmt::Display for FormKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Intent: a change with the entry that says so, from a form if one asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Make {
    /// What.
    pub change: Change,
    /// The audit's line.
    pub entry: AuditEntry,
    /// The form; a change whose form was carried out before is [`Done::Before`].
    pub form: Option<FormKey>,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The products as they stand now.
    Products(Vec<Listing>),
    /// The review as it stands now.
    Review(Box<Review>),
    /// The parcels moved.
    Moved,
    /// This form was carried out before, or all is so already: nothing was written, no entry either.
    Before,
    /// The level as it stands now.
    Level(Level),
    /// It was parked, and goes on.
    Unparked,
    /// The seller stands so now.
    Seller,
    /// The entry is written.
    Noted,
}
