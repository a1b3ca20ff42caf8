//! The seller ledger of the shop that the tests look at, kept as the worker keeps it.

use super::fixture::Live;
use souk_accounts::Email;
use souk_kernel::{Clock, Money, OrderId, SellerId};
use souk_orders::Orders;
use souk_sellers::port::NewSeller;
use souk_sellers::{
    Charged, Rate, Reversal, SellerAccount, SellerChange, SellerMember, SellerOrder, SellerState,
    Sellers, Sold, Stage,
};

impl Live {
    /// Who sells the first offer has an account, and another rate since a while.
    pub async fn seller(&self) {
        let (id, at) = (SellerId::from_bytes(*self.skus[0].bytes()), self.clock.now());
        let account = SellerAccount {
            id,
            state: SellerState::Active,
            reason: String::new(),
            since: at,
            by: None,
            applied_at: at,
            version: 1,
        };
        let email = Email::stored("seller@example.com".into());
        let member = SellerMember { id: self.mint.mint_anywhere(), seller: id, email, created: at };
        let rate = Rate { from: at, basis_points: 1_000, by: None };
        let new = NewSeller { account, member, password_hash: "$hash".into(), rate };
        Sellers::open(&*self.store, new).await.unwrap();
        let dearer =
            SellerChange::Rate { seller: id, expected: 1_000, basis_points: 1_250, by: None };
        Sellers::change(&*self.store, dearer).await.unwrap();
    }

    /// An order's charge, as the books are told it.
    pub async fn charged(&self, order: OrderId) -> Charged {
        let found = self.store.order(order).await.unwrap().unwrap();
        let sold = |line: &souk_pricing::QuoteLine| Sold {
            seller: line.item.seller,
            sku: line.item.sku,
            quantity: line.item.quantity,
            minor: line.total.minor,
        };
        let lines = found.quote.lines.iter().map(sold).collect();
        Charged { order, placed: found.created_at, total: found.total(), lines }
    }

    /// What an order brings its seller, or what it no longer brings.
    pub async fn book(&self, order: OrderId, cancelled: bool) {
        let charged = self.charged(order).await;
        souk_kernel::one(self.books.sold(std::slice::from_ref(&charged)).await).unwrap();
        let theirs = charged.lines.iter().find(|sold| sold.sku == self.skus[0]);
        let Some(sold) = theirs else { return };
        if cancelled {
            let cause = souk_kernel::Id::from_uuid(order.uuid());
            self.books.went_back(&charged, cause, &Reversal::Whole).await.unwrap();
        }
        let row = SellerOrder {
            seller: sold.seller,
            order,
            placed: charged.placed,
            stage: if cancelled { Stage::Cancelled } else { Stage::ToPack },
            total: Money::new(sold.minor, charged.total.currency),
            pieces: sold.quantity,
            returns: 0,
            version: u64::from(cancelled),
        };
        self.books.file(vec![row]).await.unwrap();
    }

    /// Money of an order went back: the books hear of it, and its fact is told.
    pub async fn book_refund(&self, order: OrderId, minor: i64) {
        let charged = self.charged(order).await;
        let back = Reversal::Amount { minor, goods: Vec::new() };
        let cause = self.mint.mint_anywhere();
        self.books.went_back(&charged, cause, &back).await.unwrap();
        self.told(order).await;
    }
}
