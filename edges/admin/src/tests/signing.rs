//! Signing in and out, the demo sign-in, roles.

use super::stage::{NOW, PASSWORD, Stage};
use souk_accounts::Password;
use souk_staff::rules::factor::{STEP_MS, Secret};
use souk_staff::{Actor, Role};

fn form(email: &str, password: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password), ("next", "/admin/audit")])
        .finish()
}

fn pair(set: &str) -> String {
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn in_by_password_and_out_again() {
    let stage = Stage::sandbox();
    let password = Password::new(PASSWORD.into());
    stage.staff.add(Actor::Console, "ada@example.com", password, Role::Owner).await.unwrap();
    let wrong = stage.post("/admin/sign-in", "", &form("ada@example.com", "wrong")).await;
    wrong.shows(422, &["is not right", "ada@example.com"]);
    assert_eq!(wrong.header("set-cookie"), "");
    let right = stage.post("/admin/sign-in", "", &form("ada@example.com", PASSWORD)).await;
    assert_eq!(right.leads_to(), "/admin/audit");
    let set = right.header("set-cookie").to_owned();
    assert!(set.ends_with("Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"), "{set}");
    let cookie = pair(&set);
    stage.get("/admin/audit", &cookie).await.shows(200, &["staff.sign_in", "ada@example.com"]);
    let out = stage.post("/admin/sign-out", &cookie, "").await;
    assert_eq!(out.leads_to(), "/admin/sign-in");
    assert!(out.header("set-cookie").starts_with("souk_staff=;"), "{out:?}");
    assert_eq!(stage.get("/admin", &cookie).await.leads_to(), "/admin/sign-in?next=%2Fadmin");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let stage = Stage::sandbox();
    let mut statuses = Vec::new();
    for _ in 0..11 {
        let guess = stage.post("/admin/sign-in", "", &form(" Ada@example.com", "guess")).await;
        statuses.push(guess.status);
    }
    assert_eq!((statuses[9], statuses[10]), (422, 429));
}

#[tokio::test]
async fn the_demo_sign_in_is_for_sandboxes_only() {
    let sandbox = Stage::sandbox();
    sandbox
        .get("/admin/sign-in", "")
        .await
        .shows(200, &["demo operator", "<strong>Sandbox</strong>"]);
    let demo = sandbox.post("/admin/demo", "", "next=/admin/audit").await;
    assert_eq!(demo.leads_to(), "/admin/audit");
    let cookie = pair(demo.header("set-cookie"));
    sandbox.get("/admin", &cookie).await.shows(200, &["operator"]);
    sandbox.get("/admin/team", &cookie).await.shows(403, &["Not allowed"]);
    let production = Stage::open(false);
    let page = production.get("/admin/sign-in", "").await;
    page.shows(200, &["Sign in"]);
    assert!(!page.text.contains("demo") && !page.text.contains("Sandbox"), "{}", page.text);
    assert_eq!(production.post("/admin/demo", "", "").await.status, 404);
}

#[tokio::test]
async fn an_owner_changes_roles_and_a_change_counts_at_once() {
    let stage = Stage::sandbox();
    let owner = stage.member(Role::Owner).await;
    let support = stage.member(Role::Support).await;
    let members = stage.staff.members(9).await.unwrap();
    let of = |role: Role| members.iter().find(|m| m.role == role).unwrap().id;
    let change = |id, body: &'static str| {
        let (stage, owner, path) = (&stage, &owner, format!("/admin/team/{id}/role"));
        async move { stage.post(&path, owner, body).await }
    };
    stage.get("/admin/audit", &support).await.shows(403, &["support"]);
    let up = change(of(Role::Support), "expected=support&role=operator").await;
    assert_eq!(up.leads_to(), "/admin/team?done=role");
    stage.get("/admin/audit", &support).await.shows(200, &["staff.role", "support -&gt; operator"]);
    change(of(Role::Support), "expected=support&role=owner").await.shows(409, &["somebody else"]);
    change(of(Role::Owner), "expected=owner&role=support").await.shows(409, &["last owner"]);
    change(of(Role::Owner), "expected=owner&role=king").await.shows(422, &["no such role"]);
    let page = stage.get("/admin/team", &owner).await;
    page.shows(200, &["operator@example.com".replace("operator", "support").as_str(), "read-only"]);
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, after) = page.split_once(&start).unwrap_or_else(|| panic!("no {name}"));
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_second_factor_is_set_up_shown_and_taken_away() {
    let stage = Stage::open(false);
    let cookie = stage.member(Role::Owner).await;
    let led = stage.get("/admin/orders", &cookie).await;
    assert_eq!(led.leads_to(), "/admin/security?next=%2Fadmin%2Forders");
    let page = stage.get(led.leads_to(), &cookie).await;
    page.shows(200, &["totp&#x2f;Test%20%26%20Sons:owner@example.com?secret=", "to go on"]);
    assert!(!page.text.contains("/admin/audit"), "nothing else is shown");
    let text = hidden(&page.text, "secret");
    let secret = Secret::parse(&text).unwrap();
    let step = u64::try_from(NOW.0 / STEP_MS).unwrap();
    let body =
        |code: &str| format!("secret={}&code={code}&next=/admin/orders", text.replace(' ', "+"));
    stage
        .post("/admin/security", &cookie, &body("000000"))
        .await
        .shows(422, &["clock right", &text]);
    let set_up = stage.post("/admin/security", &cookie, &body(&secret.code(step))).await;
    set_up.shows(200, &["Recovery codes", "never again", "admin&#x2f;orders"]);
    let (_, codes) = set_up.text.split_once("<ul class=\"codes\">").unwrap();
    let recovery = codes.split("<li>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    stage.get("/admin/orders", &cookie).await.shows(200, &["Orders"]);
    stage.get("/admin/security", &cookie).await.shows(200, &["10 of 10"]);

    let credentials = form("owner@example.com", PASSWORD);
    let sign_in = || stage.post("/admin/sign-in", "", &credentials);
    let half = pair(sign_in().await.header("set-cookie"));
    let led = stage.get("/admin/audit", &half).await;
    assert_eq!(led.leads_to(), "/admin/second-factor?next=%2Fadmin%2Faudit");
    let code = |code: &str| format!("code={code}&next=/admin/audit");
    let replay = stage.post("/admin/second-factor", &half, &code(&secret.code(step))).await;
    replay.shows(422, &["used already"]);
    let next = stage.post("/admin/second-factor", &half, &code(&secret.code(step + 1))).await;
    assert_eq!(next.leads_to(), "/admin/audit");
    let whole = pair(next.header("set-cookie"));
    assert_ne!(whole, half, "a fresh token");
    stage
        .get("/admin/audit", &whole)
        .await
        .shows(200, &["staff.second_factor", "password and code"]);
    assert!(stage.get("/admin/audit", &half).await.leads_to().starts_with("/admin/sign-in"));

    let half = pair(sign_in().await.header("set-cookie"));
    let by_recovery = stage.post("/admin/second-factor", &half, &code(&recovery)).await;
    let third = pair(by_recovery.header("set-cookie"));
    stage.get("/admin/security", &third).await.shows(200, &["9 of 10"]);
    let members = stage.staff.members(9).await.unwrap();
    let away = format!("/admin/team/{}/factor", members[0].id);
    assert_eq!(stage.post(&away, &third, "").await.leads_to(), "/admin/team?done=factor");
    assert!(stage.get("/admin", &third).await.leads_to().starts_with("/admin/sign-in"));
}

#[tokio::test]
async fn codes_are_not_guessed_faster_than_passwords() {
    let stage = Stage::open(false);
    let half = stage.half(Role::Owner).await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        statuses.push(stage.post("/admin/second-factor", &half, "code=000000").await.status);
    }
    assert_eq!((statuses[9], statuses[10]), (422, 429));
}
