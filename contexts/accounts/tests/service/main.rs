//! The use cases, over the memory adapter behind a counter that can be made to fail.

mod life;
mod probe;

use async_trait::async_trait;
use futures_util::FutureExt;
use probe::Probe;
use souk_accounts::{
    AddressDraft, AddressError, Argon2id, AuthError, Cost, Email, EntryDraft, HashError, Hashing,
    Inline, Kind, Password, RegisterError, Registration, Service, Settings, SignInError,
    TokenDigest,
};
use souk_kernel::{DAY_MS, ManualClock, Mint, PortError, SeededEntropy, Timestamp};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

struct Room {
    probe: Arc<Probe>,
    clock: Arc<ManualClock>,
    service: Arc<Service>,
}

fn room_with(hashing: Arc<dyn Hashing>) -> Room {
    let probe = Arc::new(Probe::default());
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let entropy = Arc::new(SeededEntropy::new(42));
    let mint = Mint::new(clock.clone(), entropy.clone());
    let settings = Settings { cache_entries: 1_024, ..Settings::default() };
    let service = Service::new(probe.clone(), hashing, clock.clone(), entropy, mint, settings);
    Room { probe, clock, service: Arc::new(service) }
}

fn room() -> Room {
    room_with(Arc::new(Inline(Argon2id::new(Cost::LEAST))))
}

/// Everything here is ready at once: the memory adapter and the inline hasher never wait.
fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing here waits")
}

fn ada() -> Registration {
    Registration {
        email: "Ada@Example.com".into(),
        password: Password::new("correct horse".into()),
        name: "Ada".into(),
        device: None,
    }
}

fn draft(email: Option<&str>) -> AddressDraft {
    AddressDraft {
        name: "Ada".into(),
        line1: "Straße 1".into(),
        city: "Berlin".into(),
        postal_code: "10115".into(),
        country: "DE".into(),
        email: email.map(String::from),
        ..AddressDraft::default()
    }
}

#[test]
fn a_guest_is_known_by_the_token() {
    let room = room();
    let grant = now(room.service.mint_guest()).unwrap();
    let principal = now(room.service.authenticate(&grant.token.digest())).unwrap();
    assert_eq!(principal, grant.principal);
    assert_eq!(principal.kind, Kind::Guest);
    let other = now(room.service.authenticate(&TokenDigest::of("guess")));
    assert_eq!(other, Err(AuthError::NoSession));
}

#[test]
fn the_store_is_asked_once_for_many_requests() {
    let room = room();
    let grant = now(room.service.mint_guest()).unwrap();
    for _ in 0..100 {
        now(room.service.authenticate(&grant.token.digest())).unwrap();
        now(room.service.profile(grant.principal.user)).unwrap();
    }
    assert_eq!(room.probe.reads.load(Ordering::SeqCst), 1, "session and profile in one");
    room.clock.advance(Settings::default().cache_ttl_ms);
    now(room.service.authenticate(&grant.token.digest())).unwrap();
    assert_eq!(room.probe.reads.load(Ordering::SeqCst), 2, "belief ends");
}

#[test]
fn a_session_ends_unless_it_is_used() {
    let room = room();
    let grant = now(room.service.mint_guest()).unwrap();
    let token = grant.token.digest();
    for day in 0..30 {
        now(room.service.authenticate(&token)).unwrap_or_else(|error| panic!("{day}: {error}"));
        room.clock.advance(DAY_MS);
    }
    room.clock.advance(6 * DAY_MS);
    assert_eq!(now(room.service.authenticate(&token)), Err(AuthError::NoSession));
    assert_eq!(now(room.service.sweep(10)), Ok(1));
}

#[test]
fn a_cached_session_expires_too_and_is_written_once_a_day() {
    let room = room();
    let grant = now(room.service.mint_guest()).unwrap();
    let token = grant.token.digest();
    room.clock.advance(7 * DAY_MS - 1);
    for _ in 0..10 {
        now(room.service.authenticate(&token)).unwrap();
    }
    assert_eq!(room.probe.renewals.load(Ordering::SeqCst), 1);
    room.clock.advance(7 * DAY_MS);
    assert_eq!(now(room.service.authenticate(&token)), Err(AuthError::NoSession));
}

