//! What the cases share: ids, intents, and the check that the ledger explains the levels.

use super::{Fixture, START};
use crate::rules::post;
use crate::{
    Hold, Level, PinHold, Stock, StockAnswer, StockIntent, StockRefusal, TakeHold, Want,
    WarehouseLevel,
};
use souk_kernel::{
    CheckoutId, Id, MINUTE_MS, ManualClock, Mint, OrderId, SeededEntropy, Sku, Timestamp,
    WarehouseId, one,
};
use std::sync::Arc;

/// When the cases' holds end.
pub(super) const DEADLINE: Timestamp = START.plus_ms(15 * MINUTE_MS);

pub(super) struct Bench {
    pub(super) stock: Arc<dyn Stock>,
    pub(super) clock: Arc<ManualClock>,
    mint: Mint,
}

pub(super) fn want(sku: Sku, quantity: u32) -> Want {
    Want { sku, quantity }
}

pub(super) fn take(checkout: CheckoutId, wants: &[Want]) -> StockIntent {
    let wants = wants.to_vec();
    StockIntent::Take(TakeHold { checkout, wants, deadline: DEADLINE, pinned_by: None })
}

pub(super) fn take_pinned(checkout: CheckoutId, wants: &[Want], order: OrderId) -> StockIntent {
    let wants = wants.to_vec();
    StockIntent::Take(TakeHold { checkout, wants, deadline: DEADLINE, pinned_by: Some(order) })
}

pub(super) const fn pin(checkout: CheckoutId, order: OrderId) -> PinHold {
    PinHold { checkout, order }
}

pub(super) fn hold_of(answer: &Result<StockAnswer, StockRefusal>) -> &Hold {
    match answer {
        Ok(StockAnswer::Hold(hold)) => hold,
        other => panic!("a hold was expected: {other:?}"),
    }
}

impl Bench {
    pub(super) fn new(fixture: Fixture) -> Self {
        let Fixture { stock, clock } = fixture;
        let entropy = Arc::new(SeededEntropy::new(17));
        // Ids don't follow the case's clock, which may step back.
        let mint = Mint::new(Arc::new(ManualClock::at(START)), entropy);
        Self { stock, clock, mint }
    }

    pub(super) fn id<N>(&self) -> Id<N> {
        self.mint.mint_anywhere()
    }

    /// A fresh SKU, with so many in each of as many fresh warehouses.
    pub(super) async fn stocked(&self, quantities: &[u32]) -> (Sku, Vec<WarehouseId>) {
        let sku = self.id();
        let warehouses: Vec<WarehouseId> = quantities.iter().map(|_| self.id()).collect();
        for (warehouse, quantity) in warehouses.iter().zip(quantities) {
            let open = StockIntent::Open { sku, warehouse: *warehouse, quantity: *quantity };
            self.done(open).await;
        }
        (sku, warehouses)
    }

    pub(super) async fn apply(
        &self,
        batch: Vec<StockIntent>,
    ) -> Vec<Result<StockAnswer, StockRefusal>> {
        let count = batch.len();
        let answers = self.stock.apply(batch).await;
        assert_eq!(answers.len(), count, "one answer for each intent");
        answers
    }

    pub(super) async fn one(&self, intent: StockIntent) -> Result<StockAnswer, StockRefusal> {
        one(self.apply(vec![intent]).await)
    }

    pub(super) async fn done(&self, intent: StockIntent) -> StockAnswer {
        let shown = format!("{intent:?}");
        self.one(intent).await.unwrap_or_else(|refusal| panic!("{shown}: {refusal:?}"))
    }

    pub(super) async fn hold(&self, checkout: CheckoutId) -> Option<Hold> {
        self.stock.hold(checkout).await.expect("the store works")
    }

    pub(super) async fn levels(&self, sku: Sku) -> Vec<WarehouseLevel> {
        self.stock.levels(sku).await.expect("the store works")
    }

    /// The level of a SKU that lies in one warehouse.
    pub(super) async fn level(&self, sku: Sku) -> Level {
        let levels = self.levels(sku).await;
        assert_eq!(levels.len(), 1, "{levels:?}");
        levels[0].level
    }

    /// `ledgers-sum` and `no-oversell` for a SKU: its ledger, from the first line, makes its levels,
    /// and no term is negative on the way.
    pub(super) async fn ledger_explains(&self, sku: Sku) {
        let ledger = self.stock.ledger(sku, usize::MAX).await.expect("the store works");
        let levels = self.levels(sku).await;
        for at in &levels {
            let mine = ledger.iter().rev().filter(|entry| entry.warehouse == at.warehouse);
            let sum = mine.fold(Level::default(), |level, entry| {
                post(level, entry.kind, entry.quantity)
                    .unwrap_or_else(|| panic!("{entry:?} does not fit {level:?}"))
            });
            assert_eq!(sum, at.level, "the ledger of {sku} in {}", at.warehouse);
        }
        let stray = ledger.iter().find(|e| levels.iter().all(|l| l.warehouse != e.warehouse));
        assert_eq!(stray, None, "an entry without a level");
    }
}
