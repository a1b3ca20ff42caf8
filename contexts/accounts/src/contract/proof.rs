//! The cases of one-time tokens, and of accounts that end.

use super::{Case, Maker, NOW, add, address, owner};
use crate::port::{Accounts, Erased, Erasure, NewAddress, NewPassword, Proven};
use crate::{AddressBook, Email, Proof, Purpose, TokenDigest};
use souk_kernel::{HOUR_MS, PortError, Timestamp, UserId, one};
use std::sync::Arc;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case { name: "a_proof_works_once_and_for_a_while", run: |s| Box::pin(works_once(s)) },
        Case { name: "a_later_proof_ends_the_earlier", run: |s| Box::pin(later_ends_earlier(s)) },
        Case { name: "another_address_is_proven", run: |s| Box::pin(another_address(s)) },
        Case { name: "a_taken_address_is_not_proven", run: |s| Box::pin(taken_address(s)) },
        Case { name: "a_reset_ends_every_session", run: |s| Box::pin(reset(s)) },
        Case { name: "a_reset_belongs_to_its_address", run: |s| Box::pin(reset_of_address(s)) },
        Case { name: "stale_proofs_are_removed", run: |s| Box::pin(stale(s)) },
        Case { name: "a_name_changes", run: |s| Box::pin(name_changes(s)) },
        Case { name: "an_account_ends_whole", run: |s| Box::pin(ends_whole(s)) },
        Case { name: "a_guest_ends_and_a_customer_does_not", run: |s| Box::pin(guest_ends(s)) },
        Case { name: "erasures_come_due", run: |s| Box::pin(come_due(s)) },
    ]
}

const LATER: Timestamp = NOW.plus_ms(HOUR_MS);

fn email(text: &str) -> Email {
    Email::stored(text.to_owned())
}

fn proof(user: UserId, purpose: Purpose, to: &str, token: &str) -> Proof {
    let token = TokenDigest::of(token);
    Proof { token, user, purpose, email: email(to), expires: LATER }
}

/// A customer, signed in by a token of the same name as the local part.
async fn customer(store: &Arc<dyn Accounts>, maker: &Maker, address: &str) -> UserId {
    let token = address.split('@').next().expect("a local part");
    let intent = maker.customer(address, token);
    let user = intent.user;
    assert_eq!(store.register(intent).await, Ok(()));
    user
}

async fn account(store: &Arc<dyn Accounts>, user: UserId) -> (Option<Email>, bool) {
    let profile = store.get_profile(user).await.expect("the store answers").expect("a profile");
    (profile.user.email, profile.user.verified)
}

async fn prove(store: &Arc<dyn Accounts>, token: &str, now: Timestamp) -> Proven {
    store.prove_email(&TokenDigest::of(token), now).await.expect("the store answers")
}

async fn works_once(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    assert_eq!(account(&store, ada).await, (Some(email("ada@example.com")), false));
    let sent = proof(ada, Purpose::VerifyEmail, "ada@example.com", "v");
    assert_eq!(store.add_proof(sent.clone()).await, Ok(true));
    let again = store.add_proof(sent.clone()).await;
    assert!(matches!(again, Err(PortError::Conflict(_))), "{again:?}");
    assert_eq!(store.find_proof(&sent.token, NOW).await, Ok(Some(sent.clone())));
    assert_eq!(store.find_proof(&sent.token, LATER).await, Ok(None));
    assert_eq!(prove(&store, "v", LATER).await, Proven::NoSuchProof);
    assert_eq!(prove(&store, "w", NOW).await, Proven::NoSuchProof);
    let hash = String::from("$another");
    assert_eq!(store.reset_password(&sent.token, hash, NOW).await, Ok(None), "another purpose");
    let done = Proven::Done { user: ada, before: None, first: true };
    assert_eq!(prove(&store, "v", NOW).await, done);
    assert_eq!(account(&store, ada).await, (Some(email("ada@example.com")), true));
    assert_eq!(prove(&store, "v", NOW).await, Proven::NoSuchProof);
    let guest = maker.guest("g");
    add(&store, guest).await;
    let none = proof(guest.user, Purpose::VerifyEmail, "g@example.com", "g");
    assert_eq!(store.add_proof(none).await, Ok(false), "a guest gets none");
    let nobody = proof(maker.0.mint_anywhere(), Purpose::VerifyEmail, "n@example.com", "n");
    assert_eq!(store.add_proof(nobody).await, Ok(false));
}

