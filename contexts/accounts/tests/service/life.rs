//! From the proof of an address to the end of an account.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{ada, draft, now, room};
use crate::probe::Probe;
use async_trait::async_trait;
use serde_json::{Value, json};
use souk_accounts::port::{Courier, Erasures, Keeper, Left};
use souk_accounts::{
    AccountLetter, AccountNews, Argon2id, Cost, DeleteError, Email, EmailError, EntryDraft,
    EraseError, Grant, Inline, Password, ResetError, Service, Settings, SignInError, Token,
    VerificationError,
};
use souk_kernel::{
    Clock, DAY_MS, HOUR_MS, ManualClock, Mint, PortError, SeededEntropy, Timestamp, UserId,
};
use std::sync::{Arc, Mutex};

/// Keeps what it is given to deliver.
#[derive(Default)]
struct Letters(Mutex<Vec<AccountLetter>>);

#[async_trait]
impl Courier for Letters {
    async fn send(&self, letter: AccountLetter) -> Result<(), PortError> {
        self.0.lock().unwrap().push(letter);
        Ok(())
    }
}

impl Letters {
    fn tokens(&self) -> Vec<(Email, Token)> {
        let sent = self.0.lock().unwrap();
        let token = |letter: &AccountLetter| match &letter.news {
            AccountNews::Verify { token, .. } | AccountNews::Reset { token, .. } => {
                Some((letter.to.clone(), token.clone()))
            }
            _ => None,
        };
        sent.iter().filter_map(token).collect()
    }

    fn last(&self) -> String {
        self.tokens().pop().expect("a token was sent").1.reveal().to_owned()
    }

    fn told(&self, what: fn(&AccountNews) -> bool) -> Vec<String> {
        let sent = self.0.lock().unwrap();
        let told = sent.iter().filter(|letter| what(&letter.news));
        told.map(|letter| letter.to.to_string()).collect()
    }
}

/// Keeps a word of somebody, and does as it is told.
#[derive(Default)]
struct Attic(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    obstacle: Option<String>,
    fails: bool,
    left: bool,
    forgot: Vec<UserId>,
}

#[async_trait]
impl Keeper for Attic {
    fn name(&self) -> &'static str {
        "attic"
    }
    async fn export(&self, user: UserId) -> Result<Value, PortError> {
        Ok(json!({ "of": user.to_string() }))
    }
    async fn obstacle(&self, _: UserId) -> Result<Option<String>, PortError> {
        Ok(self.0.lock().unwrap().obstacle.clone())
    }
    async fn forget(&self, user: UserId) -> Result<Left, PortError> {
        let mut kept = self.0.lock().unwrap();
        kept.forgot.push(user);
        if kept.fails {
            return Err(PortError::Unavailable("told to".into()));
        }
        Ok(if kept.left { Left::Something } else { Left::Nothing })
    }
}

struct House {
    service: Service,
    store: Arc<Probe>,
    clock: Arc<ManualClock>,
    letters: Arc<Letters>,
    attics: [Arc<Attic>; 2],
    grant: Grant,
}

/// A house in which Ada lives.
fn house() -> House {
    let (store, letters) = (Arc::new(Probe::default()), Arc::new(Letters::default()));
    let clock = Arc::new(ManualClock::at(Timestamp(1_790_000_000_000)));
    let entropy = Arc::new(SeededEntropy::new(8));
    let mint = Mint::new(clock.clone(), entropy.clone());
    let hashing = Arc::new(Inline(Argon2id::new(Cost::LEAST)));
    let settings = Settings { cache_entries: 1_024, ..Settings::default() };
    let attics: [Arc<Attic>; 2] = [Arc::default(), Arc::default()];
    let keepers = attics.iter().map(|attic| Arc::clone(attic) as Arc<dyn Keeper>).collect();
    let service = Service::new(store.clone(), hashing, clock.clone(), entropy, mint, settings)
        .with_courier(letters.clone())
        .with_keepers(keepers);
    let grant = now(service.register(ada(), None)).unwrap();
    House { service, store, clock, letters, attics, grant }
}

fn password(text: &str) -> Password {
    Password::new(text.into())
}

