//! The use cases and rules, over memory.

use async_trait::async_trait;
use futures_util::FutureExt;
use souk_kernel::{Id, ManualClock, Mint, PortError, ProductId, SeededEntropy, Timestamp, UserId};
use souk_memory::orders::MemoryShop;
use souk_memory::reviews::MemoryReviews;
use souk_reviews::rules::{TEXT_MAX, TITLE_MAX, byline, check};
use souk_reviews::{
    Author, Draft, Purchases, ReviewRefusal, Service, Sorting, Spot, Standing, Summary, Verdict,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// User 1 bought everything; so does user 2, once the parcel left.
#[derive(Default)]
struct Bought(AtomicBool);

#[async_trait]
impl Purchases for Bought {
    async fn has_bought(&self, user: UserId, _: ProductId) -> Result<bool, PortError> {
        let left = self.0.load(Ordering::SeqCst);
        Ok(user == author(1).user || (left && user == author(2).user))
    }
}

fn author(n: u8) -> Author {
    Author {
        user: Id::from_bytes([n; 16]),
        name: Some("Ada King Lovelace".into()),
        email_verified: true,
    }
}

fn draft(stars: u8) -> Draft {
    Draft { stars, title: " Good ".into(), text: "  Holds the heat for hours.\u{0} ".into() }
}

fn service() -> Service {
    service_and(Arc::default())
}

fn service_and(bought: Arc<Bought>) -> Service {
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let mint = Mint::new(clock.clone(), Arc::new(SeededEntropy::new(3)));
    let store = MemoryReviews::over(Arc::new(MemoryShop::new(clock.clone())));
    Service::new(Arc::new(store), bought, mint, clock)
}

fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().expect("memory never waits")
}

const KETTLE: ProductId = Id::from_bytes([200; 16]);

#[test]
fn what_is_written_is_tidy_and_says_who_bought() {
    let reviews = service();
    let mine = now(reviews.write(&author(1), KETTLE, &draft(5))).unwrap();
    assert_eq!((mine.title.as_str(), mine.text.as_str()), ("Good", "Holds the heat for hours."));
    assert_eq!((mine.byline.as_str(), mine.verified), ("Ada L.", true));
    let other = now(reviews.write(&author(2), KETTLE, &draft(2))).unwrap();
    assert!(!other.verified);
    let again = now(reviews.write(&author(2), KETTLE, &draft(2)));
    assert_eq!(again, Err(ReviewRefusal::AlreadyWritten));
    assert_eq!(now(reviews.summary(KETTLE)).unwrap().mean_tenths(), 35);
}

#[test]
fn whether_it_is_verified_follows_the_parcel() {
    let bought = Arc::new(Bought::default());
    let reviews = service_and(bought.clone());
    let user = author(2).user;
    let id = now(reviews.write(&author(2), KETTLE, &draft(5))).unwrap().id;
    let verified = || now(reviews.own(user, KETTLE)).unwrap().unwrap().verified;
    for left in [false, true, true, false] {
        bought.0.store(left, Ordering::SeqCst);
        let others = [Id::from_bytes([201; 16]), KETTLE];
        now(reviews.verify(user, &others)).unwrap();
        assert_eq!(verified(), left, "as soon as a parcel moved");
    }
    bought.0.store(true, Ordering::SeqCst);
    assert!(now(reviews.edit(user, id, &draft(4))).unwrap().verified, "other words ask too");
    bought.0.store(false, Ordering::SeqCst);
    assert!(!now(reviews.edit(user, id, &draft(4))).unwrap().verified);
    let others = now(reviews.edit(author(1).user, id, &draft(1)));
    assert_eq!(others, Err(ReviewRefusal::NotFound));
}

#[test]
fn only_confirmed_addresses_report() {
    let reviews = service();
    let id = now(reviews.write(&author(1), KETTLE, &draft(5))).unwrap().id;
    let fresh = Author { email_verified: false, ..author(3) };
    assert_eq!(now(reviews.report(&fresh, id)), Err(ReviewRefusal::EmailUnverified));
    assert_eq!(now(reviews.vote(&fresh, id, true)).unwrap().helpful, 1, "a vote holds nothing");
    assert_eq!(now(reviews.report(&author(3), id)).unwrap().reports, 1);
}

