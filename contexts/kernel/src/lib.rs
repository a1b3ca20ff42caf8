//! The words every room shares: money, typed ids, time, entropy, faults, events.
//!
//! This room knows no business rule and does no I/O. Time and randomness are traits here, so that
//! every decision elsewhere can be replayed from a seed.

mod address;
mod batch;
mod clock;
mod event;
mod fault;
mod hex;
mod id;
mod idempotency;
mod money;
mod outbox;
mod spawn;
pub mod text;

pub use address::{COUNTRIES, Written, country_name};
pub use batch::{Answers, one};
pub use clock::{
    Clock, DAY_MS, HOUR_MS, MINUTE_MS, ManualClock, SECOND_MS, SystemClock, Timestamp,
};
pub use event::{Aggregate, Event, EventKind};
pub use fault::{FaultKind, PortError, Refusal};
pub use hex::{from_hex, to_hex};
pub use id::{
    BUCKETS, Bucket, CartId, CheckoutId, Id, MailId, Mint, Noun, OfferId, OrderId, PaymentId,
    ProductId, RefundId, SavedMethodId, SellerId, SessionId, Sku, UserId, VariantId, WarehouseId,
};
pub use id::{ParseIdError, noun};
pub use idempotency::{Claim, ClaimKey};
pub use money::{Currency, Money, MoneyError, draw, share};
pub use outbox::{LANES, Lag, Outbox, Parked, Seq, lane_of};
pub use spawn::Spawner;

mod entropy;
pub use entropy::{Entropy, SeededEntropy};

/// The future type of ports and spawned tasks.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn std::future::Future<Output = T> + Send + 'a>>;