async fn later_ends_earlier(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    for (purpose, token) in
        [(Purpose::VerifyEmail, "v1"), (Purpose::ResetPassword, "r1"), (Purpose::VerifyEmail, "v2")]
    {
        let sent = proof(ada, purpose, "ada@example.com", token);
        assert_eq!(store.add_proof(sent).await, Ok(true));
    }
    assert_eq!(prove(&store, "v1", NOW).await, Proven::NoSuchProof);
    let reset = store.find_proof(&TokenDigest::of("r1"), NOW).await;
    assert!(matches!(reset, Ok(Some(_))), "another purpose's stays");
    assert!(matches!(prove(&store, "v2", NOW).await, Proven::Done { .. }));
}

async fn another_address(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    let to = |address, token| proof(ada, Purpose::VerifyEmail, address, token);
    assert_eq!(store.add_proof(to("ada@example.com", "1")).await, Ok(true));
    prove(&store, "1", NOW).await;
    assert_eq!(store.add_proof(to("new@example.com", "2")).await, Ok(true));
    assert_eq!(account(&store, ada).await.0, Some(email("ada@example.com")), "not yet");
    let before = Some(email("ada@example.com"));
    let done = Proven::Done { user: ada, before, first: false };
    assert_eq!(prove(&store, "2", NOW).await, done);
    assert_eq!(account(&store, ada).await, (Some(email("new@example.com")), true));
    assert_eq!(store.find_credentials(&email("ada@example.com")).await, Ok(None));
    let known = store.find_credentials(&email("new@example.com")).await;
    assert_eq!(known.map(|known| known.map(|known| known.user.id)), Ok(Some(ada)));
    let next = maker.customer("ada@example.com", "next");
    assert_eq!(store.register(next).await, Ok(()), "the old address is free");
}

async fn taken_address(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    let sent = proof(ada, Purpose::VerifyEmail, "bob@example.com", "v");
    assert_eq!(store.add_proof(sent).await, Ok(true));
    let bob = customer(&store, &maker, "bob@example.com").await;
    assert_eq!(prove(&store, "v", NOW).await, Proven::EmailTaken);
    assert_eq!(account(&store, ada).await, (Some(email("ada@example.com")), false));
    assert_eq!(account(&store, bob).await, (Some(email("bob@example.com")), false));
    assert_eq!(prove(&store, "v", NOW).await, Proven::NoSuchProof, "it is used up");
}

async fn reset(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    customer(&store, &maker, "bob@example.com").await;
    assert_eq!(store.add_session(ada, maker.session("phone")).await, Ok(true));
    let sent = proof(ada, Purpose::ResetPassword, "ada@example.com", "r");
    assert_eq!(store.add_proof(sent.clone()).await, Ok(true));
    assert_eq!(prove(&store, "r", NOW).await, Proven::NoSuchProof, "another purpose");
    let reset = |now| store.reset_password(&sent.token, String::from("$new"), now);
    assert_eq!(reset(LATER).await, Ok(None));
    let (user, mut ended) = reset(NOW).await.expect("the store answers").expect("it is reset");
    ended.sort_unstable();
    let mut wanted = vec![TokenDigest::of("ada"), TokenDigest::of("phone")];
    wanted.sort_unstable();
    assert_eq!((user, ended), (ada, wanted));
    assert_eq!(owner(&store, "ada").await, None);
    assert!(owner(&store, "bob").await.is_some());
    assert!(account(&store, ada).await.1, "whoever reads the mail has the address");
    let known = store.find_credentials(&email("ada@example.com")).await.expect("it answers");
    assert_eq!(known.expect("credentials").password_hash, "$new");
    assert_eq!(reset(NOW).await, Ok(None), "it is used up");
}