#[test]
fn a_failed_renewal_fails_no_request() {
    let room = room();
    let grant = now(room.service.mint_guest()).unwrap();
    let token = grant.token.digest();
    room.clock.advance(DAY_MS - 1);
    now(room.service.authenticate(&token)).unwrap();
    room.probe.down.store(true, Ordering::SeqCst);
    // Now a renewal is due, and the session itself is still in memory.
    room.clock.advance(1);
    now(room.service.authenticate(&token)).unwrap();
    assert_eq!(room.probe.renewals.load(Ordering::SeqCst), 0);
    room.clock.advance(DAY_MS);
    let refused = now(room.service.authenticate(&token)).unwrap_err();
    assert!(matches!(refused, AuthError::Port(PortError::Unavailable(_))), "not a 401: {refused}");
}

#[test]
fn signing_out_is_felt_at_once() {
    let room = room();
    let token = now(room.service.mint_guest()).unwrap().token.digest();
    now(room.service.authenticate(&token)).unwrap();
    now(room.service.sign_out(&token)).unwrap();
    assert_eq!(now(room.service.authenticate(&token)), Err(AuthError::NoSession));
    now(room.service.sign_out(&token)).unwrap();
}

#[test]
fn signing_out_in_the_middle_of_a_read_is_felt_too() {
    let room = room();
    let token = now(room.service.mint_guest()).unwrap().token.digest();
    let service = Arc::clone(&room.service);
    let act = Box::new(move || now(service.sign_out(&token)).unwrap());
    *room.probe.amid_read.lock().unwrap() = Some(act);
    // This read began before the sign-out: it may answer either way, but must not be remembered.
    let _ = now(room.service.authenticate(&token));
    assert_eq!(now(room.service.authenticate(&token)), Err(AuthError::NoSession));
}

#[test]
fn signing_up_keeps_the_guest_s_id_and_changes_the_token() {
    let room = room();
    let guest = now(room.service.mint_guest()).unwrap();
    let caller = Some((guest.principal, guest.token.digest()));
    now(room.service.authenticate(&guest.token.digest())).unwrap();
    now(room.service.profile(guest.principal.user)).unwrap();
    let grant = now(room.service.register(ada(), caller)).unwrap();
    assert_eq!(grant.principal.user, guest.principal.user);
    assert_eq!(grant.principal.kind, Kind::Customer);
    let old = now(room.service.authenticate(&guest.token.digest()));
    assert_eq!(old, Err(AuthError::NoSession));
    let principal = now(room.service.authenticate(&grant.token.digest())).unwrap();
    assert_eq!(principal.kind, Kind::Customer);
    let profile = now(room.service.profile(guest.principal.user)).unwrap();
    assert_eq!(profile.contact().map(Email::as_str), Some("ada@example.com"));
    let again = now(room.service.register(ada(), Some((principal, grant.token.digest()))));
    assert_eq!(again.unwrap_err(), RegisterError::AlreadyRegistered);
}

#[test]
fn a_registration_names_every_fault() {
    let room = room();
    let bad = Registration {
        email: "nobody".into(),
        password: Password::new("short".into()),
        name: " ".into(),
        device: None,
    };
    let RegisterError::Invalid(faults) = now(room.service.register(bad, None)).unwrap_err() else {
        panic!("a refusal with fields");
    };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["email", "password", "name"]);
}

#[test]
fn an_email_is_taken_in_every_spelling() {
    let room = room();
    now(room.service.register(ada(), None)).unwrap();
    let again = Registration { email: " ADA@example.COM".into(), ..ada() };
    let refused = now(room.service.register(again, None)).unwrap_err();
    assert_eq!(refused, RegisterError::EmailTaken);
}

#[test]
fn signing_in_wants_the_password() {
    let room = room();
    let user = now(room.service.register(ada(), None)).unwrap().principal.user;
    let sign_in = |email: &str, password: &str| {
        now(room.service.sign_in(email, Password::new(password.into()), None))
    };
    assert_eq!(sign_in("ada@EXAMPLE.com ", "correct horse").unwrap().principal.user, user);
    let long = "x".repeat(100_000);
    for (email, password) in [
        ("ada@example.com", "wrong horse"),
        ("ada@example.com", ""),
        ("ada@example.com", &long),
        ("bea@example.com", "correct horse"),
        ("nonsense", "correct horse"),
    ] {
        let refused = sign_in(email, password).unwrap_err();
        assert_eq!(refused, SignInError::BadCredentials, "{email}");
    }
}

/// Remembers whether it had a hash to compare with.
#[derive(Default)]
struct Recorder(Mutex<Vec<bool>>);

