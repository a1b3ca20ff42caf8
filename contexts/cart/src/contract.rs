//! The cases that every adapter of [`Carts`] must pass. Each mints users of its own, so they may
//! share a store.

use crate::{Cart, CartAnswer, CartIntent, Carts, Freeze, Line, Step, rules};
use souk_kernel::{
    BoxFuture, Currency, ManualClock, Mint, Money, OfferId, OrderId, SeededEntropy, Timestamp,
    UserId,
};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on a store that may hold other users' carts, none of them past its time.
    pub run: fn(Arc<dyn Carts>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            let case = |name, run| Case { name, run };
            vec![$(case(stringify!($name), |carts| {
                let bench = Bench::new(carts, stringify!($name));
                Box::pin($name(bench))
            })),*]
        }
        $($(#[$doc])* async fn $name($bench: Bench) $body)*
    };
}

const AT: Timestamp = Timestamp(1_790_000_000_000);
const KEEP: Timestamp = Timestamp(1_791_000_000_000);

/// A store, and ids that no other case has.
struct Bench {
    carts: Arc<dyn Carts>,
    mint: Mint,
}

fn line(offer: OfferId, quantity: u32) -> Line {
    Line { offer, quantity, price: Money::new(1_299, Currency::Eur), added_at: AT }
}

fn intent(user: UserId, step: Step) -> CartIntent {
    CartIntent { user, at: AT, step }
}

fn adding(user: UserId, line: Line, expected_version: Option<u64>) -> CartIntent {
    intent(user, Step::Add { line, expected_version, keep_until: KEEP })
}

impl Bench {
    fn new(carts: Arc<dyn Carts>, case: &str) -> Self {
        // Each case has a second of its own: ids' keys are unique within one mint only.
        let second = case.bytes().fold(7_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 86_399);
        let clock = Arc::new(ManualClock::at(AT.plus_ms(second * 1_000)));
        Self { carts, mint: Mint::new(clock, Arc::new(SeededEntropy::new(second as u64))) }
    }

    fn user(&self) -> UserId {
        self.mint.mint_anywhere()
    }

    fn offer(&self) -> OfferId {
        self.mint.mint_anywhere()
    }

