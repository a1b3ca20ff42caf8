//! What every adapter of [`Reviews`] must do. An adapter's test runs each of [`cases`] on a fresh store
//! that keeps facts too.

use crate::event::REVIEWS_CHANGED;
use crate::rules::{HOLD_AFTER, spot};
use crate::{
    Change, Draft, Mark, Marked, Review, ReviewId, ReviewRefusal, Reviews, Shelf, Sorting,
    Standing, Stars, Summary, Verdict,
};
use souk_kernel::{
    BoxFuture, Bucket, Entropy, Id, LANES, ManualClock, Mint, Outbox, ProductId, SeededEntropy,
    Timestamp, UserId,
};
use std::sync::Arc;

/// The stores under test: one store behind two ports.
#[derive(Clone)]
pub struct Bench {
    /// The port under test.
    pub reviews: Arc<dyn Reviews>,
    /// Where its facts wait.
    pub outbox: Arc<dyn Outbox>,
}

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Bench) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case { name: stringify!($name), run: |bench| Box::pin($name(bench)) }),*]
        }
        $($(#[$doc])* async fn $name($bench: Bench) $body)*
    };
}

const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn product(n: u8) -> ProductId {
    Id::from_bytes([n; 16])
}

fn user(n: u8) -> UserId {
    Id::from_bytes([100 + n; 16])
}

/// Mints what a case needs, the same in every run.
struct Maker(Mint);

impl Maker {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self(Mint::new(clock, Arc::new(SeededEntropy::new(11))))
    }

    fn review(&self, of: ProductId, by: UserId, stars: u8) -> Review {
        Review {
            id: self.0.mint(Bucket::of(1)),
            product: of,
            author: by,
            byline: "Ada L.".into(),
            stars: Stars::new(stars).expect("one to five"),
            title: "A title; --\"ü".into(),
            text: "Words enough, with 'quotes' and\nlines.".into(),
            verified: stars > 2,
            standing: Standing::Published,
            created: NOW,
            edited: None,
            helpful: 0,
            reports: 0,
            version: 1,
        }
    }
}

impl Bench {
    async fn write(&self, review: Review) -> Review {
        self.reviews.apply(Change::Write(review), NOW).await.expect("written")
    }

    async fn mark(&self, id: ReviewId, by: UserId, mark: Mark, on: bool) -> Review {
        let change = Change::Mark { id, user: by, mark, on };
        self.reviews.apply(change, NOW).await.expect("marked")
    }

    async fn all(&self, product: ProductId, sorting: Sorting, limit: usize) -> Vec<Review> {
        self.all_of(Shelf { product, sorting, stars: None, after: None, limit }).await
    }

    async fn all_of(&self, mut shelf: Shelf) -> Vec<Review> {
        let mut all = Vec::new();
        loop {
            let page = self.reviews.page(shelf).await.expect("a page");
            assert!(page.len() <= shelf.limit);
            let Some(last) = page.last() else { return all };
            shelf.after = Some(spot(last, shelf.sorting));
            all.extend(page);
        }
    }

    async fn counts(&self, of: ProductId) -> [u32; 5] {
        self.reviews.summaries(&[of]).await.expect("counts")[0].histogram
    }

    async fn facts(&self) -> usize {
        let lanes: Vec<u16> = (0..LANES).collect();
        let found = self.outbox.pending(&lanes, 10_000).await.expect("facts");
        found.iter().filter(|(_, event)| event.kind == REVIEWS_CHANGED).count()
    }
}

fn brute(all: &[Review]) -> [u32; 5] {
    let mut summary = Summary::default();
    all.iter().for_each(|r| summary.histogram[usize::from(r.stars.count()) - 1] += 1);
    summary.histogram
}

fn draft(stars: u8) -> Draft {
    Draft { stars, title: "Changed".into(), text: "Other words than before".into() }
}

