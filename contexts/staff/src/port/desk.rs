//! What staff look at that is asked for without its shard key: read only, for people. It may scan what
//! a shopper's request must not.

use crate::{
    Begun, Figures, FindCustomers, FindOrders, FindParcels, FindPayments, FindRefunds, FindReturns,
    FindReviews, Low, Moment, ParcelTally, Returned, Sent, Short, Worth,
};
use async_trait::async_trait;
use souk_accounts::User;
use souk_kernel::{OrderId, PortError, SellerId, Timestamp};
use souk_orders::Order;
use souk_payments::{Payment, Refund};
use souk_reviews::Review;

/// The desk.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Orders, the newest first.
    ///
    /// # Errors
    /// The store's.
    async fn find_orders(&self, find: &FindOrders) -> Result<Vec<OrderId>, PortError>;

    /// What the store wrote of an order beside the order itself: claims of keys, lines of the stock,
    /// money and seller ledgers, invoices and credit notes, the gateway's messages, facts that wait, lines
    /// of the audit. In no order.
    ///
    /// # Errors
    /// The store's.
    async fn traces(&self, order: &Order) -> Result<Vec<Moment>, PortError>;

    /// Orders since then by hour and state, and what is under way.
    ///
    /// # Errors
    /// The store's.
    async fn figures(&self, since: Timestamp) -> Result<Figures, PortError>;

    /// SKUs of which at most `most` are left, the fewest first, at most `limit`. Counters may be half a
    /// second old.
    ///
    /// # Errors
    /// The store's.
    async fn low_stock(&self, most: i64, limit: usize) -> Result<Vec<Low>, PortError>;

    /// Payments, the newest first.
    ///
    /// # Errors
    /// The store's.
    async fn find_payments(&self, find: &FindPayments) -> Result<Vec<Payment>, PortError>;

    /// Refunds, the newest first; of the same moment by id.
    ///
    /// # Errors
    /// The store's.
    async fn find_refunds(&self, find: &FindRefunds) -> Result<Vec<Refund>, PortError>;

    /// Accounts, the newest first; guests have none.
    ///
    /// # Errors
    /// The store's.
    async fn find_customers(&self, find: &FindCustomers) -> Result<Vec<User>, PortError>;

    /// Reviews.
    ///
    /// # Errors
    /// The store's.
    async fn find_reviews(&self, find: &FindReviews) -> Result<Vec<Review>, PortError>;

    /// Returns.
    ///
    /// # Errors
    /// The store's.
    async fn find_returns(&self, find: &FindReturns) -> Result<Vec<Returned>, PortError>;

    /// Parcels, as they stand: what was packed or moved is in the answer at once.
    ///
    /// # Errors
    /// The store's.
    async fn find_parcels(&self, find: &FindParcels) -> Result<Vec<Sent>, PortError>;

    /// How many parcels are awaited; only a seller's, if one is named. Late is what was awaited before
    /// `now`.
    ///
    /// # Errors
    /// The store's.
    async fn parcel_tally(
        &self,
        seller: Option<SellerId>,
        now: Timestamp,
    ) -> Result<ParcelTally, PortError>;

    /// Shelves on which less lies than is promised, the shortest first, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    async fn shortages(&self, limit: usize) -> Result<Vec<Short>, PortError>;

    /// What began from `since` on, before `until`.
    ///
    /// # Errors
    /// The store's.
    async fn begun(&self, since: Timestamp, until: Timestamp) -> Result<Begun, PortError>;

    /// What is worth a look.
    ///
    /// # Errors
    /// The store's.
    async fn worth(&self) -> Result<Worth, PortError>;
}