    fn order(&self) -> OrderId {
        self.mint.mint_anywhere()
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Vec<CartAnswer> {
        let count = intents.len();
        let answers = self.carts.apply(intents).await;
        assert_eq!(answers.len(), count, "one answer for each intent");
        answers.into_iter().map(|answer| answer.expect("the store works")).collect()
    }

    async fn one(&self, intent: CartIntent) -> CartAnswer {
        self.apply(vec![intent]).await.remove(0)
    }

    async fn stored(&self, user: UserId) -> Cart {
        self.carts.get(user).await.expect("the store works").expect("there is a cart")
    }
}

cases! {
    async fn nobody_has_no_cart(bench) {
        assert_eq!(bench.carts.get(bench.user()).await, Ok(None));
        let user = bench.user();
        let refused = bench.one(CartIntent::freeze(user, 3, bench.order(), AT)).await;
        assert!(matches!(refused, CartAnswer::Stale(cart) if cart.version == 0));
        assert_eq!(bench.carts.get(user).await, Ok(None), "a refusal writes nothing");
    }

    async fn a_cart_reads_back_as_answered(bench) {
        let (user, first, second) = (bench.user(), bench.offer(), bench.offer());
        for offer in [first, second, first] {
            let answer = bench.one(adding(user, line(offer, 2), None)).await;
            assert!(answer.done());
            assert_eq!(&bench.stored(user).await, answer.cart());
        }
        let cart = bench.stored(user).await;
        let quantities: Vec<_> = cart.lines.iter().map(|l| (l.offer, l.quantity)).collect();
        assert_eq!((cart.version, quantities), (3, vec![(first, 4), (second, 2)]));
        assert_eq!((cart.owner, cart.updated_at, cart.expires_at), (user, AT, KEEP));
    }

    async fn an_emptied_cart_is_a_version(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        bench.one(intent(user, Step::Remove { offer, expected_version: Some(1) })).await;
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.lines.len()), (2, 0));
        let late = bench.one(adding(user, line(offer, 1), Some(1))).await;
        assert!(matches!(late, CartAnswer::Stale(_)), "an old page brings nothing back");
    }

    async fn the_same_cart_twice_in_a_batch(bench) {
        let (user, other, offer) = (bench.user(), bench.user(), bench.offer());
        let add = |user| adding(user, line(offer, 1), None);
        let answers = bench.apply(vec![add(user), add(other), add(user), add(user)]).await;
        let seen: Vec<_> = answers.iter().map(|a| (a.cart().version, a.cart().pieces())).collect();
        assert_eq!(seen, [(1, 1), (1, 1), (2, 2), (3, 3)]);
        assert_eq!(bench.stored(user).await.pieces(), 3);
        assert_eq!(bench.stored(other).await.pieces(), 1);
    }

    async fn one_version_has_one_winner(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        let race = (0..50).map(|_| adding(user, line(offer, 1), Some(1))).collect();
        let answers = bench.apply(race).await;
        assert!(answers[0].done(), "the first to arrive");
        assert!(answers[1..].iter().all(|a| matches!(a, CartAnswer::Stale(c) if c.version == 2)));
        assert_eq!(bench.stored(user).await.pieces(), 2);
    }

    async fn a_refused_intent_leaves_the_others(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        let price = line(offer, 1).price;
        let set = |offer, quantity| {
            let keep_until = KEEP;
            let step = Step::Set { offer, quantity, price, expected_version: None, keep_until };
            intent(user, step)
        };
        let batch = vec![adding(user, line(offer, 1), None), set(bench.offer(), 3), set(offer, 5)];
        let answers = bench.apply(batch).await;
        assert!(matches!(answers[1], CartAnswer::NoLine(_)));
        assert!(answers[0].done() && answers[2].done());
        assert_eq!(bench.stored(user).await.pieces(), 5);
    }

    async fn a_frozen_cart_stands_still(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        let (paying, other) = (bench.order(), bench.order());
        bench.one(adding(user, line(offer, 2), None)).await;
        let answers = bench
            .apply(vec![
                CartIntent::freeze(user, 1, paying, AT),
                CartIntent::freeze(user, 1, other, AT),
                adding(user, line(offer, 1), None),
                CartIntent::freeze(user, 1, paying, AT),
                CartIntent::thaw(user, other, AT),
            ])
            .await;
        let done: Vec<bool> = answers.iter().map(CartAnswer::done).collect();
        assert_eq!(done, [true, false, false, true, true]);
        let cart = bench.stored(user).await;
        assert_eq!((cart.frozen, cart.pieces()), (Some(Freeze::Order(paying)), 2));
        bench.one(CartIntent::thaw(user, paying, AT)).await;
        let late = bench.one(CartIntent::freeze(user, 1, paying, AT)).await;
        assert!(!late.done(), "an order that is over freezes nothing");
        assert!(bench.one(adding(user, line(offer, 1), Some(1))).await.done());
    }

    async fn what_was_ordered_leaves_once(bench) {
        let (user, bought, kept, order) = (bench.user(), bench.offer(), bench.offer(), bench.order());
        bench.one(adding(user, line(bought, 2), None)).await;
        bench.one(adding(user, line(kept, 1), None)).await;
        bench.one(CartIntent::freeze(user, 2, order, AT)).await;
        let ordered = || CartIntent::ordered(user, order, vec![(bought, 2)], AT);
        let answers =
            bench.apply(vec![ordered(), ordered(), adding(user, line(bought, 2), None)]).await;
        assert_eq!(answers[1].cart().pieces(), 1);
        bench.one(ordered()).await;
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.pieces(), cart.frozen), (4, 3, None));
    }

    async fn a_merge_arrives_once(bench) {
        let (guest, account, offer) = (bench.user(), bench.user(), bench.offer());
        bench.one(adding(guest, line(offer, 2), None)).await;
        bench.one(adding(account, line(offer, 1), None)).await;
        let claimed = bench.one(intent(guest, Step::Claim { into: account })).await.cart().clone();
        assert_eq!(claimed.frozen, Some(Freeze::Merge(account)));
        let (from_version, lines) = (claimed.version, claimed.lines);
        let saved = claimed.saved;
        let step = Step::Merge { from: guest, from_version, lines, saved, keep: (KEEP, KEEP) };
        let merge = intent(account, step);
        let release = intent(guest, Step::Release { into: account, from_version });
        bench.apply(vec![merge.clone(), merge.clone(), release.clone(), merge, release]).await;
        assert_eq!(bench.stored(account).await.pieces(), 3);
        let empty = bench.stored(guest).await;
        assert_eq!((empty.version, empty.lines.len(), empty.frozen), (2, 0, None));
    }

    async fn a_line_is_saved_for_later_and_comes_back(bench) {
        let (user, offer, other) = (bench.user(), bench.offer(), bench.offer());
        bench.one(adding(user, line(offer, 2), None)).await;
        let keep = (KEEP, KEEP.plus_ms(1_000));
        let save = |offer| intent(user, Step::Save { offer, expected_version: None, keep });
        let restore = |offer| intent(user, Step::Restore { offer, expected_version: None, keep });
        let answers = bench.apply(vec![save(offer), save(offer), save(other)]).await;
        let done: Vec<bool> = answers.iter().map(CartAnswer::done).collect();
        assert_eq!(done, [true, false, false], "there is no such line any more");
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.lines.len(), cart.saved[0].quantity), (2, 0, 2));
        // A line of the same offer came meanwhile: they are summed.
        bench.one(adding(user, line(offer, 1), None)).await;
        assert!(bench.one(restore(offer)).await.done());
        assert!(!bench.one(restore(offer)).await.done());
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.pieces(), cart.saved.len()), (4, 3, 0));
        bench.one(save(offer)).await;
        let drop_saved = intent(user, Step::DropSaved { offer, expected_version: Some(5) });
        assert!(bench.one(drop_saved).await.done());
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.lines.len(), cart.saved.len()), (6, 0, 0));
    }

    async fn what_is_saved_outlives_the_lines(bench) {
        let (user, offer, other) = (bench.user(), bench.offer(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        let keep = (KEEP, KEEP.plus_ms(1_000));
        bench.one(intent(user, Step::Save { offer, expected_version: None, keep })).await;
        bench.one(adding(user, line(other, 1), None)).await;
        let sweep = async |at: Timestamp| {
            let mut after = None;
            loop {
                after = bench.carts.sweep(at, after, 100).await.expect("the store works").next;
                if after.is_none() {
                    break;
                }
            }
            let cart = bench.stored(user).await;
            (cart.lines.len(), cart.saved.len())
        };
        assert_eq!(sweep(KEEP.plus_ms(-1)).await, (1, 1));
        assert_eq!(sweep(KEEP).await, (0, 1));
        assert_eq!(sweep(KEEP.plus_ms(1_000)).await, (0, 0));
    }

    async fn what_was_read_is_the_price_to_expect(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        let seen = vec![(offer, Money::new(999, Currency::Eur)), (bench.offer(), line(offer, 1).price)];
        let read = || intent(user, Step::Acknowledge { seen: seen.clone() });
        bench.apply(vec![read(), read()]).await;
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.lines[0].price.minor), (1, 999));
    }

    async fn a_guest_who_signs_up_keeps_the_cart_longer(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        let later = KEEP.plus_ms(1_000);
        bench.one(intent(user, Step::Keep { keep: (later, later) })).await;
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.expires_at), (1, later));
        bench.one(intent(user, Step::Keep { keep: (KEEP, KEEP) })).await;
        assert_eq!(bench.stored(user).await.expires_at, later, "never shorter");
        let nobody = bench.user();
        bench.one(intent(nobody, Step::Keep { keep: (later, later) })).await;
        assert_eq!(bench.carts.get(nobody).await, Ok(None));
    }

    async fn two_hundred_lines_fit(bench) {
        let user = bench.user();
        let batch = (0..=rules::MAX_LINES).map(|_| adding(user, line(bench.offer(), 1), None));
        let answers = bench.apply(batch.collect()).await;
        assert!(answers[..rules::MAX_LINES].iter().all(CartAnswer::done));
        assert!(matches!(answers[rules::MAX_LINES], CartAnswer::Full(_)));
        assert_eq!(bench.stored(user).await.lines.len(), rules::MAX_LINES);
    }

    async fn forgotten_lines_are_written_off_by_a_refusal_too(bench) {
        let (user, offer) = (bench.user(), bench.offer());
        bench.one(adding(user, line(offer, 1), None)).await;
        let late = CartIntent { at: KEEP, ..CartIntent::freeze(user, 1, bench.order(), AT) };
        assert!(matches!(bench.one(late).await, CartAnswer::Stale(_)));
        let cart = bench.stored(user).await;
        assert_eq!((cart.version, cart.lines.len()), (2, 0));
    }

    async fn a_sweep_goes_piece_by_piece(bench) {
        let mut users: Vec<UserId> = (0..5).map(|_| bench.user()).collect();
        users.sort();
        for user in &users {
            bench.one(adding(*user, line(bench.offer(), 1), None)).await;
        }
        bench.one(CartIntent::freeze(users[3], 1, bench.order(), AT)).await;
        let (mut after, mut expired) = (None, 0);
        for piece in 0.. {
            assert!(piece < 1_000, "a sweep ends");
            let swept = bench.carts.sweep(KEEP, after, 2).await.expect("the store works");
            assert!(swept.expired <= 2, "no more than asked");
            assert!(swept.next > after || swept.next.is_none(), "it goes on");
            expired += swept.expired;
            after = swept.next;
            if after.is_none() {
                break;
            }
        }
        assert!(expired >= 4);
        for (place, user) in users.iter().enumerate() {
            let cart = bench.stored(*user).await;
            let expected = if place == 3 { (1, 1) } else { (2, 0) };
            assert_eq!((cart.version, cart.lines.len()), expected, "cart {place}");
        }
    }

    /// A store may find carts by the id's key: it must still compare the whole id.
    async fn an_invented_id_finds_nothing(bench) {
        let user = bench.user();
        bench.one(adding(user, line(bench.offer(), 1), None)).await;
        let mut bytes = *user.bytes();
        bytes[15] ^= 1;
        let invented = UserId::from_bytes(bytes);
        assert_eq!(invented.key(), user.key());
        assert_eq!(bench.carts.get(invented).await, Ok(None));
    }

    async fn an_empty_batch_has_no_answers(bench) {
        assert!(bench.carts.apply(Vec::new()).await.is_empty());
    }
}