cases! {
    /// All fields come back, and only for that product.
    async fn a_review_is_kept_whole(bench) {
        let maker = Maker::new();
        let written = bench.write(maker.review(product(1), user(1), 4)).await;
        assert_eq!(bench.reviews.find(written.id).await, Ok(Some(written.clone())));
        assert_eq!(bench.reviews.own(user(1), product(1)).await, Ok(Some(written.clone())));
        assert_eq!(bench.reviews.own(user(1), product(2)).await, Ok(None));
        assert_eq!(bench.all(product(1), Sorting::Newest, 10).await, vec![written]);
        assert_eq!(bench.counts(product(2)).await, [0; 5]);
        assert_eq!(bench.facts().await, 1);
    }

    async fn reviews_of_so_many_stars_are_the_others_left_out(bench) {
        let maker = Maker::new();
        for n in 0..12 {
            bench.write(maker.review(product(1), user(n), n % 3 + 3)).await;
        }
        for sorting in Sorting::ALL {
            let all = bench.all(product(1), sorting, 50).await;
            for stars in (1..=5).filter_map(Stars::new) {
                let product = product(1);
                let shelf = Shelf { product, sorting, stars: Some(stars), after: None, limit: 3 };
                let wanted: Vec<Review> =
                    all.iter().filter(|review| review.stars == stars).cloned().collect();
                assert_eq!(bench.all_of(shelf).await, wanted, "{sorting:?} {stars:?}");
            }
        }
    }

    async fn one_account_has_one_review_of_a_product(bench) {
        let maker = Maker::new();
        let first = bench.write(maker.review(product(1), user(1), 4)).await;
        let again = Change::Write(maker.review(product(1), user(1), 1));
        assert_eq!(bench.reviews.apply(again, NOW).await, Err(ReviewRefusal::AlreadyWritten));
        bench.write(maker.review(product(2), user(1), 1)).await;
        bench.write(maker.review(product(1), user(2), 1)).await;
        assert_eq!(bench.counts(product(1)).await, [1, 0, 0, 1, 0]);
        let gone = Change::Remove { id: first.id, author: user(1) };
        assert_eq!(bench.reviews.apply(gone, NOW).await.map(|r| r.id), Ok(first.id));
        bench.write(maker.review(product(1), user(1), 5)).await;
        assert_eq!(bench.counts(product(1)).await, [1, 0, 0, 0, 1]);
    }

    async fn only_the_author_edits_and_removes(bench) {
        let maker = Maker::new();
        let id = bench.write(maker.review(product(1), user(1), 4)).await.id;
        let edit = |author| Change::Edit { id, author, draft: draft(2), verified: false };
        let refused = Err(ReviewRefusal::NotFound);
        assert_eq!(bench.reviews.apply(edit(user(2)), NOW).await, refused);
        let remove = Change::Remove { id, author: user(2) };
        assert_eq!(bench.reviews.apply(remove, NOW).await, refused);
        assert_eq!(bench.counts(product(1)).await, [0, 0, 0, 1, 0]);
        let later = NOW.plus_ms(5);
        let edited = bench.reviews.apply(edit(user(1)), later).await.expect("edited");
        assert_eq!((edited.stars.count(), edited.edited, edited.version), (2, Some(later), 2));
        assert!(!edited.verified, "asked anew");
        assert_eq!(bench.reviews.find(id).await, Ok(Some(edited)));
        assert_eq!(bench.counts(product(1)).await, [0, 1, 0, 0, 0]);
        assert_eq!(bench.facts().await, 2);
    }

    async fn a_vote_counts_once_and_can_be_taken_back(bench) {
        let maker = Maker::new();
        let id = bench.write(maker.review(product(1), user(1), 4)).await.id;
        for _ in 0..2 {
            assert_eq!(bench.mark(id, user(2), Mark::Helpful, true).await.helpful, 1);
        }
        assert_eq!(bench.mark(id, user(3), Mark::Helpful, true).await.helpful, 2);
        for _ in 0..2 {
            assert_eq!(bench.mark(id, user(2), Mark::Helpful, false).await.helpful, 1);
        }
        let own = Change::Mark { id, user: user(1), mark: Mark::Helpful, on: true };
        assert_eq!(bench.reviews.apply(own, NOW).await, Err(ReviewRefusal::OwnReview));
        assert_eq!(bench.facts().await, 1);
    }

    async fn reports_hold_a_review_and_a_moderator_decides(bench) {
        let maker = Maker::new();
        let id = bench.write(maker.review(product(1), user(1), 4)).await.id;
        let after = u8::try_from(HOLD_AFTER).expect("few");
        for n in 2..2 + after {
            assert_eq!(bench.counts(product(1)).await, [0, 0, 0, 1, 0]);
            bench.mark(id, user(n), Mark::Report, true).await;
        }
        assert_eq!(bench.counts(product(1)).await, [0; 5]);
        assert!(bench.all(product(1), Sorting::Newest, 10).await.is_empty());
        let held = bench.reviews.standing(Standing::Held, None, 10).await.expect("held");
        assert_eq!(held.iter().map(|r| (r.id, r.reports)).collect::<Vec<_>>(), [(id, HOLD_AFTER)]);
        let publish = Change::Moderate { id, verdict: Verdict::Publish };
        let back = bench.reviews.apply(publish, NOW).await.expect("published");
        assert_eq!((back.standing, back.reports), (Standing::Published, 0));
        assert_eq!(bench.counts(product(1)).await, [0, 0, 0, 1, 0]);
        // Those who were heard are not heard again.
        assert_eq!(bench.mark(id, user(2), Mark::Report, true).await.reports, 0);
        let reject = Change::Moderate { id, verdict: Verdict::Reject };
        let rejected = bench.reviews.apply(reject, NOW).await.expect("rejected");
        assert_eq!(rejected.standing, Standing::Rejected);
        assert_eq!(bench.counts(product(1)).await, [0; 5]);
        assert_eq!(bench.facts().await, 4);
    }

    async fn whether_it_was_sent_is_noted_and_nothing_else(bench) {
        let maker = Maker::new();
        let written = bench.write(maker.review(product(1), user(1), 4)).await;
        for verified in [false, true, true] {
            let noted = bench.reviews.apply(Change::Verify { id: written.id, verified }, NOW).await;
            assert_eq!(noted, Ok(Review { verified, ..written.clone() }));
            assert_eq!(bench.reviews.find(written.id).await, Ok(noted.ok()));
        }
        assert_eq!(bench.facts().await, 1, "counts are as before");
        let ghost = Change::Verify { id: maker.review(product(1), user(2), 1).id, verified: true };
        assert_eq!(bench.reviews.apply(ghost, NOW).await, Err(ReviewRefusal::NotFound));
    }

    async fn other_words_shed_no_reports(bench) {
        let maker = Maker::new();
        let id = bench.write(maker.review(product(1), user(1), 4)).await.id;
        let edit = || {
            let change = Change::Edit { id, author: user(1), draft: draft(4), verified: true };
            bench.reviews.apply(change, NOW)
        };
        let after = u8::try_from(HOLD_AFTER).expect("few");
        for n in 1..after {
            bench.mark(id, user(1 + n), Mark::Report, true).await;
            let edited = edit().await.map(|r| (r.standing, r.reports));
            assert_eq!(edited, Ok((Standing::Published, u32::from(n))));
        }
        // Who reported it before is not counted twice.
        assert_eq!(bench.mark(id, user(2), Mark::Report, true).await.reports, u32::from(after) - 1);
        let held = bench.mark(id, user(9), Mark::Report, true).await;
        assert_eq!(held.standing, Standing::Held);
        // A moderator heard them; of words that came later they may speak again.
        let publish = Change::Moderate { id, verdict: Verdict::Publish };
        bench.reviews.apply(publish, NOW).await.expect("published");
        assert_eq!(bench.mark(id, user(2), Mark::Report, true).await.reports, 0);
        assert_eq!(edit().await.map(|r| r.reports), Ok(0));
        assert_eq!(bench.mark(id, user(2), Mark::Report, true).await.reports, 1);
    }

    async fn what_was_taken_out_in_question_comes_back_held(bench) {
        let maker = Maker::new();
        let remove = |id| bench.reviews.apply(Change::Remove { id, author: user(1) }, NOW);
        let write = |of| bench.write(maker.review(of, user(1), 4));
        // Nothing stood against it.
        remove(write(product(1)).await.id).await.expect("gone");
        let id = write(product(1)).await.id;
        bench.mark(id, user(2), Mark::Report, true).await;
        assert_eq!(remove(id).await.map(|r| r.standing), Ok(Standing::Published));
        for _ in 0..2 {
            let again = write(product(1)).await;
            assert_eq!(again.standing, Standing::Held, "and so again");
            assert_eq!(bench.counts(product(1)).await, [0; 5]);
            remove(again.id).await.expect("gone");
        }
        assert_eq!(write(product(2)).await.standing, Standing::Published, "another product");
        let theirs = bench.write(maker.review(product(1), user(3), 4)).await;
        assert_eq!(theirs.standing, Standing::Published, "another author");
        // A moderator publishes one: its author starts anew.
        let id = write(product(1)).await.id;
        let judge = |id, verdict| bench.reviews.apply(Change::Moderate { id, verdict }, NOW);
        judge(id, Verdict::Publish).await.expect("published");
        remove(id).await.expect("gone");
        let id = write(product(1)).await.id;
        judge(id, Verdict::Reject).await.expect("rejected");
        remove(id).await.expect("gone");
        assert_eq!(write(product(1)).await.standing, Standing::Held, "rejected before");
    }

    async fn marks_are_listed_and_forgotten_and_still_count(bench) {
        let maker = Maker::new();
        let mut wanted = Vec::new();
        for n in 1..4 {
            let review = bench.write(maker.review(product(n), user(1), 4)).await.id;
            for mark in [Mark::Helpful, Mark::Report] {
                bench.mark(review, user(2), mark, true).await;
                bench.mark(review, user(3), mark, true).await;
                wanted.push(Marked { review, product: product(n), mark });
            }
        }
        let mut found: Vec<Marked> = Vec::new();
        loop {
            let after = found.last().map(|marked| (marked.review.key(), marked.mark));
            let page = bench.reviews.marks_of(user(2), after, 4).await.expect("found");
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(found, wanted);
        assert_eq!(bench.reviews.forget_marks(user(2)).await, Ok(6));
        assert_eq!(bench.reviews.forget_marks(user(2)).await, Ok(0));
        assert_eq!(bench.reviews.marks_of(user(2), None, 9).await, Ok(Vec::new()));
        assert_eq!(bench.reviews.marks_of(user(3), None, 9).await.map(|all| all.len()), Ok(6));
        let review = bench.reviews.find(wanted[0].review).await.expect("found").expect("there");
        assert_eq!((review.helpful, review.reports), (2, 2), "what they counted stays");
    }

    async fn added_reviews_are_as_they_are_and_added_once(bench) {
        let maker = Maker::new();
        let many: Vec<Review> =
            (0..70).map(|n| maker.review(product(n % 2), user(n), 1 + n % 5)).collect();
        assert_eq!(bench.reviews.add(many.clone(), NOW).await, Ok(70));
        let facts = bench.facts().await;
        assert!((2..70).contains(&facts), "{facts}");
        assert_eq!(bench.reviews.add(many.clone(), NOW).await, Ok(0));
        let other = maker.review(product(0), user(0), 1);
        assert_eq!(bench.reviews.add(vec![other], NOW).await, Ok(0));
        assert_eq!(bench.facts().await, facts);
        let kept = bench.all(product(0), Sorting::Newest, 7).await;
        assert_eq!(bench.counts(product(0)).await, brute(&kept));
        assert_eq!(kept.len(), 35);
    }

    async fn every_order_pages_without_gap_or_repetition(bench) {
        let maker = Maker::new();
        for n in 0..23 {
            let mut review = maker.review(product(1), user(n), 1 + n % 5);
            review.helpful = u32::from(n % 4);
            assert_eq!(bench.reviews.add(vec![review], NOW).await, Ok(1));
        }
        for sorting in Sorting::ALL {
            let whole = bench.all(product(1), sorting, 100).await;
            assert_eq!(whole.len(), 23, "{sorting:?}");
            let spots: Vec<_> = whole.iter().map(|r| spot(r, sorting)).collect();
            assert!(spots.windows(2).all(|pair| pair[0] > pair[1]), "{sorting:?}");
            for limit in [1, 5, 7] {
                assert_eq!(bench.all(product(1), sorting, limit).await, whole, "{sorting:?}");
            }
        }
    }

    async fn an_author_is_found_and_forgotten(bench) {
        let maker = Maker::new();
        for n in 1..4 {
            bench.write(maker.review(product(n), user(1), n)).await;
        }
        bench.write(maker.review(product(1), user(2), 5)).await;
        let found = bench.reviews.of_author(user(1), None, 2).await.expect("found");
        assert_eq!(found.iter().map(|r| r.product).collect::<Vec<_>>(), [product(3), product(2)]);
        let rest = bench.reviews.of_author(user(1), Some(found[1].id.key()), 9).await;
        assert_eq!(rest.expect("found").len(), 1);
        bench.mark(found[0].id, user(2), Mark::Report, true).await;
        let gone = Change::Remove { id: found[0].id, author: user(1) };
        bench.reviews.apply(gone, NOW).await.expect("gone");
        assert_eq!(bench.reviews.forget(user(1)).await, Ok(2));
        let anew = bench.write(maker.review(product(3), user(1), 3)).await;
        assert_eq!(anew.standing, Standing::Published, "nothing is kept against who is gone");
        let left = bench.all(product(1), Sorting::Newest, 9).await;
        assert_eq!(left.iter().map(|r| &*r.byline).collect::<Vec<_>>(), ["Ada L.", ""]);
        assert_eq!(bench.counts(product(1)).await, [1, 0, 0, 0, 1]);
    }

    /// Histogram and average against a count of what is shown, after each of many random changes.
    async fn counts_are_those_of_what_is_shown(bench) {
        for seed in 0..4 {
            let dice = SeededEntropy::new(seed);
            let below = |n: u64| u8::try_from(dice.next_u64() % n).expect("small");
            let maker = Maker(Mint::new(
                Arc::new(ManualClock::at(NOW.plus_ms(1_000 * i64::try_from(seed).expect("small")))),
                Arc::new(SeededEntropy::new(seed)),
            ));
            let mut known: Vec<ReviewId> = Vec::new();
            for step in 0..60 {
                let by = user(below(8));
                let id = known.get(usize::from(below(12))).copied();
                let change = match (below(6), id) {
                    (1, Some(id)) => {
                        let (draft, verified) = (draft(1 + below(5)), below(2) == 0);
                        Change::Edit { id, author: by, draft, verified }
                    }
                    (2, Some(id)) => Change::Remove { id, author: by },
                    (3, Some(id)) => Change::Mark { id, user: by, mark: Mark::Report, on: true },
                    (4, Some(id)) => {
                        let verdict =
                            if below(2) == 0 { Verdict::Publish } else { Verdict::Reject };
                        Change::Moderate { id, verdict }
                    }
                    _ => Change::Write(maker.review(product(below(2)), by, 1 + below(5))),
                };
                if let Ok(review) = bench.reviews.apply(change.clone(), NOW).await {
                    known.push(review.id);
                }
                for of in [product(0), product(1)] {
                    let shown = bench.all(of, Sorting::Newest, 100).await;
                    let counts = bench.counts(of).await;
                    assert_eq!(counts, brute(&shown), "seed {seed}, step {step}: {change:?}");
                }
            }
        }
    }
}