#[async_trait]
impl Hashing for Recorder {
    async fn hash(&self, _: String, _: [u8; 16]) -> Result<String, HashError> {
        Ok("hash".into())
    }
    async fn verify(&self, _: String, hash: Option<String>) -> Result<bool, HashError> {
        self.0.lock().expect("no test panics here").push(hash.is_some());
        Err(HashError::Busy)
    }
}

#[test]
fn an_unknown_email_is_hashed_all_the_same() {
    let recorder = Arc::new(Recorder::default());
    let room = room_with(recorder.clone());
    now(room.service.register(ada(), None)).unwrap();
    for email in ["ada@example.com", "bea@example.com", "nonsense"] {
        let refused = now(room.service.sign_in(email, Password::new("correct horse".into()), None));
        assert_eq!(refused.unwrap_err(), SignInError::Hash(HashError::Busy));
    }
    assert_eq!(*recorder.0.lock().unwrap(), [true, false, false]);
}

#[test]
fn an_address_is_read_back_at_once() {
    let room = room();
    let grant = now(room.service.register(ada(), None)).unwrap();
    assert_eq!(now(room.service.profile(grant.principal.user)).unwrap().address, None);
    let kept = now(room.service.put_address(&grant.principal, &draft(None))).unwrap();
    let profile = now(room.service.profile(grant.principal.user)).unwrap();
    assert_eq!(profile.address.as_ref(), Some(&kept));
    assert_eq!(profile.contact().map(Email::as_str), Some("ada@example.com"));
    now(room.service.put_address(&grant.principal, &draft(Some("b@example.com")))).unwrap();
    let profile = now(room.service.profile(grant.principal.user)).unwrap();
    assert_eq!(profile.contact().map(Email::as_str), Some("b@example.com"));
}

#[test]
fn an_address_put_in_the_middle_of_a_read_is_not_hidden_by_it() {
    let room = room();
    let grant = now(room.service.register(ada(), None)).unwrap();
    let service = Arc::clone(&room.service);
    let principal = grant.principal;
    let act = Box::new(move || {
        now(service.put_address(&principal, &draft(None))).unwrap();
    });
    *room.probe.amid_read.lock().unwrap() = Some(act);
    let _ = now(room.service.profile(principal.user));
    assert!(now(room.service.profile(principal.user)).unwrap().address.is_some());
}

#[test]
fn a_guest_s_address_carries_an_email() {
    let room = room();
    let guest = now(room.service.mint_guest()).unwrap().principal;
    let refused = now(room.service.put_address(&guest, &draft(None))).unwrap_err();
    let AddressError::Invalid(faults) = refused else { panic!("{refused}") };
    assert_eq!(faults[0].field, "email");
    now(room.service.put_address(&guest, &draft(Some("ada@example.com")))).unwrap();
}

#[test]
fn a_change_of_the_book_is_seen_by_the_profile_at_once() {
    let room = room();
    let guest = now(room.service.mint_guest()).unwrap().principal;
    let entry = |label: &str, email: Option<&str>| EntryDraft {
        label: Some(label.into()),
        address: draft(email),
        ..EntryDraft::default()
    };
    let AddressError::Invalid(faults) =
        now(room.service.add_address(&guest, &entry(&"x".repeat(41), None))).unwrap_err()
    else {
        panic!("it is not valid");
    };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["label", "email"]);
    assert_eq!(now(room.service.profile(guest.user)).unwrap().address, None);
    let home = now(room.service.add_address(&guest, &entry(" Home ", Some("a@example.com"))));
    let home = home.unwrap();
    assert_eq!((home.label.as_deref(), home.shipping, home.billing), (Some("Home"), true, true));
    assert!(now(room.service.profile(guest.user)).unwrap().address.is_some());
    let second = now(room.service.add_address(&guest, &entry("", Some("b@example.com")))).unwrap();
    assert_eq!((second.label, second.shipping), (None, false));
    now(room.service.prefer_address(&guest, second.id, (true, false))).unwrap();
    let shown = now(room.service.profile(guest.user)).unwrap();
    assert_eq!(shown.contact().unwrap().as_str(), "b@example.com");
    now(room.service.remove_address(&guest, second.id)).unwrap();
    let gone = now(room.service.remove_address(&guest, second.id)).unwrap_err();
    assert_eq!(gone, AddressError::NoSuchAddress);
    assert!(now(room.service.address_book(&guest)).unwrap().billing().is_some());
}
