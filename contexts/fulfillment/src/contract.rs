//! The cases that every adapter of [`Fulfillments`] must pass. An adapter's test runs each of [`cases`]
//! on an empty store of its own.

use crate::rules::{Draft, Pace};
use crate::{
    Fulfillment, Fulfillments, Open, Parcel, ParcelLine, ParcelState, Scan, Step, StepRefusal,
};
use souk_inventory::{
    Allocation, HoldState, Level, ParcelStock, PinHold, Stock, StockIntent, StockRefusal, TakeHold,
    Want,
};
use souk_kernel::{
    BoxFuture, Bucket, Id, ManualClock, Mint, Outbox, SeededEntropy, Sku, Timestamp, WarehouseId,
    one,
};
use std::sync::Arc;

/// Where a fixture's clock stands at first.
pub const START: Timestamp = Timestamp(1_790_000_000_000);

/// An empty store, with the stock that lies in it, and its clock, at [`START`].
#[derive(Clone)]
pub struct Fixture {
    /// Parcels.
    pub parcels: Arc<dyn Fulfillments>,
    /// Stock, in the same store.
    pub stock: Arc<dyn Stock>,
    /// Facts, in the same store.
    pub outbox: Arc<dyn Outbox>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
}

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// The body.
    pub run: fn(Fixture) -> BoxFuture<'static, ()>,
}

/// An order of two pieces in one parcel, sold and not shipped.
struct Sold {
    all: Fulfillment,
    sku: Sku,
    warehouse: WarehouseId,
}

struct Bench {
    at: Fixture,
    mint: Mint,
}

/// Far from any wall.
const BY_HAND: Pace = Pace { speed: 0, failures: 0 };

impl Bench {
    fn new(at: Fixture) -> Self {
        let mint = Mint::new(Arc::new(ManualClock::at(START)), Arc::new(SeededEntropy::new(1)));
        Self { at, mint }
    }

    fn id<N>(&self) -> Id<N> {
        self.mint.mint(Bucket::of(7))
    }

    async fn stock(&self, intent: StockIntent) -> Result<(), StockRefusal> {
        one(self.at.stock.apply(vec![intent]).await).map(|_| ())
    }

    async fn level(&self, sku: Sku) -> Level {
        self.at.stock.levels(sku).await.expect("the store works")[0].level
    }

    async fn facts(&self) -> u64 {
        self.at.outbox.lag(START).await.expect("the store works").count
    }

    async fn stored(&self, sold: &Sold) -> Fulfillment {
        let found = self.at.parcels.of_order(sold.all.order).await.expect("the store works");
        found.expect("it was opened")
    }

    /// Ten pieces in a warehouse, two of them sold; the parcel is not opened yet.
    async fn sold(&self) -> Sold {
        let (sku, warehouse, checkout, order) = (self.id(), self.id(), self.id(), self.id());
        self.stock(StockIntent::Open { sku, warehouse, quantity: 10 }).await.expect("a level");
        let wants = vec![Want { sku, quantity: 2 }];
        let deadline = START.plus_ms(1_000);
        let take = TakeHold { checkout, wants, deadline, pinned_by: Some(order) };
        self.stock(StockIntent::Take(take)).await.expect("there is enough");
        self.stock(StockIntent::Commit(PinHold { checkout, order })).await.expect("it is pinned");
        let parcel = Parcel {
            no: 1,
            seller: self.id(),
            warehouse,
            lines: vec![ParcelLine { sku, quantity: 2 }],
            scans: vec![Scan { state: ParcelState::Label, at: START }],
            tracking: None,
            carrier: None,
        };
        let (user, parcels) = (self.id(), vec![parcel]);
        let (promised, returns) = (Some(START), Vec::new());
        let all = Fulfillment { order, user, checkout, version: 1, promised, parcels, returns };
        Sold { all, sku, warehouse }
    }

    async fn open(&self, sold: &Sold, due: Option<Timestamp>) -> bool {
        let open = Open { fulfillment: sold.all.clone(), due, speed: Some(7) };
        one(self.at.parcels.open(vec![open]).await).expect("the store works")
    }

    async fn step(&self, step: Step) -> Result<(), StepRefusal> {
        one(self.at.parcels.step(vec![step]).await)
    }
}

fn leaves(all: &Fulfillment) -> Step {
    let mut draft = Draft::of(all);
    draft.move_parcel(1, ParcelState::Packed, START).expect("drawn");
    draft.move_parcel(1, ParcelState::PickedUp, START).expect("drawn");
    draft.step(&BY_HAND)
}

