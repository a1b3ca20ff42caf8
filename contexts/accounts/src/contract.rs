//! What every adapter of [`Accounts`] must do. An adapter's test runs each of [`cases`] on a fresh
//! store of its own.

mod book;
mod proof;

use crate::port::{
    Accounts, NewAddress, NewCustomer, NewGuest, NewPassword, NewSession, Unregistered,
};
use crate::{Address, Country, Email, Kind, TokenDigest};
use souk_kernel::{
    BoxFuture, DAY_MS, ManualClock, Mint, PortError, SeededEntropy, Timestamp, UserId, one,
};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Accounts>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($store:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            let mut all = vec![
                $(Case { name: stringify!($name), run: |store| Box::pin($name(store)) }),*
            ];
            all.extend(book::cases());
            all.extend(proof::cases());
            all
        }
        $($(#[$doc])* async fn $name($store: Arc<dyn Accounts>) $body)*
    };
}

const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// Mints what a case needs, the same in every run.
struct Maker(Mint);

impl Maker {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        Self(Mint::new(clock, Arc::new(SeededEntropy::new(11))))
    }

    fn session(&self, token: &str) -> NewSession {
        let expires = NOW.plus_ms(7 * DAY_MS);
        NewSession {
            id: self.0.mint_anywhere(),
            token: TokenDigest::of(token),
            created: NOW,
            expires,
            device: crate::Device::from_name("firefox/linux"),
        }
    }

    fn guest(&self, token: &str) -> NewGuest {
        NewGuest { user: self.0.mint_anywhere(), session: self.session(token) }
    }

    fn customer(&self, email: &str, token: &str) -> NewCustomer {
        NewCustomer {
            user: self.0.mint_anywhere(),
            guest: None,
            email: Email::parse(email).expect("the case's own email"),
            name: String::from("Ada"),
            password_hash: format!("$hash of {email}"),
            session: self.session(token),
        }
    }
}

fn address(name: &str) -> Address {
    Address {
        name: name.to_owned(),
        line1: String::from("Große Straße 1"),
        line2: Some(String::from("c/o \"O'Neil\"; --")),
        city: String::from("京都市"),
        postal_code: String::from("604-8571"),
        region: Some(String::from("Kyōto")),
        country: Country::parse("JP").expect("a country"),
        email: Some(Email::stored(String::from("ada@example.com"))),
    }
}

async fn add(store: &Arc<dyn Accounts>, guest: NewGuest) {
    assert_eq!(one(store.add_guests(vec![guest]).await), Ok(()));
}

async fn owner(store: &Arc<dyn Accounts>, token: &str) -> Option<(UserId, Kind)> {
    let found = store.find_session(&TokenDigest::of(token)).await.expect("the store answers");
    found.map(|session| (session.user, session.kind))
}

