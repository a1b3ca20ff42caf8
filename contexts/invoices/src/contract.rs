//! What every adapter of [`Invoices`] must do. An adapter's test runs each of [`cases`] on a fresh store.

use crate::{Content, Document, Draft, Invoices, Issue, IssueRefusal, Kind, Line, RateSum, Source};
use futures_util::future::join_all;
use souk_kernel::{
    BoxFuture, Bucket, Currency, Id, ManualClock, Mint, Money, OrderId, SeededEntropy, SellerId,
    Timestamp, one,
};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Invoices>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |store| Box::pin($name(store)) }),*]
        }
        $($(#[$doc])* async fn $name($store: Arc<dyn Invoices>) $body)*
    };
}

fn seller(n: u8) -> SellerId {
    Id::from_bytes([n; 16])
}

/// Orders' ids, the same in every run.
fn orders(many: usize) -> Vec<OrderId> {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let mint = Mint::new(clock, Arc::new(SeededEntropy::new(23)));
    (0..many).map(|_| mint.mint(Bucket::of(1))).collect()
}

fn draft(order: OrderId, seller: SellerId, source: Source, minor: i64) -> Draft {
    let money = |minor| Money::new(minor, Currency::Eur);
    let kind = if source == Source::Order { Kind::Invoice } else { Kind::CreditNote };
    let line = Line {
        title: "A \"quoted\" kettle; --'ü".into(),
        sku: (minor % 2 == 0).then(|| Id::from_bytes([77; 16])),
        quantity: 3,
        unit_price: money(minor / 3),
        rate_bp: 1_900,
        tax: money(minor / 7),
        total: money(minor),
    };
    let rates =
        vec![RateSum { rate_bp: 1_900, net: money(minor - minor / 7), tax: money(minor / 7) }];
    let corrects = (kind == Kind::CreditNote).then_some(1);
    let content = Content { kind, corrects, lines: vec![line], rates, total: money(minor) };
    Draft { seller, order, user: Id::from_bytes([200; 16]), source, content }
}

fn issue(order: OrderId, source: Source, sellers: &[SellerId], seen: usize) -> Issue {
    let drafts = sellers.iter().map(|seller| draft(order, *seller, source, 1_000)).collect();
    Issue { order, source, drafts, seen }
}

async fn numbers(store: &Arc<dyn Invoices>, of: SellerId) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    loop {
        let after = found.last().copied().unwrap_or(0);
        let page = store.of_seller(of, after, 7).await.expect("the store works");
        if page.is_empty() {
            return found;
        }
        assert!(page.iter().all(|document| document.draft.seller == of));
        found.extend(page.iter().map(|document| document.number));
    }
}

fn labels(documents: &[Document]) -> Vec<(SellerId, u64)> {
    documents.iter().map(|document| (document.draft.seller, document.number)).collect()
}

cases! {
    async fn a_document_reads_back_as_it_was_issued(store) {
        let order = orders(1)[0];
        let asked = issue(order, Source::Order, &[seller(1), seller(2)], 0);
        let kept = one(store.issue(vec![asked.clone()]).await).expect("issued");
        let drafts: Vec<Draft> = kept.iter().map(|document| document.draft.clone()).collect();
        assert_eq!(drafts, asked.drafts);
        assert_eq!(labels(&kept), [(seller(1), 1), (seller(2), 1)]);
        assert_eq!(store.of_order(order).await, Ok(kept));
        assert_eq!(store.of_order(orders(2)[1]).await, Ok(Vec::new()));
    }

    async fn numbers_have_no_gaps_and_belong_to_their_seller(store) {
        let all = orders(12);
        for (n, order) in all.iter().enumerate() {
            let sellers = if n % 3 == 0 { vec![seller(1), seller(2)] } else { vec![seller(1)] };
            one(store.issue(vec![issue(*order, Source::Order, &sellers, 0)]).await).expect("issued");
        }
        assert_eq!(numbers(&store, seller(1)).await, (1..=12).collect::<Vec<_>>());
        assert_eq!(numbers(&store, seller(2)).await, (1..=4).collect::<Vec<_>>());
        assert_eq!(numbers(&store, seller(3)).await, Vec::<u64>::new());
    }

    /// The same order and source, in one batch and later, whatever the drafts say.
    async fn the_same_again_is_the_same_document(store) {
        let order = orders(1)[0];
        let asked = issue(order, Source::Order, &[seller(1)], 0);
        let mut other = asked.clone();
        other.drafts[0].content.total.minor += 1;
        let answers = store.issue(vec![asked.clone(), other.clone()]).await;
        assert!(answers[0].is_ok());
        assert_eq!(answers[0], answers[1]);
        assert_eq!(one(store.issue(vec![other]).await), answers[0]);
        assert_eq!(numbers(&store, seller(1)).await, [1]);
    }

    /// An intent that was computed from what is old takes no number, and leaves the others alone.
    async fn a_refusal_leaves_no_gap(store) {
        let all = orders(3);
        let refund = Source::Refund(Id::from_bytes([9; 16]));
        let batch = vec![
            issue(all[0], Source::Order, &[seller(1)], 0),
            issue(all[0], refund, &[seller(1)], 0),
            issue(all[1], Source::Order, &[seller(1)], 0),
            issue(all[0], refund, &[seller(1)], 1),
            issue(all[0], Source::Cancelled, &[seller(1)], 1),
            issue(all[2], Source::Order, &[seller(1)], 1),
        ];
        let answers = store.issue(batch).await;
        let numbers_of = |at: usize| answers[at].clone().map(|kept| kept[0].number);
        let stale = Err(IssueRefusal::Stale);
        let seen: Vec<_> = (0..answers.len()).map(numbers_of).collect();
        assert_eq!(seen, [Ok(1), stale.clone(), Ok(2), Ok(3), stale.clone(), stale]);
        assert_eq!(numbers(&store, seller(1)).await, [1, 2, 3]);
        let of_first = store.of_order(all[0]).await.expect("the store works");
        assert_eq!(labels(&of_first), [(seller(1), 1), (seller(1), 3)]);
    }

    /// Many at once, some of them twice: every number once, none missing.
    async fn concurrent_issuers_leave_no_gap(store) {
        let all = orders(60);
        let asks = all.iter().chain(&all[..20]).map(|order| {
            let store = Arc::clone(&store);
            let asked = issue(*order, Source::Order, &[seller(1), seller(2)], 0);
            async move { one(store.issue(vec![asked]).await).expect("issued") }
        });
        let kept = join_all(asks).await;
        for (first, again) in kept[..20].iter().zip(&kept[60..]) {
            assert_eq!(first, again);
        }
        for of in [seller(1), seller(2)] {
            assert_eq!(numbers(&store, of).await, (1..=60).collect::<Vec<_>>());
        }
    }

    async fn an_empty_batch_has_no_answers(store) {
        assert!(store.issue(Vec::new()).await.is_empty());
    }
}
