//! Every route of the table, asked by everybody who must not pass.

use super::stage::Stage;
use crate::{Needs, Route, table};
use axum::http::Request;
use souk_staff::{Permission, Role, rules};

const ID: &str = "01938f2e-9f3b-7000-8000-000000000001";

/// A path of this template that names nothing.
fn path(route: &Route) -> String {
    let part = |part: &str| if part.starts_with('{') { ID.to_owned() } else { part.to_owned() };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn ask(stage: &Stage, route: &Route, cookie: &str) -> super::stage::Answer {
    match route.method {
        "GET" => stage.get(&path(route), cookie).await,
        _ => stage.post(&path(route), cookie, "").await,
    }
}

#[test]
fn only_the_way_in_is_open_and_no_route_stands_twice() {
    let routes = table(true);
    let open: Vec<_> = routes.iter().filter(|route| route.needs == Needs::Nothing).collect();
    let mut open: Vec<_> = open.iter().map(|route| (route.method, route.path)).collect();
    open.sort_unstable();
    let way_in = [
        ("GET", "/admin/assets/{file}"),
        ("GET", "/admin/sign-in"),
        ("POST", "/admin/demo"),
        ("POST", "/admin/sign-in"),
    ];
    assert_eq!(open, way_in);
    for (at, route) in routes.iter().enumerate() {
        assert!(route.path == "/admin" || route.path.starts_with("/admin/"), "{}", route.path);
        let twice = routes[..at].iter().any(|r| (r.method, r.path) == (route.method, route.path));
        assert!(!twice, "{} {}", route.method, route.path);
        let changes = route.method == "POST" && route.needs != Needs::Nothing;
        if let (true, Needs::May(permission)) = (changes, route.needs) {
            let reads = rules::allows(Role::ReadOnly, permission);
            assert!(!reads, "{}: a read-only member may change something", route.path);
        }
    }
}

#[tokio::test]
async fn strangers_and_shoppers_are_led_to_the_sign_in() {
    let stage = Stage::sandbox();
    // A staff member's token under the shopper's name, and a shopper's under the staff's.
    let token = stage.member(Role::Owner).await;
    let as_shopper = token.replace("souk_staff", "souk_session");
    let forged = "souk_staff=00000000000000000000000000000000";
    for route in table(true).iter().filter(|route| route.needs != Needs::Nothing) {
        for cookie in ["", as_shopper.as_str(), forged, "souk_staff="] {
            let answer = ask(&stage, route, cookie).await;
            let to = answer.leads_to();
            assert!(to.starts_with("/admin/sign-in"), "{} {cookie}: {to}", route.path);
            assert!(!answer.text.contains("example.com"), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn each_role_reaches_what_its_permissions_open_and_nothing_else() {
    let stage = Stage::sandbox();
    for role in Role::ALL {
        let cookie = stage.member(role).await;
        for route in table(true) {
            let Needs::May(permission) = route.needs else { continue };
            let answer = ask(&stage, &route, &cookie).await;
            let what = format!("{} {} {permission:?} as {role:?}", route.method, route.path);
            if rules::allows(role, permission) {
                assert!(answer.status != 403, "{what}: {}", answer.text);
                assert!(answer.status < 500, "{what}: {}", answer.text);
                assert!(!answer.header("location").starts_with("/admin/sign-in"), "{what}");
            } else {
                answer.shows(403, &["Not allowed", role.name()]);
            }
            if route.method == "GET" {
                assert!(answer.text.contains("<strong>Sandbox</strong>"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn every_change_refuses_other_sites_and_those_that_do_not_say() {
    let stage = Stage::sandbox();
    let cookie = stage.member(Role::Owner).await;
    let says: [&[(&str, &str)]; 5] = [
        &[],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")],
        &[("origin", "null"), ("host", "127.0.0.1:8080")],
    ];
    for route in table(true).iter().filter(|route| route.method == "POST") {
        for headers in says {
            let mut request = Request::post(path(route)).header("cookie", &cookie);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            stage.send(request, "").await.shows(403, &["Not allowed"]);
        }
    }
    let names = stage.staff.audit(souk_staff::port::AuditPage { before: None, limit: 9 }).await;
    assert_eq!(names.unwrap().len(), 2, "added and signed in, and nothing since");
}

#[tokio::test]
async fn a_sidebar_shows_what_the_role_may_open() {
    let stage = Stage::sandbox();
    let cookie = stage.member(Role::ReadOnly).await;
    let answer = stage.get("/admin", &cookie).await;
    answer.shows(200, &["Overview", "read-only"]);
    let may = |permission| rules::allows(Role::ReadOnly, permission);
    assert!(!may(Permission::SeeAudit) && !answer.text.contains("/admin/audit"));
}

#[tokio::test]
async fn nothing_opens_before_the_second_factor_where_it_is_required() {
    let stage = Stage::open(false);
    let cookie = stage.member(Role::Owner).await;
    for route in table(false) {
        // Out is out: it is asked by its own test.
        if route.path == "/admin/sign-out" {
            continue;
        }
        let answer = ask(&stage, &route, &cookie).await;
        match route.needs {
            Needs::Nothing => {}
            Needs::Password => assert_eq!(answer.status, 303, "{} {}", route.method, route.path),
            Needs::Enrolling => assert!([200, 422].contains(&answer.status), "{}", answer.text),
            Needs::Member | Needs::May(_) => {
                let to = answer.leads_to();
                assert!(to.starts_with("/admin/security"), "{} {}: {to}", route.method, route.path);
            }
        }
    }
}

#[tokio::test]
async fn nothing_opens_for_who_has_shown_a_password_only() {
    let stage = Stage::open(false);
    let cookie = stage.half(Role::Operator).await;
    for route in table(false).iter().filter(|route| route.needs != Needs::Nothing) {
        if route.needs == Needs::Password {
            continue;
        }
        let answer = ask(&stage, route, &cookie).await;
        let to = answer.leads_to();
        assert!(to.starts_with("/admin/second-factor"), "{} {}: {to}", route.method, route.path);
    }
}

#[tokio::test]
async fn what_is_no_page_is_said_in_the_staffs_own_frame() {
    let stage = Stage::sandbox();
    let cookie = stage.member(Role::ReadOnly).await;
    for (path, status) in
        [("/admin/nowhere", 404), ("/admin/orders/x/y/z", 404), ("/admin/jobs/unpark", 405)]
    {
        let answer = stage.get(path, &cookie).await;
        answer.shows(status, &["There is no such page", "To the overview", "Sign out"]);
    }
    assert!(stage.get("/admin/nowhere", "").await.leads_to().starts_with("/admin/sign-in"));
    stage.get("/admin/jobs/unpark", "").await.shows(405, &["To the sign-in"]);
}
