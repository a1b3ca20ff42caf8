//! Keeping the books: what orders bring sellers, and what goes back.

use crate::port::{Books, PostRefusal, Posting, Sellers};
use crate::rules::ledger::{self, Reversal};
use crate::{Charged, Line, SellerOrder};
use souk_catalog::HOUSE_SELLER;
use souk_kernel::{Answers, Clock, Id, Mint, OrderId, PortError, SellerId, Timestamp, one};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tries of a posting that loses to others, before it gives up.
const TRIES: usize = 8;

/// The use cases of the books. Each may be repeated: what is written stays as it is.
#[derive(Clone)]
pub struct BookService {
    books: Arc<dyn Books>,
    sellers: Arc<dyn Sellers>,
    clock: Arc<dyn Clock>,
    mint: Mint,
}

impl BookService {
    /// Over the stores.
    #[must_use]
    pub fn new(
        books: Arc<dyn Books>,
        sellers: Arc<dyn Sellers>,
        clock: Arc<dyn Clock>,
        mint: Mint,
    ) -> Self {
        Self { books, sellers, clock, mint }
    }

    /// The store, for reading.
    #[must_use]
    pub fn store(&self) -> &dyn Books {
        &*self.books
    }

    /// Orders were confirmed: writes what they bring, one answer each. One read and one write, however
    /// many orders; none at all where the shop sold everything itself.
    pub async fn sold(&self, orders: &[Charged]) -> Answers<(), PortError> {
        let mut answers = vec![Ok(()); orders.len()];
        let theirs: Vec<usize> = (0..orders.len()).filter(|at| has_others(&orders[*at])).collect();
        if theirs.is_empty() {
            return answers;
        }
        let charged: Vec<&Charged> = theirs.iter().map(|at| &orders[*at]).collect();
        match self.sales(&charged).await {
            Ok(postings) => {
                let (places, batch): (Vec<usize>, Vec<Posting>) = theirs
                    .into_iter()
                    .zip(postings)
                    .filter_map(|(at, posting)| posting.map(|posting| (at, posting)))
                    .unzip();
                if !batch.is_empty() {
                    for (at, posted) in places.into_iter().zip(self.books.post(batch).await) {
                        answers[at] = match posted {
                            // Somebody else wrote the order's lines.
                            Ok(()) | Err(PostRefusal::Stale) => Ok(()),
                            Err(PostRefusal::Port(error)) => Err(error),
                        };
                    }
                }
            }
            Err(error) => theirs.into_iter().for_each(|at| answers[at] = Err(error.clone())),
        }
        answers
    }

    /// What each order brings; `None` where it has its lines, or none of its sellers has an account.
    async fn sales(&self, orders: &[&Charged]) -> Result<Vec<Option<Posting>>, PortError> {
        let ids: Vec<OrderId> = orders.iter().map(|charged| charged.order).collect();
        let known = self.books.lines_of(&ids).await?;
        let mut asked: Vec<(SellerId, Timestamp)> = Vec::new();
        for charged in orders {
            let others = charged.lines.iter().map(|sold| sold.seller);
            asked.extend(others.filter(|s| *s != HOUSE_SELLER).map(|s| (s, charged.placed)));
        }
        asked.sort_unstable();
        asked.dedup();
        let found = self.sellers.rates_at(&asked).await?;
        let rates: BTreeMap<(SellerId, Timestamp), u16> =
            asked.into_iter().zip(found).filter_map(|(ask, rate)| Some((ask, rate?))).collect();
        let at = self.clock.now();
        let posting = |(charged, lines): (&&Charged, Vec<Line>)| {
            if !lines.is_empty() {
                return None;
            }
            let of = |sold: &crate::Sold| {
                rates.get(&(sold.seller, charged.placed)).map(|rate| (sold.seller, *rate))
            };
            let rates: BTreeMap<SellerId, u16> = charged.lines.iter().filter_map(of).collect();
            let lines = ledger::sale(charged, &rates, &self.mint, at);
            let posting = Posting { order: charged.order, expected_lines: 0, lines };
            (!posting.lines.is_empty()).then_some(posting)
        };
        Ok(orders.iter().zip(known).map(posting).collect())
    }

    /// Something of an order went back, or will never be taken. What the order brought is written
    /// first, if it was not yet: facts of orders and of payments come in no order.
    ///
    /// # Errors
    /// The stores'.
    pub async fn went_back(
        &self,
        charged: &Charged,
        cause: Id<()>,
        reversal: &Reversal,
    ) -> Result<(), PortError> {
        if !has_others(charged) {
            return Ok(());
        }
        one(self.sold(std::slice::from_ref(charged)).await)?;
        for _ in 0..TRIES {
            let known = self.books.lines_of(&[charged.order]).await?.pop().unwrap_or_default();
            let of = (charged.order, cause);
            let lines = ledger::reversal(&known, of, reversal, &self.mint, self.clock.now());
            if lines.is_empty() {
                return Ok(());
            }
            let posting = Posting { order: charged.order, expected_lines: known.len(), lines };
            match one(self.books.post(vec![posting]).await) {
                Ok(()) => return Ok(()),
                Err(PostRefusal::Stale) => {}
                Err(PostRefusal::Port(error)) => return Err(error),
            }
        }
        Err(PortError::Conflict("the order's lines keep growing".into()))
    }

    /// Puts orders into their sellers' lists, as they stand now. The shop's own are not listed: they
    /// are its staff's.
    ///
    /// # Errors
    /// The store's.
    pub async fn file(&self, rows: Vec<SellerOrder>) -> Result<(), PortError> {
        let rows: Vec<_> = rows.into_iter().filter(|row| row.seller != HOUSE_SELLER).collect();
        if rows.is_empty() { Ok(()) } else { self.books.file(rows).await }
    }
}

fn has_others(charged: &Charged) -> bool {
    charged.lines.iter().any(|sold| sold.seller != HOUSE_SELLER)
}
