//! What every adapter of [`Staff`] must do. An adapter's test runs each of [`cases`] on a fresh store
//! that is a store of stock too.

mod desk;
mod factor;
mod parcels;
mod traces;

use crate::error::{ChangeRefusal, RoleError};
use crate::port::{AuditPage, Desk, NewMember, NewRole, NewStaffSession, Staff, Unadded};
use crate::{Act, Actor, AuditEntry, Change, Done, FormKey, Make, Member, Role};
use souk_accounts::{Email, TokenDigest};
use souk_catalog::contract::Builder;
use souk_catalog::port::{Arrange, Beside, Catalog, PutListing, SetPrice};
use souk_catalog::{ArrangeRefused, PutRefused};
use souk_inventory::{Stock, StockIntent, StockRefusal};
use souk_kernel::{
    Aggregate, BoxFuture, HOUR_MS, ManualClock, Mint, Outbox, PortError, SeededEntropy, SellerId,
    Seq, Timestamp, one,
};
use souk_reviews::{Review, Reviews, Standing, Stars, Verdict};
use souk_sellers::port::NewSeller;
use souk_sellers::{
    Rate, SellerAccount, SellerChange, SellerMember, SellerRefusal, SellerState, Sellers,
};
use std::sync::Arc;

/// The stores under test: one store behind three ports.
#[derive(Clone)]
pub struct Bench {
    /// The port under test.
    pub staff: Arc<dyn Staff>,
    /// Where changes of stock end.
    pub stock: Arc<dyn Stock>,
    /// Where changes of sellers end.
    pub sellers: Arc<dyn Sellers>,
    /// Where parked facts wait.
    pub outbox: Arc<dyn Outbox>,
    /// Where changes of products end.
    pub catalog: Arc<dyn Catalog>,
    /// Where verdicts end.
    pub reviews: Arc<dyn Reviews>,
    /// What staff look at.
    pub desk: Arc<dyn Desk>,
    /// Where parcels are moved.
    pub parcels: Arc<dyn souk_fulfillment::Fulfillments>,
    /// Where money moves.
    pub payments: Arc<dyn souk_payments::Payments>,
    /// Where accounts are.
    pub accounts: Arc<dyn souk_accounts::port::Accounts>,
    /// Where invoices are issued.
    pub invoices: Arc<dyn souk_invoices::Invoices>,
    /// Where the seller ledger is kept.
    pub books: Arc<dyn souk_sellers::Books>,
    /// Where the shop's own words end.
    pub words: Arc<dyn souk_search::Words>,
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
const ALL: AuditPage = AuditPage { before: None, limit: 100 };

/// Mints what a case needs, the same in every run.
struct Maker(Mint);

impl Maker {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self(Mint::new(clock, Arc::new(SeededEntropy::new(11))))
    }

    fn entry(&self, name: &'static str) -> AuditEntry {
        let Act { name, subject, detail } =
            Act { name, subject: "s-1".into(), detail: "a -> b; --\"ü".into() };
        let (id, name) = (self.0.mint_anywhere(), name.to_owned());
        AuditEntry { id, at: NOW, actor: Actor::Console, name, subject, detail }
    }

    fn member(&self, email: &str, role: Role) -> NewMember {
        let email = Email::stored(email.to_owned());
        NewMember {
            member: Member { id: self.0.mint_anywhere(), email, role, created: NOW },
            password_hash: String::from("$hash"),
            entry: self.entry("staff.add"),
        }
    }

    fn session(&self, of: &NewMember, token: &str, hours: i64) -> NewStaffSession {
        NewStaffSession {
            member: of.member.id,
            token: TokenDigest::of(token),
            expires: NOW.plus_ms(hours * HOUR_MS),
            proven: true,
            entry: self.entry("staff.sign_in"),
        }
    }

    /// A seller that has just applied.
    async fn applicant(&self, bench: &Bench) -> SellerId {
        let id = self.0.mint_anywhere();
        let account = SellerAccount {
            id,
            state: SellerState::Applied,
            reason: String::new(),
            since: NOW,
            by: None,
            applied_at: NOW,
            version: 1,
        };
        let member = SellerMember {
            id: self.0.mint_anywhere(),
            seller: id,
            email: Email::stored("ada@example.com".into()),
            created: NOW,
        };
        let rate = Rate { from: NOW, basis_points: 1_000, by: None };
        let new = NewSeller { account, member, password_hash: "$hash".into(), rate };
        assert_eq!(bench.sellers.open(new).await, Ok(()));
        id
    }

