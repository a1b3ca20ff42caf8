//! Stock in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_inventory::rules::{
    Entries, HoldMove, Moved, adjust, aggregate, allocate_together, count, covers, credited,
    decide, parcel, post, receive, transfer,
};
use souk_inventory::{
    Allocation, Entry, EntryKind, Hold, HoldState, Level, ParcelStock, Stock, StockAnswer,
    StockIntent, StockRefusal, TakeHold, Want, WarehouseLevel,
};
use souk_kernel::{Answers, CheckoutId, Clock, PortError, Sku, Timestamp, WarehouseId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Stock without a lock: a store that holds other rooms' rows too plans and executes inside its own.
#[derive(Debug, Clone, Default)]
pub struct StockRows {
    levels: BTreeMap<Sku, BTreeMap<WarehouseId, Level>>,
    holds: BTreeMap<CheckoutId, Hold>,
    ledger: Vec<Entry>,
}

/// What an accepted intent will do: decided, nothing done yet.
#[derive(Debug, Clone)]
pub enum StockPlan {
    /// Write this hold, and post each of its allocations so.
    Hold(Hold, Option<EntryKind>),
    /// Post to levels, which begin with it where there are none; the last one is answered.
    Post(Sku, Vec<(WarehouseId, Entries)>),
    /// It was done before.
    Done(StockAnswer),
}

/// What a parcel will do: decided, nothing done yet.
#[derive(Debug, Clone)]
pub struct ParcelPlan {
    hold: Hold,
    kind: EntryKind,
    lines: Vec<Allocation>,
}

impl StockRows {
    /// A checkout's hold.
    #[must_use]
    pub fn hold(&self, checkout: CheckoutId) -> Option<&Hold> {
        self.holds.get(&checkout)
    }

    /// Every hold.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.values()
    }

    /// The whole ledger, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.ledger
    }

    /// Every SKU that was ever stocked.
    pub fn skus(&self) -> impl Iterator<Item = Sku> {
        self.levels.keys().copied()
    }

    /// A SKU's levels, ordered by warehouse.
    #[must_use]
    pub fn levels(&self, sku: Sku) -> Vec<WarehouseLevel> {
        let at = |(warehouse, level): (&WarehouseId, &Level)| WarehouseLevel {
            warehouse: *warehouse,
            level: *level,
        };
        self.levels.get(&sku).map(|levels| levels.iter().map(at).collect()).unwrap_or_default()
    }

    fn level(&self, sku: Sku, warehouse: WarehouseId) -> Option<Level> {
        self.levels.get(&sku)?.get(&warehouse).copied()
    }

    /// Decides an intent without changing anything.
    ///
    /// # Errors
    /// The rules'.
    pub fn plan(&self, intent: &StockIntent, now: Timestamp) -> Result<StockPlan, StockRefusal> {
        if let Some((checkout, step)) = intent.hold_move() {
            return self.plan_move(checkout, step, now);
        }
        match intent {
            StockIntent::Take(take) => self.plan_take(take, &[]),
            StockIntent::Open { sku, warehouse, quantity } => {
                Ok(match self.level(*sku, *warehouse) {
                    Some(level) => StockPlan::Done(StockAnswer::Level(level)),
                    None => {
                        let first = vec![(EntryKind::Receive, i64::from(*quantity))];
                        StockPlan::Post(*sku, vec![(*warehouse, first)])
                    }
                })
            }
            StockIntent::Receive { sku, warehouse, quantity } => {
                let level = self.level(*sku, *warehouse).unwrap_or_default();
                Ok(StockPlan::Post(*sku, vec![(*warehouse, receive(level, *quantity)?)]))
            }
            StockIntent::Transfer { sku, from, to, quantity } => {
                let level = |warehouse| self.level(*sku, warehouse).unwrap_or_default();
                if from == to {
                    return Err(StockRefusal::BadQuantity);
                }
                let (leave, arrive) = transfer(level(*from), level(*to), *quantity)?;
                Ok(StockPlan::Post(*sku, vec![(*from, leave), (*to, arrive)]))
            }
            StockIntent::Adjust { sku, warehouse, delta } => {
                let level = self.level(*sku, *warehouse).ok_or(StockRefusal::BadQuantity)?;
                Ok(StockPlan::Post(*sku, vec![(*warehouse, adjust(level, *delta)?)]))
            }
            StockIntent::Count { sku, warehouse, expected, counted } => {
                let level = self.level(*sku, *warehouse);
                let level = level.ok_or(StockRefusal::CountChanged { on_hand: 0 })?;
                Ok(StockPlan::Post(*sku, vec![(*warehouse, count(level, *expected, *counted)?)]))
            }
            // Moves were answered above.
            _ => Err(StockRefusal::BadQuantity),
        }
    }

    /// Decides a take. `credit`: what a hold that is released just before will give back.
    ///
    /// # Errors
    /// Not enough; the checkout has another hold.
    pub fn plan_take(
        &self,
        take: &TakeHold,
        credit: &[Allocation],
    ) -> Result<StockPlan, StockRefusal> {
        let wants = aggregate(&take.wants)?;
        if let Some(hold) = self.holds.get(&take.checkout) {
            return if covers(&hold.allocations, &wants) {
                Ok(StockPlan::Done(StockAnswer::Hold(hold.clone())))
            } else {
                Err(StockRefusal::HoldGone(hold.state))
            };
        }
        let stocked = |want: Want| (want, credited(want.sku, &self.levels(want.sku), credit));
        let stocked: Vec<_> = wants.into_iter().map(stocked).collect();
        let allocations = allocate_together(&stocked)?;
        let pinned = take.pinned_by.is_some();
        let hold = Hold {
            checkout: take.checkout,
            state: if pinned { HoldState::Paying } else { HoldState::Held },
            order: take.pinned_by,
            deadline: take.deadline,
            allocations,
        };
        Ok(StockPlan::Hold(hold, Some(EntryKind::Hold)))
    }

    fn plan_move(
        &self,
        checkout: CheckoutId,
        step: HoldMove,
        now: Timestamp,
    ) -> Result<StockPlan, StockRefusal> {
        let hold = self.holds.get(&checkout).ok_or(StockRefusal::NoHold)?;
        match decide(hold, step, now)? {
            Moved::Already => Ok(StockPlan::Done(StockAnswer::Hold(hold.clone()))),
            Moved::To(state, entry) => {
                let order = match step {
                    HoldMove::Pin(order) => Some(order),
                    HoldMove::Unpin(_) => None,
                    _ => hold.order,
                };
                Ok(StockPlan::Hold(Hold { state, order, ..hold.clone() }, entry))
            }
        }
    }

    /// Does what was planned on these very rows.
    pub fn execute(&mut self, plan: StockPlan, now: Timestamp) -> StockAnswer {
        match plan {
            StockPlan::Done(answer) => answer,
            StockPlan::Hold(hold, entry) => {
                if let Some(kind) = entry {
                    for a in &hold.allocations {
                        let (sku, warehouse) = (a.sku, a.warehouse);
                        let (quantity, checkout) = (i64::from(a.quantity), Some(hold.checkout));
                        self.post(Entry { sku, warehouse, kind, quantity, checkout, at: now });
                    }
                }
                self.holds.insert(hold.checkout, hold.clone());
                StockAnswer::Hold(hold)
            }
            StockPlan::Post(sku, places) => {
                let last = places.last().map(|(warehouse, _)| *warehouse);
                for (warehouse, entries) in places {
                    for (kind, quantity) in entries {
                        self.post(Entry {
                            sku,
                            warehouse,
                            kind,
                            quantity,
                            checkout: None,
                            at: now,
                        });
                    }
                }
                let level = last.and_then(|warehouse| self.level(sku, warehouse));
                StockAnswer::Level(level.unwrap_or_default())
            }
        }
    }

    /// Decides what a parcel does, without changing anything.
    ///
    /// # Errors
    /// The rules'.
    pub fn plan_parcel(&self, step: &ParcelStock) -> Result<ParcelPlan, StockRefusal> {
        let hold = self.holds.get(&step.checkout).ok_or(StockRefusal::NoHold)?;
        let (state, kind) = parcel(hold, step, |sku, warehouse| self.level(sku, warehouse))?;
        let hold = Hold { state: state.unwrap_or(hold.state), ..hold.clone() };
        Ok(ParcelPlan { hold, kind, lines: step.lines.clone() })
    }

    /// Does what was planned on these very rows.
    pub fn execute_parcel(&mut self, plan: ParcelPlan, now: Timestamp) {
        let ParcelPlan { hold, kind, lines } = plan;
        for line in lines {
            let (sku, warehouse) = (line.sku, line.warehouse);
            let (quantity, checkout) = (i64::from(line.quantity), Some(hold.checkout));
            self.post(Entry { sku, warehouse, kind, quantity, checkout, at: now });
        }
        self.holds.insert(hold.checkout, hold);
    }

    fn post(&mut self, entry: Entry) {
        let level = self.levels.entry(entry.sku).or_default().entry(entry.warehouse).or_default();
        let next = post(*level, entry.kind, entry.quantity);
        // Planned on the same rows: if it does not fit, the specification itself is wrong.
        *level = next.expect("what was planned fits");
        self.ledger.push(entry);
    }

    /// Decides and does one intent.
    ///
    /// # Errors
    /// The rules'.
    pub fn apply(
        &mut self,
        intent: &StockIntent,
        now: Timestamp,
    ) -> Result<StockAnswer, StockRefusal> {
        let plan = self.plan(intent, now)?;
        Ok(self.execute(plan, now))
    }

    /// Checkouts whose unpinned hold is past its deadline, oldest first.
    #[must_use]
    pub fn expired(&self, now: Timestamp, limit: usize) -> Vec<CheckoutId> {
        let due = |hold: &&Hold| hold.state == HoldState::Held && hold.deadline <= now;
        let mut due: Vec<_> =
            self.holds.values().filter(due).map(|h| (h.deadline, h.checkout)).collect();
        due.sort();
        due.into_iter().take(limit).map(|(_, checkout)| checkout).collect()
    }

    /// A SKU's newest entries, newest first.
    #[must_use]
    pub fn ledger(&self, sku: Sku, limit: usize) -> Vec<Entry> {
        self.ledger.iter().rev().filter(|e| e.sku == sku).take(limit).cloned().collect()
    }
}