async fn reset_of_address(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    let moved = proof(ada, Purpose::VerifyEmail, "new@example.com", "v");
    let sent = proof(ada, Purpose::ResetPassword, "ada@example.com", "r");
    assert_eq!(store.add_proof(sent.clone()).await, Ok(true));
    assert_eq!(store.add_proof(moved).await, Ok(true));
    prove(&store, "v", NOW).await;
    let reset = store.reset_password(&sent.token, String::from("$new"), NOW).await;
    assert_eq!(reset, Ok(None), "who has the old mailbox doesn't get in");
    assert!(owner(&store, "ada").await.is_some());
    let sent = proof(ada, Purpose::ResetPassword, "new@example.com", "r2");
    assert_eq!(store.add_proof(sent.clone()).await, Ok(true));
    let changed = store.set_password(NewPassword {
        user: ada,
        expected_hash: String::from("$hash of ada@example.com"),
        password_hash: String::from("$other"),
        keep: TokenDigest::of("ada"),
    });
    assert!(matches!(changed.await, Ok(Some(_))));
    assert_eq!(store.find_proof(&sent.token, NOW).await, Ok(None), "a new password ends it");
}

async fn stale(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    for (name, hours) in [("a", 1), ("b", 2), ("c", 3)] {
        let user = customer(&store, &maker, &format!("{name}@example.com")).await;
        let sent = proof(user, Purpose::VerifyEmail, "x@example.com", name);
        let sent = Proof { expires: NOW.plus_ms(hours * HOUR_MS), ..sent };
        assert_eq!(store.add_proof(sent).await, Ok(true));
    }
    let by = NOW.plus_ms(2 * HOUR_MS);
    assert_eq!(store.remove_stale_proofs(by, 1).await, Ok(1));
    assert_eq!(store.remove_stale_proofs(by, 9).await, Ok(1));
    assert_eq!(store.remove_stale_proofs(by, 9).await, Ok(0));
    let left = store.find_proof(&TokenDigest::of("c"), NOW).await;
    assert!(matches!(left, Ok(Some(_))));
}

async fn name_changes(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    assert_eq!(store.set_name(ada, String::from("Countess")).await, Ok(true));
    let profile = store.get_profile(ada).await.expect("the store answers").expect("a profile");
    assert_eq!(profile.user.name.as_deref(), Some("Countess"));
    let guest = maker.guest("g");
    add(&store, guest).await;
    assert_eq!(store.set_name(guest.user, String::from("Eve")).await, Ok(false));
    assert_eq!(store.set_name(maker.0.mint_anywhere(), String::from("Eve")).await, Ok(false));
}

async fn ends_whole(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let ada = customer(&store, &maker, "ada@example.com").await;
    let bob = customer(&store, &maker, "bob@example.com").await;
    for user in [ada, bob] {
        let id = maker.0.mint_anywhere();
        let home = NewAddress { user, id, address: address("Home"), at: NOW };
        assert_eq!(one(store.put_addresses(vec![home]).await), Ok(true));
    }
    let sent = proof(ada, Purpose::ResetPassword, "ada@example.com", "r");
    assert_eq!(store.add_proof(sent.clone()).await, Ok(true));
    let erasure = Erasure { user: ada, asked: NOW, due: NOW };
    let wrong = store.end_account(erasure, String::from("$guess")).await;
    assert_eq!(wrong, Ok(None));
    assert!(owner(&store, "ada").await.is_some(), "nothing happened");
    assert_eq!(store.due_erasures(NOW, 9).await, Ok(Vec::new()));
    let hash = String::from("$hash of ada@example.com");
    let ended = store.end_account(erasure, hash.clone()).await;
    assert_eq!(ended, Ok(Some(vec![TokenDigest::of("ada")])));
    assert_eq!(store.get_profile(ada).await, Ok(None));
    assert_eq!(store.address_book(ada).await, Ok(AddressBook::default()));
    assert_eq!(store.find_credentials(&email("ada@example.com")).await, Ok(None));
    assert_eq!(store.find_proof(&sent.token, NOW).await, Ok(None));
    assert_eq!(owner(&store, "ada").await, None);
    assert_eq!(store.add_session(ada, maker.session("z")).await, Ok(false));
    assert_eq!(store.due_erasures(NOW, 9).await, Ok(vec![erasure]));
    assert_eq!(store.end_account(erasure, hash).await, Ok(None));
    assert!(owner(&store, "bob").await.is_some());
    assert_eq!(store.address_book(bob).await.map(|book| book.entries.len()), Ok(1));
    customer(&store, &maker, "ada@example.com").await;
}

