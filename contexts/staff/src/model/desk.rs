//! The nouns of what staff look at: searches for orders, traces, figures.

use souk_fulfillment::{Parcel, ParcelStage, Return, ReturnState};
use souk_invoices::Document;
use souk_kernel::{
    OrderId, PaymentId, ProductId, RefundId, SellerId, Sku, Timestamp, UserId, WarehouseId,
};
use souk_orders::OrderState;
use souk_payments::PaymentState;
use souk_reviews::{ReviewId, Standing};

/// Which orders somebody looks for; the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindOrders {
    /// Only this one or theirs.
    pub sought: Option<Sought>,
    /// Only in this state.
    pub state: Option<OrderState>,
    /// Only before this one.
    pub before: Option<OrderId>,
    /// At most so many.
    pub limit: usize,
}

/// What somebody typed to find an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// The key of an order's number or id.
    Key(i64),
    /// The email address of an account, or of an order's address: of those, the newest
    /// [`EMAIL_REACH`] orders are looked through.
    Email(String),
}

/// How many orders back an address without an account is looked for.
pub const EMAIL_REACH: usize = 20_000;

/// Where something of an order's life was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A claim of an idempotency key: an intent of the shopper's.
    Claim,
    /// A move of the order.
    Order,
    /// A scan of a parcel, or a step of a return.
    Parcel,
    /// A line of the stock ledger.
    Stock,
    /// The payment, and lines of the money ledger.
    Money,
    /// A line of the seller ledger.
    Books,
    /// An invoice or a credit note.
    Document,
    /// What the gateway wrote down, or told us.
    Gateway,
    /// A fact that still waits for a consumer.
    Fact,
    /// A mail.
    Mail,
    /// Something that a member did.
    Audit,
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Where it was written.
    pub source: Source,
    /// What, in few words.
    pub what: String,
    /// More of it.
    pub detail: String,
}

impl Moment {
    /// An invoice or a credit note was issued.
    #[must_use]
    pub fn issued(document: &Document) -> Self {
        let content = &document.draft.content;
        let (number, total) = (document.label(), content.total.decimal());
        let of = content.corrects.map(souk_invoices::label).map_or_else(String::new, |invoice| {
            format!(" of invoice {invoice} for {}", document.draft.source)
        });
        let what = match content.kind {
            souk_invoices::Kind::Invoice => format!("invoice {number}"),
            souk_invoices::Kind::CreditNote => format!("credit note {number}"),
        };
        let (seller, currency) = (document.draft.seller, content.total.currency.code());
        let detail = format!("{total} {currency}{of}, seller {seller}");
        Self { at: document.issued_at, source: Source::Document, what, detail }
    }

    /// A line was appended to the seller ledger.
    #[must_use]
    pub fn booked(line: &souk_sellers::Line) -> Self {
        let (amount, currency) = (line.amount.decimal(), line.amount.currency.code());
        let goods = line.sku.map_or_else(String::new, |sku| format!(", sku {sku}"));
        let detail = format!("{amount} {currency}{goods}, seller {}", line.seller);
        Self { at: line.at, source: Source::Books, what: line.kind.name().to_owned(), detail }
    }
}

/// Orders of one hour that are in one state now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// The hour's first millisecond.
    pub since: Timestamp,
    /// Their state.
    pub state: OrderState,
    /// How many.
    pub orders: u64,
    /// Their totals, in minor units of the shop's currency.
    pub minor: i64,
}

/// The states that a payment passes on its way to being captured: no list of them is kept, for each
/// purchase would write into it.
pub const PASSED: [PaymentState; 3] =
    [PaymentState::Authorizing, PaymentState::Authorized, PaymentState::Capturing];

/// How many payments back one on its way is looked for.
pub const PASSED_REACH: usize = 100_000;

/// Which payments somebody looks for; the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindPayments {
    /// Only in this state. Those that a payment only passes on its way ([`PASSED`]) are looked for among
    /// the newest [`PASSED_REACH`].
    pub state: Option<PaymentState>,
    /// Only with this id, or this name at the gateway.
    pub reference: Option<String>,
    /// Only before this one.
    pub before: Option<PaymentId>,
    /// At most so many.
    pub limit: usize,
}

/// Which refunds somebody looks for; the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindRefunds {
    /// Only those that are not with the shopper yet.
    pub open: bool,
    /// Only those behind this one: when it was asked for, and its id.
    pub before: Option<(Timestamp, RefundId)>,
    /// At most so many.
    pub limit: usize,
}

/// So many letters are looked for anywhere; fewer are in nearly every name.
pub const TEXT_LEAST: usize = 3;