#[test]
fn who_signs_up_is_asked_to_confirm_and_welcomed_once() {
    let house = house();
    let (to, token) = house.letters.tokens().pop().unwrap();
    assert_eq!(to.as_str(), "ada@example.com");
    let principal = house.grant.principal;
    assert!(!now(house.service.profile(principal.user)).unwrap().user.verified);
    let email = now(house.service.verify_email(token.reveal())).unwrap();
    assert_eq!(email, to);
    assert!(now(house.service.profile(principal.user)).unwrap().user.verified, "not from memory");
    let again = now(house.service.verify_email(token.reveal())).unwrap_err();
    assert_eq!(again, VerificationError::NoSuchToken);
    let send = now(house.service.send_verification(&principal)).unwrap_err();
    assert_eq!(send, VerificationError::AlreadyVerified);
    now(house.service.change_email(&principal, password("correct horse"), "b@example.com"))
        .unwrap();
    now(house.service.verify_email(&house.letters.last())).unwrap();
    let welcomed = house.letters.told(|news| *news == AccountNews::Welcome);
    assert_eq!(welcomed, ["ada@example.com"]);
    let left = house.letters.told(|news| *news == AccountNews::EmailChanged);
    assert_eq!(left, ["ada@example.com"], "the address before is told");
}

#[test]
fn nobody_is_written_to_for_an_unknown_address() {
    let house = house();
    let before = house.letters.tokens().len();
    let unknown = Email::parse("nobody@example.com").unwrap();
    assert_eq!(now(house.service.forgot_password(&unknown)), Ok(()));
    assert_eq!(house.letters.tokens().len(), before);
}

#[test]
fn a_reset_ends_every_session_also_those_in_memory() {
    let house = house();
    let ada = Email::parse("ada@example.com").unwrap();
    let session = house.grant.token.digest();
    assert!(now(house.service.authenticate(&session)).is_ok());
    now(house.service.forgot_password(&ada)).unwrap();
    let first = house.letters.last();
    now(house.service.forgot_password(&ada)).unwrap();
    let token = house.letters.last();
    let new = password("battery staple");
    assert_eq!(now(house.service.reset_password(&first, &new)), Err(ResetError::NoSuchToken));
    let verify = house.letters.tokens()[0].1.reveal().to_owned();
    assert_eq!(now(house.service.can_reset(&verify)), Ok(false), "another purpose");
    assert_eq!(now(house.service.reset_password(&verify, &new)), Err(ResetError::NoSuchToken));
    let short = now(house.service.reset_password(&token, &password("short"))).unwrap_err();
    assert!(matches!(short, ResetError::Invalid(_)));
    assert_eq!(now(house.service.can_reset(&token)), Ok(true), "a bad password uses nothing up");
    assert_eq!(now(house.service.reset_password(&token, &new)), Ok(()));
    assert_eq!(now(house.service.reset_password(&token, &new)), Err(ResetError::NoSuchToken));
    assert!(now(house.service.authenticate(&session)).is_err());
    let old = now(house.service.sign_in("ada@example.com", password("correct horse"), None));
    assert_eq!(old.unwrap_err(), SignInError::BadCredentials);
    assert!(now(house.service.sign_in("ada@example.com", new, None)).is_ok());
    let told = house.letters.told(|news| *news == AccountNews::PasswordChanged);
    assert_eq!(told, ["ada@example.com"]);
}

#[test]
fn one_time_tokens_end_by_themselves_and_are_swept() {
    let house = house();
    let ada = Email::parse("ada@example.com").unwrap();
    now(house.service.forgot_password(&ada)).unwrap();
    let reset = house.letters.last();
    house.clock.advance(HOUR_MS);
    assert_eq!(now(house.service.can_reset(&reset)), Ok(false));
    assert_eq!(now(house.service.sweep(10)), Ok(1));
    house.clock.advance(2 * DAY_MS);
    let verify = house.letters.tokens()[0].1.reveal().to_owned();
    let late = now(house.service.verify_email(&verify)).unwrap_err();
    assert_eq!(late, VerificationError::NoSuchToken);
}

#[test]
fn a_guest_has_nothing_to_confirm_to_change_or_to_delete() {
    let room = room();
    let guest = now(room.service.mint_guest()).unwrap().principal;
    let service = &room.service;
    assert_eq!(now(service.send_verification(&guest)), Err(VerificationError::NoAccount));
    let changed = now(service.change_email(&guest, password("x"), "a@example.com"));
    assert_eq!(changed, Err(EmailError::NoAccount));
    assert_eq!(now(service.change_name(&guest, "Eve")), Err(EmailError::NoAccount));
    assert_eq!(now(service.delete(&guest, password("x"))), Err(DeleteError::NoAccount));
}

#[test]
fn an_export_has_a_section_of_every_keeper() {
    let house = house();
    let principal = house.grant.principal;
    let entry = EntryDraft { address: draft(None), ..EntryDraft::default() };
    now(house.service.add_address(&principal, &entry)).unwrap();
    let all = now(house.service.export(&principal)).unwrap();
    assert_eq!(all["profile"]["email"], "ada@example.com");
    assert_eq!(all["addresses"][0]["address"]["city"], "Berlin");
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(all["attic"]["of"], principal.user.to_string());
    assert!(!all.to_string().contains("argon2"), "a password's hash tells nobody anything");
}