fn packed(all: &Fulfillment) -> Step {
    let mut draft = Draft::of(all);
    draft.move_parcel(1, ParcelState::Packed, START).expect("drawn");
    draft.step(&BY_HAND)
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! contract_cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case {
                name: stringify!($name),
                run: |fixture| Box::pin($name(Bench::new(fixture))),
            }),*]
        }
        $($(#[$doc])* async fn $name($bench: Bench) $body)*
    };
}

contract_cases! {
    async fn an_orders_parcels_are_opened_once(bench) {
        let sold = bench.sold().await;
        assert_eq!(bench.at.parcels.of_order(sold.all.order).await, Ok(None));
        assert!(bench.open(&sold, None).await);
        let mut other = sold.all.clone();
        other.parcels[0].lines[0].quantity = 1;
        let again = Open { fulfillment: other, due: None, speed: None };
        assert_eq!(one(bench.at.parcels.open(vec![again]).await), Ok(false));
        assert_eq!(bench.stored(&sold).await, sold.all, "as it was opened first");
    }

    /// Whoever invents the tail of an id has not named an order.
    async fn an_id_is_compared_whole(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        let mut bytes = *sold.all.order.bytes();
        bytes[15] ^= 1;
        assert_eq!(bench.at.parcels.of_order(Id::from_bytes(bytes)).await, Ok(None));
    }

    async fn a_parcel_that_leaves_takes_its_pieces_along(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        let before = bench.facts().await;
        let step = leaves(&sold.all);
        bench.step(step.clone()).await.expect("it leaves");
        assert_eq!(bench.stored(&sold).await, step.next);
        let level = bench.level(sold.sku).await;
        assert_eq!(level, Level { on_hand: 8, ..Level::default() });
        let hold = bench.at.stock.hold(sold.all.checkout).await.expect("the store works");
        assert_eq!(hold.map(|hold| hold.state), Some(HoldState::Shipped));
        assert_eq!(bench.facts().await - before, step.events.len() as u64);
    }

    /// From then on its order can't be cancelled.
    async fn what_has_left_is_not_restocked(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        bench.step(leaves(&sold.all)).await.expect("it leaves");
        let pin = PinHold { checkout: sold.all.checkout, order: sold.all.order };
        let refused = bench.stock(StockIntent::Restock(pin)).await;
        assert_eq!(refused, Err(StockRefusal::HoldGone(HoldState::Shipped)));
        assert_eq!(bench.level(sold.sku).await, Level { on_hand: 8, ..Level::default() });
    }

    /// Whichever is first: a cancelled order's parcel does not leave.
    async fn what_was_restocked_does_not_leave(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        let pin = PinHold { checkout: sold.all.checkout, order: sold.all.order };
        bench.stock(StockIntent::Restock(pin)).await.expect("not shipped yet");
        let before = bench.facts().await;
        let refused = bench.step(leaves(&sold.all)).await;
        let gone = StockRefusal::HoldGone(HoldState::Restocked);
        assert_eq!(refused, Err(StepRefusal::Stock(gone)));
        assert_eq!(bench.stored(&sold).await, sold.all, "nothing was changed");
        assert_eq!(bench.facts().await, before, "nothing was told");
        assert_eq!(bench.level(sold.sku).await, Level { on_hand: 10, ..Level::default() });
    }

    async fn a_step_applies_to_its_version_only(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        let (first, second) = (packed(&sold.all), leaves(&sold.all));
        let before = bench.facts().await;
        let answers = bench.at.parcels.step(vec![first.clone(), second]).await;
        assert_eq!(answers, [Ok(()), Err(StepRefusal::Stale)]);
        assert_eq!(bench.stored(&sold).await, first.next);
        assert_eq!(bench.facts().await - before, first.events.len() as u64);
        let level = bench.level(sold.sku).await;
        assert_eq!(level, Level { on_hand: 10, committed: 2, ..Level::default() });
    }

    async fn a_step_of_what_was_never_opened_is_refused(bench) {
        let sold = bench.sold().await;
        assert_eq!(bench.step(packed(&sold.all)).await, Err(StepRefusal::Stale));
        assert_eq!(bench.at.parcels.of_order(sold.all.order).await, Ok(None));
    }

    async fn what_comes_back_is_on_the_shelf_again(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, None).await;
        bench.step(leaves(&sold.all)).await.expect("it leaves");
        let stored = bench.stored(&sold).await;
        let (checkout, version) = (stored.checkout, stored.version);
        let back = |quantity| Step {
            expected_version: version,
            next: Fulfillment { version: version + 1, ..stored.clone() },
            due: None,
            speed: None,
            stock: vec![ParcelStock {
                checkout,
                order: None,
                lines: vec![Allocation { sku: sold.sku, warehouse: sold.warehouse, quantity }],
            }],
            events: Vec::new(),
            key: None,
        };
        let refused = bench.step(back(3)).await;
        assert_eq!(refused, Err(StepRefusal::Stock(StockRefusal::BadQuantity)), "never had three");
        bench.step(back(1)).await.expect("one of two");
        assert_eq!(bench.level(sold.sku).await, Level { on_hand: 9, ..Level::default() });
        assert_eq!(bench.step(back(1)).await, Err(StepRefusal::Stale), "and not again");
    }

    /// A request's key is one order's, from the first step with it on; a refused step claims nothing.
    async fn a_key_is_one_orders(bench) {
        let (sold, other) = (bench.sold().await, bench.sold().await);
        bench.open(&sold, None).await;
        bench.open(&other, None).await;
        let keyed = |all: &Fulfillment, key| Step { key: Some([key; 16]), ..packed(all) };
        let stale = Step { expected_version: 7, ..keyed(&other.all, 1) };
        assert_eq!(bench.step(stale).await, Err(StepRefusal::Stale));
        bench.step(keyed(&sold.all, 1)).await.expect("the first with it");
        assert_eq!(bench.step(keyed(&other.all, 1)).await, Err(StepRefusal::KeyReused));
        assert_eq!(bench.stored(&other).await, other.all, "nothing was changed");
        let stored = bench.stored(&sold).await;
        let mut again = Draft::of(&stored);
        again.move_parcel(1, ParcelState::PickedUp, START).expect("drawn");
        let again = Step { key: Some([1; 16]), ..again.step(&BY_HAND) };
        bench.step(again).await.expect("its own");
        bench.step(keyed(&other.all, 2)).await.expect("another key");
    }

    async fn what_is_due_comes_most_overdue_first(bench) {
        let mut sold = Vec::new();
        for due in [Some(30), Some(10), None, Some(20), Some(99)] {
            let one = bench.sold().await;
            bench.open(&one, due.map(|ms| START.plus_ms(ms))).await;
            sold.push(one.all.order);
        }
        bench.at.clock.set(START.plus_ms(30));
        let due = |found: Vec<Fulfillment>| found.iter().map(|f| f.order).collect::<Vec<_>>();
        let found = bench.at.parcels.due(10).await.expect("the store works");
        assert_eq!(due(found), [sold[1], sold[3], sold[0]]);
        let found = bench.at.parcels.due(2).await.expect("the store works");
        assert_eq!(due(found), [sold[1], sold[3]]);
    }

    async fn a_step_says_when_it_is_due_again(bench) {
        let sold = bench.sold().await;
        bench.open(&sold, Some(START)).await;
        let step = Step { due: Some(START.plus_ms(50)), ..packed(&sold.all) };
        bench.step(step).await.expect("it is packed");
        assert_eq!(bench.at.parcels.due(10).await, Ok(vec![]));
        bench.at.clock.set(START.plus_ms(50));
        assert_eq!(bench.at.parcels.due(10).await.map(|found| found.len()), Ok(1));
    }

    /// What has another speed's time is found, whether that was faster or slower, until a step gives it
    /// its own; what no carrier has anything left to do for never is.
    async fn what_was_reckoned_by_another_speed_is_found(bench) {
        let (sold, ended) = (bench.sold().await, bench.sold().await);
        bench.open(&sold, None).await;
        let done = Open { fulfillment: ended.all.clone(), due: Some(START), speed: None };
        assert_eq!(one(bench.at.parcels.open(vec![done]).await), Ok(true));
        let found = |speed, limit| {
            let parcels = bench.at.parcels.clone();
            async move {
                let found = parcels.reckoned_otherwise(speed, limit).await.expect("the store works");
                found.iter().map(|all| all.order).collect::<Vec<_>>()
            }
        };
        assert_eq!(found(7, 9).await, []);
        assert_eq!(found(0, 9).await, [sold.all.order]);
        assert_eq!(found(600, 9).await, [sold.all.order]);
        assert_eq!(found(600, 0).await, []);
        let step = Step { speed: Some(600), ..packed(&sold.all) };
        bench.step(step).await.expect("it is packed");
        assert_eq!((found(600, 9).await, found(7, 9).await), (vec![], vec![sold.all.order]));
    }
}