async fn guest_ends(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let guest = maker.guest("g");
    let user = guest.user;
    assert_eq!(one(store.add_guests(vec![guest]).await), Ok(()));
    assert_eq!(store.add_session(user, maker.session("g2")).await, Ok(true));
    let home = NewAddress { user, id: maker.0.mint_anywhere(), address: address("Home"), at: NOW };
    assert_eq!(one(store.put_addresses(vec![home]).await), Ok(true));
    let ada = customer(&store, &maker, "ada@example.com").await;
    let erasure = Erasure { user, asked: NOW, due: NOW };
    assert_eq!(store.end_guest(Erasure { user: ada, ..erasure }).await, Ok(None));
    assert!(owner(&store, "ada").await.is_some(), "nothing happened");
    assert_eq!(store.erasure_of(ada).await, Ok(None));
    let mut ended = store.end_guest(erasure).await.expect("it works").expect("a guest");
    ended.sort_by_key(|token| *token.bytes());
    let mut tokens = ["g", "g2"].map(TokenDigest::of);
    tokens.sort_by_key(|token| *token.bytes());
    assert_eq!(ended, tokens);
    assert_eq!(store.get_profile(user).await, Ok(None));
    assert_eq!(store.address_book(user).await, Ok(AddressBook::default()));
    assert_eq!(owner(&store, "g").await, None);
    assert_eq!(store.add_session(user, maker.session("z")).await, Ok(false));
    assert_eq!(store.due_erasures(NOW, 9).await, Ok(vec![erasure]));
    let late = Erasure { asked: NOW.plus_ms(1), ..erasure };
    assert_eq!(store.end_guest(late).await, Ok(Some(Vec::new())), "a second time");
    let erased = Some(Erased { asked: NOW, done: None });
    assert_eq!(store.erasure_of(user).await, Ok(erased), "since the first");
    assert_eq!(store.finish_erasure(user, NOW).await, Ok(()));
    assert_eq!(store.end_guest(late).await, Ok(Some(Vec::new())));
    assert_eq!(store.due_erasures(late.asked, 9).await, Ok(Vec::new()), "it is done");
    let unknown = Erasure { user: maker.0.mint_anywhere(), ..erasure };
    assert_eq!(store.end_guest(unknown).await, Ok(Some(Vec::new())));
    assert_eq!(store.due_erasures(NOW, 9).await, Ok(vec![unknown]));
}

async fn come_due(store: Arc<dyn Accounts>) {
    let maker = Maker::new();
    let mut users = Vec::new();
    for name in ["a", "b", "c"] {
        let address = format!("{name}@example.com");
        let user = customer(&store, &maker, &address).await;
        let due = NOW.plus_ms(HOUR_MS * (3 - users.len() as i64));
        let erasure = Erasure { user, asked: NOW, due };
        let ended = store.end_account(erasure, format!("$hash of {address}")).await;
        assert!(matches!(ended, Ok(Some(_))));
        users.push(erasure);
    }
    let all = NOW.plus_ms(3 * HOUR_MS);
    assert_eq!(store.due_erasures(NOW, 9).await, Ok(Vec::new()));
    assert_eq!(store.due_erasures(all, 9).await, Ok(vec![users[2], users[1], users[0]]));
    assert_eq!(store.due_erasures(all, 1).await, Ok(vec![users[2]]));
    assert_eq!(store.finish_erasure(users[2].user, all).await, Ok(()));
    let erased = Erased { asked: NOW, done: Some(all) };
    assert_eq!(store.erasure_of(users[2].user).await, Ok(Some(erased)), "the fact stays");
    let later = all.plus_ms(1);
    assert_eq!(store.postpone_erasure(users[1].user, later).await, Ok(()));
    assert_eq!(store.due_erasures(all, 9).await, Ok(vec![users[0]]));
    let moved = Erasure { due: later, ..users[1] };
    assert_eq!(store.due_erasures(later, 9).await, Ok(vec![users[0], moved]));
    assert_eq!(store.postpone_erasure(maker.0.mint_anywhere(), later).await, Ok(()));
    assert_eq!(store.due_erasures(later, 9).await.map(|due| due.len()), Ok(2));
}