cases! {
    async fn a_password_changes_once_and_ends_the_other_sessions(store) {
        let maker = Maker::new();
        let (ada, bob) = (maker.customer("ada@example.com", "a"), maker.customer("b@example.com", "b"));
        let (user, hash) = (ada.user, ada.password_hash.clone());
        assert_eq!(store.register(ada).await, Ok(()));
        assert_eq!(store.register(bob).await, Ok(()));
        for token in ["c", "d"] {
            assert_eq!(store.add_session(user, maker.session(token)).await, Ok(true));
        }
        let sessions = store.sessions_of(user, 10).await.expect("the store answers");
        assert_eq!(sessions.len(), 3);
        assert!(sessions.windows(2).all(|pair| pair[0].id > pair[1].id));
        assert_eq!(store.sessions_of(user, 2).await.map(|s| s.len()), Ok(2));
        let intent = NewPassword {
            user,
            expected_hash: hash,
            password_hash: "$another".into(),
            keep: TokenDigest::of("c"),
        };
        let ended = store.set_password(intent.clone()).await.expect("the store answers");
        let mut ended = ended.expect("the hash was expected");
        ended.sort_unstable();
        let mut others = vec![TokenDigest::of("a"), TokenDigest::of("d")];
        others.sort_unstable();
        assert_eq!(ended, others);
        assert_eq!(store.set_password(intent).await, Ok(None));
        assert_eq!(owner(&store, "a").await, None);
        assert!(owner(&store, "c").await.is_some() && owner(&store, "b").await.is_some());
        let email = Email::stored("ada@example.com".into());
        let known = store.find_credentials(&email).await.expect("the store answers");
        assert_eq!(known.expect("credentials").password_hash, "$another");
    }

    async fn a_session_is_ended_by_its_user_only(store) {
        let maker = Maker::new();
        let (ada, bob) = (maker.guest("a"), maker.guest("b"));
        add(&store, ada).await;
        add(&store, bob).await;
        assert_eq!(store.end_session_of(bob.user, ada.session.id).await, Ok(None));
        assert!(owner(&store, "a").await.is_some());
        let ended = store.end_session_of(ada.user, ada.session.id).await;
        assert_eq!(ended, Ok(Some(TokenDigest::of("a"))));
        assert_eq!(owner(&store, "a").await, None);
        assert_eq!(store.end_session_of(ada.user, ada.session.id).await, Ok(None));
    }

    async fn a_guest_is_found_by_the_digest(store) {
        let guest = Maker::new().guest("a");
        add(&store, guest).await;
        let session = store.find_session(&guest.session.token).await.unwrap_or_default();
        let session = session.expect("the session");
        assert_eq!(session.id, guest.session.id);
        assert_eq!(session.user, guest.user);
        assert_eq!(session.kind, Kind::Guest);
        assert_eq!(session.created, guest.session.created);
        assert_eq!(session.expires, guest.session.expires);
        assert_eq!(session.device, guest.session.device);
        let profile = store.get_profile(guest.user).await.unwrap_or_default().expect("a profile");
        assert_eq!(profile.user.id, guest.user);
        assert_eq!(profile.user.kind, Kind::Guest);
        assert_eq!(profile.user.created, NOW);
        assert_eq!((profile.user.email, profile.user.name, profile.address), (None, None, None));
    }

    async fn bearers_of_one_batch_are_answered_in_order(store) {
        let maker = Maker::new();
        let (guest, customer) = (maker.guest("a"), maker.customer("ada@example.com", "b"));
        add(&store, guest).await;
        let (user, token) = (customer.user, customer.session.token);
        store.register(customer).await.expect("registered");
        let home = NewAddress { user, id: maker.0.mint_anywhere(), address: address("Ada"), at: NOW };
        assert_eq!(one(store.put_addresses(vec![home]).await), Ok(true));
        let nobody = TokenDigest::of("nobody's");
        let asked = vec![token, nobody, guest.session.token, token];
        let answers = store.find_bearers(asked.clone()).await;
        assert_eq!(answers.len(), asked.len());
        for (token, answer) in asked.iter().zip(answers) {
            let session = store.find_session(token).await.expect("the store answers");
            let profile = match &session {
                Some(session) => store.get_profile(session.user).await.expect("the store answers"),
                None => None,
            };
            assert_eq!(answer, Ok(session.zip(profile)));
        }
    }

    async fn unknown_things_are_none(store) {
        let unknown = Maker::new().guest("a");
        assert_eq!(store.find_session(&unknown.session.token).await, Ok(None));
        assert_eq!(store.get_profile(unknown.user).await, Ok(None));
        let email = Email::stored(String::from("nobody@example.com"));
        assert_eq!(store.find_credentials(&email).await, Ok(None));
        assert_eq!(store.end_session(&unknown.session.token).await, Ok(false));
        assert_eq!(store.renew_session(&unknown.session.token, NOW).await, Ok(false));
        assert_eq!(store.add_session(unknown.user, unknown.session).await, Ok(false));
        assert_eq!(owner(&store, "a").await, None, "no session without a user");
    }

    async fn one_failing_intent_fails_alone(store) {
        let maker = Maker::new();
        let (first, last) = (maker.guest("a"), maker.guest("c"));
        let same_digest = NewGuest { user: maker.0.mint_anywhere(), session: maker.session("a") };
        let same_user = NewGuest { user: first.user, session: maker.session("b") };
        let answers = store.add_guests(vec![first, same_digest, same_user, first, last]).await;
        assert_eq!(answers.len(), 5);
        assert_eq!(answers[0], Ok(()));
        for (place, answer) in answers.iter().enumerate().take(4).skip(1) {
            assert!(matches!(answer, Err(PortError::Conflict(_))), "{place}: {answer:?}");
        }
        assert_eq!(answers[4], Ok(()));
        assert_eq!(owner(&store, "a").await, Some((first.user, Kind::Guest)));
        assert_eq!(owner(&store, "b").await, None, "nothing of a failed intent stays");
        assert_eq!(store.get_profile(same_digest.user).await, Ok(None));
        assert_eq!(owner(&store, "c").await, Some((last.user, Kind::Guest)));
    }

    async fn signing_up_keeps_the_guest_s_id(store) {
        let maker = Maker::new();
        let guest = maker.guest("old");
        add(&store, guest).await;
        let (id, address) = (maker.0.mint_anywhere(), address("Ada"));
        let given = NewAddress { user: guest.user, id, address: address.clone(), at: NOW };
        assert_eq!(one(store.put_addresses(vec![given]).await), Ok(true));
        let intent = NewCustomer {
            user: guest.user,
            guest: Some(guest.session.token),
            ..maker.customer("ada@example.com", "new")
        };
        assert_eq!(store.register(intent.clone()).await, Ok(()));
        assert_eq!(owner(&store, "old").await, None, "the guest's session ended");
        assert_eq!(owner(&store, "new").await, Some((guest.user, Kind::Customer)));
        let profile = store.get_profile(guest.user).await.unwrap_or_default().expect("a profile");
        assert_eq!(profile.user.kind, Kind::Customer);
        assert_eq!(profile.user.email, Some(intent.email));
        assert_eq!(profile.user.name, Some(intent.name));
        assert_eq!(profile.user.created, NOW);
        assert_eq!(profile.address, Some(address), "what the guest gave stays");
    }

    async fn signing_up_without_a_guest_adds_a_customer(store) {
        let intent = Maker::new().customer("ada@example.com", "new");
        assert_eq!(store.register(intent.clone()).await, Ok(()));
        assert_eq!(owner(&store, "new").await, Some((intent.user, Kind::Customer)));
        let known = store.find_credentials(&intent.email).await.unwrap_or_default();
        let known = known.expect("credentials");
        assert_eq!(known.user.id, intent.user);
        assert_eq!(known.user.kind, Kind::Customer);
        assert_eq!(known.user.email, Some(intent.email));
        assert_eq!(known.password_hash, intent.password_hash);
    }

    async fn a_taken_email_leaves_the_guest_as_it_was(store) {
        let maker = Maker::new();
        let first = maker.customer("ada@example.com", "first");
        assert_eq!(store.register(first).await, Ok(()));
        let guest = maker.guest("old");
        add(&store, guest).await;
        let intent = NewCustomer {
            user: guest.user,
            guest: Some(guest.session.token),
            ..maker.customer("ada@example.com", "new")
        };
        assert_eq!(store.register(intent).await, Err(Unregistered::EmailTaken));
        assert_eq!(owner(&store, "old").await, Some((guest.user, Kind::Guest)));
        assert_eq!(owner(&store, "new").await, None);
        let fresh = maker.customer("ada@example.com", "fresh");
        assert_eq!(store.register(fresh.clone()).await, Err(Unregistered::EmailTaken));
        assert_eq!(store.get_profile(fresh.user).await, Ok(None));
    }

    async fn only_a_guest_signs_up(store) {
        let maker = Maker::new();
        let guest = maker.guest("old");
        add(&store, guest).await;
        let sign_up = |email: &str, token: &str| NewCustomer {
            user: guest.user,
            guest: Some(guest.session.token),
            ..maker.customer(email, token)
        };
        assert_eq!(store.register(sign_up("a@example.com", "1")).await, Ok(()));
        let twice = store.register(sign_up("b@example.com", "2")).await;
        assert_eq!(twice, Err(Unregistered::NotAGuest));
        let unknown = NewCustomer {
            guest: Some(TokenDigest::of("never")),
            ..maker.customer("c@example.com", "3")
        };
        assert_eq!(store.register(unknown).await, Err(Unregistered::NotAGuest));
        let email = Email::stored(String::from("b@example.com"));
        assert_eq!(store.find_credentials(&email).await, Ok(None));
        assert_eq!(owner(&store, "2").await, None);
    }

    async fn an_existing_user_id_is_not_taken_over(store) {
        let maker = Maker::new();
        let guest = maker.guest("old");
        add(&store, guest).await;
        let intent = NewCustomer { user: guest.user, ..maker.customer("a@example.com", "new") };
        let answer = store.register(intent).await;
        assert!(matches!(answer, Err(Unregistered::Port(PortError::Conflict(_)))), "{answer:?}");
        assert_eq!(owner(&store, "old").await, Some((guest.user, Kind::Guest)));
        assert_eq!(owner(&store, "new").await, None);
    }

    async fn a_user_has_many_sessions_and_each_ends_alone(store) {
        let maker = Maker::new();
        let customer = maker.customer("ada@example.com", "phone");
        assert_eq!(store.register(customer.clone()).await, Ok(()));
        let laptop = maker.session("laptop");
        assert_eq!(store.add_session(customer.user, laptop).await, Ok(true));
        let again = store.add_session(customer.user, laptop).await;
        assert!(matches!(again, Err(PortError::Conflict(_))), "{again:?}");
        assert_eq!(store.end_session(&TokenDigest::of("phone")).await, Ok(true));
        assert_eq!(store.end_session(&TokenDigest::of("phone")).await, Ok(false));
        assert_eq!(owner(&store, "phone").await, None);
        assert_eq!(owner(&store, "laptop").await, Some((customer.user, Kind::Customer)));
    }

    async fn an_expiry_only_moves_forward(store) {
        let guest = Maker::new().guest("a");
        add(&store, guest).await;
        let later = guest.session.expires.plus_ms(1);
        assert_eq!(store.renew_session(&guest.session.token, later).await, Ok(true));
        let earlier = guest.session.expires.plus_ms(-1);
        assert_eq!(store.renew_session(&guest.session.token, earlier).await, Ok(true));
        let session = store.find_session(&guest.session.token).await.unwrap_or_default();
        assert_eq!(session.map(|session| session.expires), Some(later));
    }

    async fn expired_sessions_go_the_oldest_first(store) {
        let maker = Maker::new();
        for (token, days) in [("c", 3), ("a", 1), ("live", 9), ("b", 2)] {
            let mut guest = maker.guest(token);
            guest.session.expires = NOW.plus_ms(days * DAY_MS);
            add(&store, guest).await;
        }
        let too_early = NOW.plus_ms(DAY_MS - 1);
        assert_eq!(store.remove_expired(too_early, 2).await, Ok(0));
        let day_3 = NOW.plus_ms(3 * DAY_MS);
        assert_eq!(store.remove_expired(day_3, 2).await, Ok(2));
        assert_eq!(owner(&store, "a").await, None);
        assert_eq!(owner(&store, "b").await, None);
        let left = owner(&store, "c").await.expect("the youngest of the expired");
        assert_eq!(store.remove_expired(day_3, 2).await, Ok(1));
        assert_eq!(store.remove_expired(day_3, 2).await, Ok(0));
        assert!(owner(&store, "live").await.is_some());
        assert!(store.get_profile(left.0).await.unwrap_or_default().is_some(), "users stay");
    }

    async fn an_address_is_kept_whole_and_replaced_whole(store) {
        let maker = Maker::new();
        let guest = maker.guest("a");
        add(&store, guest).await;
        let put = |address| {
            NewAddress { user: guest.user, id: maker.0.mint_anywhere(), address, at: NOW }
        };
        assert_eq!(one(store.put_addresses(vec![put(address("Ada"))]).await), Ok(true));
        let profile = store.get_profile(guest.user).await.unwrap_or_default();
        assert_eq!(profile.and_then(|profile| profile.address), Some(address("Ada")));
        let bare = Address { line2: None, region: None, email: None, ..address("Bea") };
        let intents = vec![put(address("Cleo")), put(bare.clone())];
        assert_eq!(store.put_addresses(intents).await, [Ok(true), Ok(true)]);
        let profile = store.get_profile(guest.user).await.unwrap_or_default();
        assert_eq!(profile.and_then(|profile| profile.address), Some(bare), "the later one stays");
    }

    async fn an_address_needs_a_user(store) {
        let maker = Maker::new();
        let (known, unknown) = (maker.guest("a"), maker.guest("b"));
        add(&store, known).await;
        let put = |user| NewAddress { user, id: maker.0.mint_anywhere(), address: address("Ada"), at: NOW };
        let answers = store.put_addresses(vec![put(unknown.user), put(known.user)]).await;
        assert_eq!(answers, [Ok(false), Ok(true)]);
        assert_eq!(store.get_profile(unknown.user).await, Ok(None));
    }
}
