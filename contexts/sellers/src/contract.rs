//! What every adapter of [`Sellers`] and [`Books`] must do. An adapter's test runs each of [`cases`] on a
//! fresh store that keeps facts too.

mod accounts;
mod books;

use crate::port::{NewSeller, NewSellerSession};
use crate::{Books, Rate, SellerAccount, SellerMember, SellerState, Sellers};
use souk_accounts::{Email, TokenDigest};
use souk_kernel::{
    BoxFuture, HOUR_MS, Id, ManualClock, Mint, Outbox, SeededEntropy, SellerId, Timestamp,
};
use std::sync::Arc;

/// The stores under test: one store behind three ports.
#[derive(Clone)]
pub struct Bench {
    /// A port under test.
    pub sellers: Arc<dyn Sellers>,
    /// The other one.
    pub books: Arc<dyn Books>,
    /// Where facts wait.
    pub outbox: Arc<dyn Outbox>,
}

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Bench) -> BoxFuture<'static, ()>,
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut all = accounts::cases();
    all.extend(books::cases());
    all
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! case_list {
    ($(async fn $name:ident($bench:ident) $body:block)*) => {
        pub(super) fn cases() -> Vec<super::Case> {
            vec![$(super::Case {
                name: stringify!($name),
                run: |bench| Box::pin($name(bench)),
            }),*]
        }
        $(async fn $name($bench: super::Bench) $body)*
    };
}
use case_list;

/// The moment of every case; the store's clock stands here or later.
pub const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Mints what a case needs, the same in every run.
struct Maker(Mint);

impl Maker {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self(Mint::new(clock, Arc::new(SeededEntropy::new(23))))
    }

    fn id<N>(&self) -> Id<N> {
        self.0.mint_anywhere()
    }

    fn account(&self, id: SellerId, state: SellerState) -> SellerAccount {
        SellerAccount {
            id,
            state,
            reason: String::new(),
            since: NOW,
            by: None,
            applied_at: NOW,
            version: 1,
        }
    }

    fn seller(&self, email: &str, state: SellerState) -> NewSeller {
        let account = self.account(self.id(), state);
        let member = SellerMember {
            id: self.id(),
            seller: account.id,
            email: Email::stored(email.to_owned()),
            created: NOW,
        };
        let rate = Rate { from: NOW, basis_points: 1_000, by: None };
        NewSeller { account, member, password_hash: String::from("$hash"), rate }
    }

    fn session(&self, of: &NewSeller, token: &str, hours: i64) -> NewSellerSession {
        let expires = NOW.plus_ms(hours * HOUR_MS);
        NewSellerSession { member: of.member.id, token: TokenDigest::of(token), expires }
    }
}