#[test]
fn guests_read_only() {
    let reviews = service();
    let guest = Author { name: None, ..author(3) };
    let refused = Err(ReviewRefusal::AccountNeeded);
    assert_eq!(now(reviews.write(&guest, KETTLE, &draft(5))), refused);
    let id = now(reviews.write(&author(1), KETTLE, &draft(5))).unwrap().id;
    assert_eq!(now(reviews.vote(&guest, id, true)), refused);
    assert_eq!(now(reviews.report(&guest, id)), refused);
}

#[test]
fn a_rejected_review_that_is_edited_waits_for_another_look() {
    let reviews = service();
    let id = now(reviews.write(&author(1), KETTLE, &draft(5))).unwrap().id;
    now(reviews.moderate(id, Verdict::Reject)).unwrap();
    assert_eq!(now(reviews.summary(KETTLE)).unwrap(), Summary::default());
    let edited = now(reviews.edit(author(1).user, id, &draft(4))).unwrap();
    assert_eq!(edited.standing, Standing::Held);
    assert_eq!(now(reviews.standing(Standing::Held, None, 9)).unwrap().len(), 1);
    now(reviews.moderate(id, Verdict::Publish)).unwrap();
    assert_eq!(now(reviews.summary(KETTLE)).unwrap().mean_tenths(), 40);
}

#[test]
fn limits_are_said_by_field() {
    let fault = |draft: Draft| check(&draft).unwrap_err().field;
    assert_eq!(fault(draft(0)), "stars");
    assert_eq!(fault(draft(6)), "stars");
    assert_eq!(fault(Draft { title: "x".repeat(TITLE_MAX + 1), ..draft(1) }), "title");
    assert_eq!(fault(Draft { text: "short".into(), ..draft(1) }), "text");
    assert_eq!(fault(Draft { text: "ü".repeat(TEXT_MAX + 1), ..draft(1) }), "text");
    assert!(check(&Draft { text: "ü".repeat(TEXT_MAX), ..draft(1) }).is_ok());
    assert_eq!(fault(Draft { text: "\u{200b}".repeat(12), ..draft(1) }), "text");
    assert_eq!(fault(Draft { text: format!("a{}b", " ".repeat(20)), ..draft(1) }), "text");
    let persian = "می\u{200c}خواهم آن را";
    let turned =
        Draft { title: "\u{202e}\u{feff}".into(), text: format!("\u{202e}{persian}"), stars: 1 };
    let kept = check(&turned).unwrap();
    assert_eq!((kept.title.as_str(), kept.text.as_str()), ("", persian));
    assert_eq!(byline("Ada"), "Ada");
    assert_eq!(byline("  "), "");
    assert_eq!(byline("\u{202e}Ada \u{200b}King"), "Ada K.");
}

#[test]
fn means_are_rounded_and_spots_survive_their_text() {
    for (histogram, tenths) in
        [([0; 5], 0), ([1, 0, 0, 0, 0], 10), ([1, 0, 0, 0, 2], 37), ([0, 0, 0, 1, 1], 45)]
    {
        assert_eq!(Summary { histogram }.mean_tenths(), tenths);
    }
    for spot in [Spot { rank: -5, key: 0 }, Spot { rank: 7, key: i64::MAX }] {
        assert_eq!(Spot::parse(&spot.text()), Some(spot));
    }
    assert_eq!(Spot::parse("nonsense"), None);
}

#[test]
fn pages_follow_each_other() {
    let reviews = service();
    for n in 1..=5 {
        now(reviews.write(&author(n), KETTLE, &draft(n))).unwrap();
    }
    let (first, next) = now(reviews.page(KETTLE, Sorting::Lowest, None, 3)).unwrap();
    assert_eq!(first.iter().map(|r| r.stars.count()).collect::<Vec<_>>(), [1, 2, 3]);
    let (rest, end) = now(reviews.page(KETTLE, Sorting::Lowest, next, 3)).unwrap();
    assert_eq!((rest.len(), end), (2, None));
}