/// Stock in a store of its own: one lock, so that each intent is atomic.
pub struct MemoryStock {
    rows: Mutex<StockRows>,
    clock: Arc<dyn Clock>,
}

impl MemoryStock {
    /// An empty store that compares deadlines with `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { rows: Mutex::new(StockRows::default()), clock }
    }

    /// A copy of everything, for checks.
    #[must_use]
    pub fn rows(&self) -> StockRows {
        self.rows.lock().clone()
    }
}

#[async_trait]
impl Stock for MemoryStock {
    async fn apply(&self, batch: Vec<StockIntent>) -> Answers<StockAnswer, StockRefusal> {
        let now = self.clock.now();
        let mut rows = self.rows.lock();
        batch.iter().map(|intent| rows.apply(intent, now)).collect()
    }

    async fn hold(&self, checkout: CheckoutId) -> Result<Option<Hold>, PortError> {
        Ok(self.rows.lock().hold(checkout).cloned())
    }

    async fn levels(&self, sku: Sku) -> Result<Vec<WarehouseLevel>, PortError> {
        Ok(self.rows.lock().levels(sku))
    }

    async fn expired(&self, limit: usize) -> Result<Vec<CheckoutId>, PortError> {
        let now = self.clock.now();
        Ok(self.rows.lock().expired(now, limit))
    }

    async fn ledger(&self, sku: Sku, limit: usize) -> Result<Vec<Entry>, PortError> {
        Ok(self.rows.lock().ledger(sku, limit))
    }
}