#[test]
fn an_account_is_not_deleted_while_something_stands_in_the_way() {
    let house = house();
    let principal = house.grant.principal;
    let wrong = now(house.service.delete(&principal, password("guess")));
    assert_eq!(wrong, Err(DeleteError::Wrong));
    house.attics[1].0.lock().unwrap().obstacle = Some("a parcel is under way".into());
    let refused = now(house.service.delete(&principal, password("correct horse"))).unwrap_err();
    assert_eq!(refused, DeleteError::NotYet(vec!["a parcel is under way".into()]));
    assert_eq!(refused.to_string(), "not yet: a parcel is under way");
    assert!(now(house.service.authenticate(&house.grant.token.digest())).is_ok());
    assert!(house.attics.iter().all(|attic| attic.0.lock().unwrap().forgot.is_empty()));
}

#[test]
fn a_deleted_account_is_forgotten_everywhere_however_often_it_takes() {
    let house = house();
    let principal = house.grant.principal;
    let user = principal.user;
    house.attics[0].0.lock().unwrap().fails = true;
    assert_eq!(now(house.service.delete(&principal, password("correct horse"))), Ok(()));
    assert!(now(house.service.authenticate(&house.grant.token.digest())).is_err());
    assert!(now(house.service.profile(user)).is_err(), "not from memory");
    let forgot = |n: usize| house.attics[n].0.lock().unwrap().forgot.len();
    assert_eq!((forgot(0), forgot(1)), (1, 1), "one that fails stops no other");
    assert_eq!(now(house.service.resume_erasures(9)), Ok(0), "not at once");
    house.clock.advance(HOUR_MS);
    assert!(now(house.service.resume_erasures(9)).is_err());
    house.attics[0].0.lock().unwrap().fails = false;
    house.attics[1].0.lock().unwrap().left = true;
    house.clock.advance(DAY_MS);
    assert_eq!(now(house.service.resume_erasures(9)), Ok(1), "something has to end first");
    house.attics[1].0.lock().unwrap().left = false;
    house.clock.advance(DAY_MS);
    assert_eq!(now(house.service.resume_erasures(9)), Ok(1));
    house.clock.advance(DAY_MS);
    assert_eq!(now(house.service.resume_erasures(9)), Ok(0), "it is done");
    assert_eq!((forgot(0), forgot(1)), (4, 4));
    assert_eq!(now(house.store.due_erasures(Timestamp(i64::MAX), 9)), Ok(vec![]));
    now(house.service.register(ada(), None)).unwrap();
}

#[test]
fn a_guest_goes_by_the_same_rules_once() {
    let house = house();
    let grant = now(house.service.mint_guest()).unwrap();
    let user = grant.principal.user;
    let ada = house.grant.principal.user;
    assert_eq!(now(house.service.erase_guest(ada)), Err(EraseError::HasAccount));
    house.attics[0].0.lock().unwrap().obstacle = Some("a parcel is under way".into());
    let refused = now(house.service.erase_guest(user));
    assert_eq!(refused, Err(EraseError::NotYet(vec!["a parcel is under way".into()])));
    assert!(now(house.service.authenticate(&grant.token.digest())).is_ok(), "nothing happened");
    assert_eq!(now(house.service.erased(user)), Ok(None));
    house.attics[0].0.lock().unwrap().obstacle = None;
    let asked = house.clock.now();
    for _ in 0..2 {
        assert_eq!(now(house.service.erase_guest(user)), Ok(()));
        house.clock.advance(1);
    }
    assert!(now(house.service.authenticate(&grant.token.digest())).is_err(), "not from memory");
    let forgot = |n: usize| house.attics[n].0.lock().unwrap().forgot.clone();
    assert_eq!((forgot(0), forgot(1)), (vec![user], vec![user]));
    let erased = now(house.service.erased(user)).unwrap().unwrap();
    assert_eq!((erased.asked, erased.done), (asked, None), "it is looked at once more");
    house.clock.advance(2 * HOUR_MS);
    assert_eq!(now(house.service.resume_erasures(9)), Ok(1));
    assert!(now(house.service.erased(user)).unwrap().unwrap().done.is_some());
    assert!(now(house.service.profile(ada)).is_ok());
}

/// Lists lag: what the first look could not see yet is seen by a later one.
#[test]
fn an_erasure_is_looked_at_again_until_lists_have_settled() {
    let house = house();
    now(house.service.delete(&house.grant.principal, password("correct horse"))).unwrap();
    let forgot = || house.attics[0].0.lock().unwrap().forgot.len();
    let mut looks = 0;
    for _ in 0..12 {
        house.clock.advance(10 * 60_000);
        looks += now(house.service.resume_erasures(9)).unwrap();
    }
    assert!((2..=7).contains(&looks), "{looks}");
    assert_eq!(forgot(), looks + 1);
}
