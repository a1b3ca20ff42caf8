//! The table of roles, and the use cases over the memory store.

use futures_util::FutureExt;
use souk_accounts::{Argon2id, Cost, Inline, Password, TokenDigest};
use souk_kernel::{Clock, ManualClock, Mint, SeededEntropy, Timestamp};
use souk_memory::orders::MemoryShop;
use souk_memory::staff::MemoryStaff;
use souk_staff::port::AuditPage;
use souk_staff::rules::allows;
use souk_staff::rules::factor::{STEP_MS, Seal};
use souk_staff::{
    Act, Actor, Change, ChangeError, FactorError, Known, Permission, Role, SESSION_MS, Service,
    SignInError, Stage, WAITING_MS,
};
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_795_468_499_000);

fn room() -> (Service, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(NOW));
    let time: Arc<dyn Clock> = clock.clone();
    let entropy = Arc::new(SeededEntropy::new(5));
    let mint = Mint::new(time.clone(), entropy.clone());
    let store = Arc::new(MemoryStaff::over(Arc::new(MemoryShop::new(time.clone()))));
    let hashing = Arc::new(Inline(Argon2id::new(Cost::LEAST)));
    (Service::new(store, hashing, time, entropy, mint), clock)
}

fn now<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("memory never waits")
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

#[test]
fn roles_are_nested_and_each_has_its_limits() {
    for pair in Role::ALL.windows(2) {
        for permission in Permission::ALL {
            let (more, less) = (allows(pair[0], permission), allows(pair[1], permission));
            assert!(more || !less, "{permission:?}: {:?} may and {:?} may not", pair[1], pair[0]);
        }
    }
    let count = |role| Permission::ALL.into_iter().filter(|p| allows(role, *p)).count();
    assert_eq!(Role::ALL.map(count), [17, 16, 8, 4]);
    assert!(!allows(Role::ReadOnly, Permission::SeeCustomers), "personal data");
    assert!(!allows(Role::Support, Permission::ChangeStock));
}

#[test]
fn signing_in_opens_a_working_day_and_leaves_lines() {
    let (staff, clock) = room();
    let added =
        staff.add(Actor::Console, "Ada@Example.com", password("a long password"), Role::Owner);
    let ada = now(added).unwrap();
    let wrong = now(staff.sign_in("ada@example.com", password("a wrong password")));
    assert_eq!(wrong.unwrap_err(), SignInError::BadCredentials);
    let unknown = now(staff.sign_in("eve@example.com", password("a long password")));
    assert_eq!(unknown.unwrap_err(), SignInError::BadCredentials);
    let grant = now(staff.sign_in(" ada@example.com", password("a long password"))).unwrap();
    let token = grant.token.digest();
    let known = Known { member: ada.clone(), stage: Stage::Proven };
    assert_eq!(now(staff.authenticate(&token)).unwrap(), Some(known));
    clock.advance(SESSION_MS);
    assert_eq!(now(staff.authenticate(&token)).unwrap(), None, "the day is over");
    assert_eq!(now(staff.sweep(10)).unwrap(), 1);
    let lines = now(staff.audit(AuditPage { before: None, limit: 10 })).unwrap();
    let names: Vec<_> = lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["staff.sign_in", "staff.add"]);
    assert_eq!(lines[0].actor, Actor::Member(ada.id));
    assert_eq!(lines[1].actor, Actor::Console);
}

#[test]
fn signing_out_ends_the_session_once() {
    let (staff, _) = room();
    now(staff.add(Actor::Console, "a@b.co", password("a long password"), Role::Support)).unwrap();
    let grant = now(staff.sign_in("a@b.co", password("a long password"))).unwrap();
    let (id, token) = (grant.member.id, grant.token.digest());
    now(staff.sign_out(id, &token)).unwrap();
    now(staff.sign_out(id, &token)).unwrap();
    assert_eq!(now(staff.authenticate(&token)).unwrap(), None);
    let lines = now(staff.audit(AuditPage { before: None, limit: 10 })).unwrap();
    assert_eq!(lines.iter().filter(|line| line.name == "staff.sign_out").count(), 1);
}