    fn role(&self, of: &NewMember, expected: Role, role: Role) -> NewRole {
        NewRole { member: of.member.id, expected, role, entry: self.entry("staff.role") }
    }
}

/// Carries out a change that no form asked for.
async fn make(bench: &Bench, change: Change, entry: AuditEntry) -> Result<Done, ChangeRefusal> {
    bench.staff.carry_out(Make { change, entry, form: None }).await
}

async fn names(bench: &Bench) -> Vec<String> {
    let lines = bench.staff.audit(ALL).await.expect("the store answers");
    lines.into_iter().map(|line| line.name).collect()
}

cases! {
    async fn a_member_is_found_by_email_with_a_line(bench) {
        let maker = Maker::new();
        let ada = maker.member("ada@example.com", Role::Support);
        assert_eq!(bench.staff.add(ada.clone()).await, Ok(()));
        let found = bench.staff.find_credentials(&ada.member.email).await.unwrap_or_default();
        let found = found.expect("credentials");
        assert_eq!((found.member, found.password_hash), (ada.member.clone(), ada.password_hash));
        let nobody = Email::stored("eve@example.com".into());
        assert_eq!(bench.staff.find_credentials(&nobody).await, Ok(None));
        assert_eq!(bench.staff.members(10).await, Ok(vec![ada.member]));
        assert_eq!(bench.staff.audit(ALL).await, Ok(vec![ada.entry]), "as it was given");
    }

    async fn a_taken_email_adds_neither_member_nor_line(bench) {
        let maker = Maker::new();
        assert_eq!(bench.staff.add(maker.member("ada@example.com", Role::Owner)).await, Ok(()));
        let again = maker.member("ada@example.com", Role::Support);
        assert_eq!(bench.staff.add(again).await, Err(Unadded::EmailTaken));
        assert_eq!(bench.staff.members(10).await.map(|m| m.len()), Ok(1));
        assert_eq!(names(&bench).await, ["staff.add"]);
    }

    async fn a_session_shows_the_member_as_of_now(bench) {
        let maker = Maker::new();
        let owner = maker.member("owner@example.com", Role::Owner);
        let ada = maker.member("ada@example.com", Role::Support);
        assert_eq!(bench.staff.add(owner).await, Ok(()));
        assert_eq!(bench.staff.add(ada.clone()).await, Ok(()));
        let session = maker.session(&ada, "a", 12);
        assert_eq!(bench.staff.open_session(session.clone()).await, Ok(true));
        let twice = bench.staff.open_session(session.clone()).await;
        assert!(matches!(twice, Err(PortError::Conflict(_))), "{twice:?}");
        let role = maker.role(&ada, Role::Support, Role::Operator);
        assert_eq!(bench.staff.set_role(role).await, Ok(()));
        let found = bench.staff.find_session(&session.token).await.unwrap_or_default();
        let found = found.expect("the session");
        assert_eq!(found.member, Member { role: Role::Operator, ..ada.member });
        assert_eq!(found.expires, session.expires);
        let line = maker.entry("staff.sign_out");
        assert_eq!(bench.staff.end_session(&session.token, line.clone()).await, Ok(true));
        assert_eq!(bench.staff.end_session(&session.token, line).await, Ok(false));
        assert_eq!(bench.staff.find_session(&session.token).await, Ok(None));
        let lines = ["staff.sign_out", "staff.role", "staff.sign_in", "staff.add", "staff.add"];
        assert_eq!(names(&bench).await, lines);
    }

    async fn no_session_without_a_member(bench) {
        let maker = Maker::new();
        let ghost = maker.member("ghost@example.com", Role::Owner);
        let session = maker.session(&ghost, "g", 1);
        assert_eq!(bench.staff.open_session(session.clone()).await, Ok(false));
        assert_eq!(bench.staff.find_session(&session.token).await, Ok(None));
        assert!(names(&bench).await.is_empty());
    }

    async fn a_role_is_compared_and_the_last_owner_stays(bench) {
        let maker = Maker::new();
        let (first, second) =
            (maker.member("1@example.com", Role::Owner), maker.member("2@example.com", Role::Owner));
        assert_eq!(bench.staff.add(first.clone()).await, Ok(()));
        let last = maker.role(&first, Role::Owner, Role::Support);
        assert_eq!(bench.staff.set_role(last).await, Err(RoleError::LastOwner));
        assert_eq!(bench.staff.add(second.clone()).await, Ok(()));
        let stale = maker.role(&first, Role::Support, Role::ReadOnly);
        assert_eq!(bench.staff.set_role(stale).await, Err(RoleError::Changed));
        let ghost = maker.member("3@example.com", Role::Owner);
        let ghost = maker.role(&ghost, Role::Owner, Role::Support);
        assert_eq!(bench.staff.set_role(ghost).await, Err(RoleError::NoSuchMember));
        let one_of_two = maker.role(&first, Role::Owner, Role::ReadOnly);
        assert_eq!(bench.staff.set_role(one_of_two).await, Ok(()));
        let the_other = maker.role(&second, Role::Owner, Role::Support);
        assert_eq!(bench.staff.set_role(the_other).await, Err(RoleError::LastOwner));
        assert_eq!(names(&bench).await, ["staff.role", "staff.add", "staff.add"]);
    }

    async fn expired_sessions_go(bench) {
        let maker = Maker::new();
        let ada = maker.member("ada@example.com", Role::Owner);
        assert_eq!(bench.staff.add(ada.clone()).await, Ok(()));
        for (token, hours) in [("a", 1), ("b", 2), ("c", 9)] {
            let session = maker.session(&ada, token, hours);
            assert_eq!(bench.staff.open_session(session).await, Ok(true));
        }
        assert_eq!(bench.staff.remove_expired(NOW.plus_ms(2 * HOUR_MS), 1).await, Ok(1));
        assert_eq!(bench.staff.remove_expired(NOW.plus_ms(2 * HOUR_MS), 9).await, Ok(1));
        let left = bench.staff.find_session(&TokenDigest::of("c")).await.unwrap_or_default();
        assert!(left.is_some());
    }

    async fn a_change_of_stock_and_its_line_are_one(bench) {
        let maker = Maker::new();
        let (sku, warehouse) = (maker.0.mint_anywhere(), maker.0.mint_anywhere());
        let open = StockIntent::Open { sku, warehouse, quantity: 5 };
        assert!(one(bench.stock.apply(vec![open]).await).is_ok());
        let count = |expected, counted| {
            Change::Stock(StockIntent::Count { sku, warehouse, expected, counted })
        };
        let done = make(&bench, count(5, 9), maker.entry("stock.count")).await;
        assert!(matches!(done, Ok(Done::Level(level)) if level.on_hand == 9), "{done:?}");
        let stale = make(&bench, count(5, 7), maker.entry("stock.count")).await;
        let changed = StockRefusal::CountChanged { on_hand: 9 };
        assert_eq!(stale, Err(ChangeRefusal::Stock(changed)));
        let less = Change::Stock(StockIntent::Adjust { sku, warehouse, delta: -10 });
        let less = make(&bench, less, maker.entry("stock.adjust")).await;
        assert_eq!(less, Err(ChangeRefusal::Stock(StockRefusal::BadQuantity)));
        let levels = bench.stock.levels(sku).await.expect("the store answers");
        assert_eq!(levels[0].level.on_hand, 9);
        let ledger = bench.stock.ledger(sku, 10).await.expect("the store answers");
        assert_eq!(ledger.iter().map(|line| line.quantity).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(names(&bench).await, ["stock.count"], "what was refused left no line");
    }

    async fn a_change_of_a_seller_and_its_line_are_one(bench) {
        let maker = Maker::new();
        let seller = maker.applicant(&bench).await;
        let approve = || Change::Seller(SellerChange::State {
            seller,
            expected: SellerState::Applied,
            state: SellerState::Active,
            reason: String::new(),
            by: None,
        });
        let done = make(&bench, approve(), maker.entry("sellers.approve")).await;
        assert_eq!(done, Ok(Done::Seller));
        let again = make(&bench, approve(), maker.entry("sellers.approve")).await;
        let changed = SellerRefusal::StateChanged(SellerState::Active);
        assert_eq!(again, Err(ChangeRefusal::Seller(changed)));
        let rate = Change::Seller(SellerChange::Rate {
            seller,
            expected: 1_000,
            basis_points: 800,
            by: None,
        });
        let done = make(&bench, rate, maker.entry("sellers.rate")).await;
        assert_eq!(done, Ok(Done::Seller));
        let rates = bench.sellers.rates(seller, 9).await.expect("the store answers");
        assert_eq!(rates[0].basis_points, 800);
        let found = bench.sellers.accounts(&[seller]).await.expect("the store answers");
        assert_eq!(found[0].as_ref().map(|account| account.state), Some(SellerState::Active));
        let lines = ["sellers.rate", "sellers.approve"];
        assert_eq!(names(&bench).await, lines, "what was refused left no line");
    }

    async fn a_form_posted_twice_is_carried_out_once(bench) {
        let maker = Maker::new();
        let (sku, warehouse) = (maker.0.mint_anywhere(), maker.0.mint_anywhere());
        let receive = |quantity, form| Make {
            change: Change::Stock(StockIntent::Receive { sku, warehouse, quantity }),
            entry: maker.entry("stock.receive"),
            form: Some(FormKey::new([form; 16])),
        };
        let first = bench.staff.carry_out(receive(5, 1)).await;
        assert!(matches!(first, Ok(Done::Level(level)) if level.on_hand == 5), "{first:?}");
        assert_eq!(bench.staff.carry_out(receive(5, 1)).await, Ok(Done::Before));
        let none = ChangeRefusal::Stock(StockRefusal::BadQuantity);
        assert_eq!(bench.staff.carry_out(receive(0, 2)).await, Err(none));
        let mended = bench.staff.carry_out(receive(2, 2)).await;
        assert!(matches!(mended, Ok(Done::Level(level)) if level.on_hand == 7), "refused, then sent");
        assert_eq!(names(&bench).await, ["stock.receive", "stock.receive"]);
    }

    async fn products_change_together_or_not_at_all(bench) {
        let maker = Maker::new();
        let builder = Builder::new(3);
        let (one, two) = (builder.listing("one", &["A"]), builder.listing("two", &["A"]));
        let put = |listing: &souk_catalog::Listing, expected_version| PutListing {
            listing: listing.clone(),
            expected_version,
            keep_hidden: false,
            stock: Vec::new(),
            at: NOW,
        };
        let both = Change::Products(vec![put(&one, Some(0)), put(&two, Some(0))]);
        let done = make(&bench, both, maker.entry("products.edit")).await;
        assert!(matches!(&done, Ok(Done::Products(now)) if now.len() == 2), "{done:?}");
        let stored = bench.catalog.listings(&[one.product.id, two.product.id]).await;
        let stored: Vec<_> = stored.expect("the store answers").into_iter().flatten().collect();
        let titled = |listing: &souk_catalog::Listing, title: &str| {
            let mut listing = listing.clone();
            listing.product.title = title.to_owned();
            listing
        };
        let price = SetPrice {
            offer: stored[1].offers[0].id,
            price: stored[1].offers[0].price.times(2).expect("a price"),
            expected_version: 1,
            at: NOW,
        };
        assert_eq!(bench.catalog.set_prices(vec![price]).await, Ok(vec![Ok(2)]));
        let (fresh, stale) = (put(&titled(&stored[0], "1"), Some(1)), put(&titled(&stored[1], "2"), Some(1)));
        let half = make(&bench, Change::Products(vec![fresh, stale]), maker.entry("products.edit"));
        let current = PutRefused::Stale { current: 1 };
        assert_eq!(half.await, Err(ChangeRefusal::Product(current)));
        let stored = bench.catalog.listings(&[one.product.id]).await.expect("the store answers");
        let title = stored[0].as_ref().map(|l| l.product.title.as_str());
        assert_eq!(title, Some(one.product.title.as_str()), "undone");
        assert_eq!(names(&bench).await, ["products.edit"]);
    }

    async fn a_verdict_and_its_line_are_one(bench) {
        let maker = Maker::new();
        let review = Review {
            id: maker.0.mint_anywhere(),
            product: maker.0.mint_anywhere(),
            author: maker.0.mint_anywhere(),
            byline: String::from("Ada"),
            stars: Stars::ONE,
            title: String::new(),
            text: String::from("No."),
            verified: false,
            standing: Standing::Published,
            created: NOW,
            edited: None,
            helpful: 0,
            reports: 0,
            version: 1,
        };
        assert_eq!(bench.reviews.add(vec![review.clone()], NOW).await, Ok(1));
        let hide = |id| Change::Review { id, verdict: Verdict::Reject };
        let done = make(&bench, hide(review.id), maker.entry("reviews.hide")).await;
        let hidden = matches!(&done, Ok(Done::Review(now)) if now.standing == Standing::Rejected);
        assert!(hidden, "{done:?}");
        let summary = bench.reviews.summaries(&[review.product]).await.expect("the store answers");
        assert_eq!(summary[0].count(), 0, "the counts follow");
        let ghost = make(&bench, hide(maker.0.mint_anywhere()), maker.entry("reviews.hide")).await;
        assert!(matches!(ghost, Err(ChangeRefusal::Review(_))), "{ghost:?}");
        assert_eq!(names(&bench).await, ["reviews.hide"]);
    }

    async fn payments_are_found_by_state_and_name(bench) {
        desk::payments_are_found(bench).await;
    }

    async fn refunds_are_found_page_by_page(bench) {
        desk::refunds_are_found(bench).await;
    }

    async fn customers_are_found_by_what_they_are_called(bench) {
        desk::customers_are_found(bench).await;
    }

    async fn an_order_s_documents_and_seller_lines_are_traced(bench) {
        traces::documents_and_seller_lines(bench).await;
    }

    async fn parcels_stand_where_they_are_waited_for(bench) {
        parcels::stand_where_they_are_waited_for(bench).await;
    }

    async fn a_second_factor_is_shown_once(bench) {
        factor::is_shown_once(bench).await;
    }

    async fn a_word_of_the_shops_own_and_its_line_are_one(bench) {
        let maker = Maker::new();
        let change = |percent, on| {
            let synonym = souk_search::rules::synonyms::synonym("settee", "sofa", percent);
            Change::Synonym { synonym: synonym.expect("two words"), on }
        };
        let none = make(&bench, change(90, false), maker.entry("synonyms.remove")).await;
        assert_eq!(none, Err(ChangeRefusal::NoSynonym));
        for percent in [90, 40] {
            let done = make(&bench, change(percent, true), maker.entry("synonyms.put")).await;
            assert_eq!(done, Ok(Done::Noted));
        }
        let kept = bench.words.synonyms().await.expect("the store answers");
        let kept: Vec<_> = kept.iter().map(|s| (s.word.as_str(), s.other.as_str(), s.percent)).collect();
        assert_eq!(kept, [("settee", "sofa", 40)], "one of a pair");
        let gone = make(&bench, change(40, false), maker.entry("synonyms.remove")).await;
        assert_eq!((gone, bench.words.synonyms().await), (Ok(Done::Noted), Ok(Vec::new())));
        assert_eq!(names(&bench).await, ["synonyms.remove", "synonyms.put", "synonyms.put"]);
    }

    async fn an_order_of_categories_and_its_line_are_one(bench) {
        let maker = Maker::new();
        let make_one = Builder::new(77);
        let puts = ["A", "B"].map(|name| make_one.put(name, &[name])).into();
        bench.catalog.put(puts, None).await.expect("the store answers");
        let step = |name: &str| {
            let wish = Beside { path: vec![name.into()], sibling: "A".into(), before: true };
            make(&bench, Change::Categories(Arrange::Step(wish)), maker.entry("categories.arrange"))
        };
        let none = ChangeRefusal::Categories(ArrangeRefused::NoCategory);
        assert_eq!(step("C").await, Err(none));
        assert_eq!(step("B").await, Ok(Done::Noted));
        assert_eq!(step("B").await, Ok(Done::Before), "it is so already");
        let counts = bench.catalog.categories().await.expect("the store answers");
        let places: Vec<_> = counts.iter().map(|at| at.place).collect();
        assert_eq!(places, [Some(1), Some(0)]);
        assert_eq!(names(&bench).await, ["categories.arrange"]);
    }

    async fn what_is_parked_goes_on_with_a_line(bench) {
        let maker = Maker::new();
        let order = Aggregate(maker.0.mint_anywhere::<()>().uuid());
        let unpark = || make(&bench, Change::Unpark(order), maker.entry("jobs.unpark"));
        assert_eq!(unpark().await, Err(ChangeRefusal::NotParked));
        assert_eq!(bench.outbox.park(order, Seq(1), "poison".into()).await, Ok(()));
        assert_eq!(unpark().await, Ok(Done::Unparked));
        assert_eq!(bench.outbox.parked(9).await, Ok(Vec::new()));
        assert_eq!(names(&bench).await, ["jobs.unpark"]);
        let noted = make(&bench, Change::Note, maker.entry("orders.cancel")).await;
        assert_eq!(noted, Ok(Done::Noted));
        assert_eq!(names(&bench).await, ["orders.cancel", "jobs.unpark"]);
    }

    async fn the_audit_comes_in_pages_the_newest_first(bench) {
        let maker = Maker::new();
        let mut written = Vec::new();
        for _ in 0..5 {
            let line = maker.entry("x");
            assert_eq!(make(&bench, Change::Note, line.clone()).await, Ok(Done::Noted));
            written.insert(0, line);
        }
        let page = |before, limit| bench.staff.audit(AuditPage { before, limit });
        assert_eq!(page(None, 2).await, Ok(written[..2].to_vec()));
        assert_eq!(page(Some(written[1].id), 9).await, Ok(written[2..].to_vec()));
    }
}