/// Which accounts somebody looks for; the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindCustomers {
    /// Only those whose email address or name has this in it; of fewer than [`TEXT_LEAST`] letters: whose
    /// address begins so.
    pub text: String,
    /// Only before this one.
    pub before: Option<UserId>,
    /// At most so many.
    pub limit: usize,
}

/// Which reviews somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FindReviews {
    /// Only those that somebody reported since a moderator last looked, the most reported first;
    /// otherwise the newest first.
    pub reported: bool,
    /// Only of this standing.
    pub standing: Option<Standing>,
    /// Only of this product.
    pub product: Option<ProductId>,
    /// Only before this one; not with [`FindReviews::reported`], which is worked through from its top.
    pub before: Option<ReviewId>,
    /// At most so many.
    pub limit: usize,
}

/// Which returns somebody looks for: those of the newest orders first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindReturns {
    /// Only in this state.
    pub state: Option<ReturnState>,
    /// Only of orders before this one.
    pub before: Option<OrderId>,
    /// At most so many.
    pub limit: usize,
}

/// A return, with its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Of which order.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// What.
    pub back: Return,
}

/// Which parcels somebody looks for: of those that are awaited the most urgent first, of the others the
/// latest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FindParcels {
    /// Only at this stage.
    pub stage: ParcelStage,
    /// Only this seller's.
    pub seller: Option<SellerId>,
    /// Only from this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only those awaited before this moment.
    pub awaited_before: Option<Timestamp>,
    /// Only those behind this one.
    pub after: Option<ParcelPlace>,
    /// At most so many.
    pub limit: usize,
}

/// Where a parcel stands in a list of a stage: by when it is awaited, its order's key, its number.
pub type ParcelPlace = (Timestamp, i64, u16);

/// A parcel, with what is known of its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Of which order.
    pub order: OrderId,
    /// By when it is awaited.
    pub awaited: Timestamp,
    /// What.
    pub parcel: Parcel,
}

impl Sent {
    /// Where it stands in its list.
    #[must_use]
    pub fn place(&self) -> ParcelPlace {
        (self.awaited, self.order.key(), self.parcel.no)
    }
}

/// How many parcels are awaited, by what they wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ParcelTally {
    /// To be packed.
    pub to_pack: u64,
    /// To be shipped.
    pub to_ship: u64,
    /// With the carrier.
    pub travelling: u64,
    /// That nobody took.
    pub failed: u64,
    /// Of all these, those that should have arrived by now.
    pub late: u64,
}

impl ParcelTally {
    /// Counts so many at a stage, so many of them late.
    pub fn add(&mut self, stage: ParcelStage, count: u64, late: u64) {
        let of = match stage {
            ParcelStage::ToPack => &mut self.to_pack,
            ParcelStage::ToShip => &mut self.to_ship,
            ParcelStage::Travelling => &mut self.travelling,
            ParcelStage::Failed => &mut self.failed,
            // Nobody waits for them.
            ParcelStage::Delivered | ParcelStage::Undelivered | ParcelStage::CalledOff => return,
        };
        *of += count;
        self.late += late;
    }
}

/// A shelf on which less lies than is promised, and whom that hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Of what.
    pub sku: Sku,
    /// Where.
    pub warehouse: WarehouseId,
    /// How many pieces are missing.
    pub missing: i64,
    /// The orders that can't be packed: the newest, as many as it takes.
    pub hurt: Vec<Hurt>,
}

/// An order that a shortage hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hurt {
    /// Which.
    pub order: OrderId,
    /// How many of its pieces are missing.
    pub missing: i64,
}

/// What began in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begun {
    /// Checkouts that held stock for somebody.
    pub checkouts: u64,
    /// Of these, ended in an order that is paid.
    pub paid: u64,
    /// What those are worth, in minor units of the shop's currency.
    pub minor: i64,
    /// Tries to pay: each is an order.
    pub tries: u64,
    /// Of these, that a gateway refused.
    pub failed: u64,
}

/// What is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worth {
    /// Reviews that somebody reported.
    pub reported: u64,
    /// Reviews that wait for a moderator.
    pub held: u64,
    /// Returns on their way or at the warehouse.
    pub returns: u64,
    /// Refunds that are set aside and not with the shopper yet.
    pub refunds: u64,
}

/// How the shop is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Orders by hour and state, since the moment asked for.
    pub hours: Vec<Hour>,
    /// Checkouts that hold stock and are not being paid.
    pub holding: u64,
    /// Orders that are being paid.
    pub paying: u64,
}

/// A SKU of which few are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Low {
    /// Which.
    pub sku: Sku,
    /// How many can be promised, over all warehouses.
    pub available: i64,
}