#[test]
fn a_change_needs_the_permission_and_a_refused_one_leaves_no_line() {
    let (staff, _) = room();
    let add =
        |email, role| now(staff.add(Actor::Console, email, password("a long password"), role));
    let (support, operator) =
        (add("s@b.co", Role::Support).unwrap(), add("o@b.co", Role::Operator).unwrap());
    let act = || Act { name: "jobs.unpark", subject: "x".into(), detail: String::new() };
    let nothing = || Change::Unpark(souk_kernel::Aggregate(operator.id.uuid()));
    let change = |by| now(staff.change(by, Permission::TendJobs, nothing(), act()));
    assert_eq!(change(&support), Err(ChangeError::Forbidden));
    assert!(matches!(change(&operator), Err(ChangeError::Refused(_))));
    let lines = now(staff.audit(AuditPage { before: None, limit: 10 })).unwrap();
    assert!(lines.iter().all(|line| line.name == "staff.add"), "{lines:?}");
}

#[test]
fn a_demo_member_is_added_once_and_keeps_to_its_role() {
    let (staff, _) = room();
    let demo = |role| now(staff.sign_in_as_demo("demo@b.co", role));
    let first = demo(Role::Operator).unwrap();
    assert_eq!(demo(Role::Operator).unwrap().member, first.member);
    assert_eq!(demo(Role::Owner).unwrap_err(), SignInError::BadCredentials);
    assert_eq!(now(staff.members(10)).unwrap().len(), 1);
}

fn required() -> (Service, Arc<ManualClock>) {
    let (staff, clock) = room();
    (staff.with_factors(Seal::of("the shop's own secret"), true), clock)
}

#[test]
fn the_second_factor_is_set_up_first_and_shown_ever_after() {
    let (staff, clock) = required();
    let pass = || password("a long password");
    let ada = now(staff.add(Actor::Console, "a@b.co", pass(), Role::Owner)).unwrap();
    let grant = now(staff.sign_in("a@b.co", pass())).unwrap();
    let stage =
        |token: &TokenDigest| now(staff.authenticate(token)).unwrap().map(|known| known.stage);
    let first = grant.token.digest();
    assert_eq!(stage(&first), Some(Stage::MustEnrol));
    let secret = staff.fresh_secret();
    let code = |ms: i64| secret.code(u64::try_from((clock.now().0 + ms) / STEP_MS).unwrap());
    let enrol = |typed: &str| now(staff.enrol((&ada, first), &secret, typed));
    assert_eq!(enrol("000000"), Err(FactorError::Wrong));
    let codes = enrol(&code(0)).unwrap();
    assert_eq!((codes.len(), stage(&first)), (10, Some(Stage::Proven)));
    assert_eq!(enrol(&code(STEP_MS)), Err(FactorError::Exists));

    let half = now(staff.sign_in("a@b.co", pass())).unwrap().token.digest();
    assert_eq!(stage(&half), Some(Stage::MustProve));
    assert_eq!(now(staff.prove(half, &code(0))).unwrap_err(), FactorError::Wrong, "a replay");
    clock.advance(STEP_MS);
    let whole = now(staff.prove(half, &code(0))).unwrap();
    assert_eq!((stage(&half), stage(&whole.token.digest())), (None, Some(Stage::Proven)));

    let half = now(staff.sign_in("a@b.co", pass())).unwrap().token.digest();
    now(staff.prove(half, &codes[3].to_lowercase())).unwrap();
    assert_eq!(now(staff.factor_of(ada.id)).unwrap(), Some(9));
    let late = now(staff.sign_in("a@b.co", pass())).unwrap().token.digest();
    clock.advance(WAITING_MS);
    assert_eq!(now(staff.prove(late, &codes[4])).unwrap_err(), FactorError::NoSession, "too late");
    assert!(now(staff.forget_factor(Actor::Console, ada.id)).unwrap());
    assert_eq!(stage(&first), None, "every session ends with it");
}
