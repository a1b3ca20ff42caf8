//! The tree of categories: renamed and moved by moving their products, a bounded piece in each transaction,
//! each with its line in the audit; and arranged, one step past a sibling at a time.

use crate::form::{Form, Query, href};
use crate::guard::Me;
use crate::products::{levels, typed};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::thousands;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::port::{Arrange, Beside, PutListing};
use souk_catalog::rules::as_shown;
use souk_catalog::{Category, Listing, PutRefused, Shelf, slug};
use souk_kernel::ProductId;
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Done, PRODUCTS_MAX, Permission};
use souk_webkit::{Problem, see_other};

/// Pieces that one request moves: what is left goes on with the next.
const PIECES: usize = 20;

#[derive(Serialize)]
struct View {
    rows: Vec<Row>,
    loose: String,
    may_change: bool,
    done: String,
    left: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Row {
    path: String,
    name: String,
    depth: usize,
    products: String,
    /// How many of its products are hidden; empty: none.
    hidden: String,
    href: String,
    /// Where the page goes on after it was moved.
    anchor: String,
    /// The sibling before it, and the one behind it; empty: it is the first, or the last.
    before: String,
    behind: String,
}

/// A category's place on the page.
fn anchor(path: &[String]) -> String {
    let names: Vec<String> = path.iter().map(|name| slug(name)).collect();
    format!("c-{}", names.join("-"))
}

fn flat(tree: &[Category], depth: usize, rows: &mut Vec<Row>) {
    let name = |at: Option<usize>| {
        at.and_then(|at| tree.get(at)).map_or_else(String::new, |sibling| sibling.name.clone())
    };
    for (at, of) in tree.iter().enumerate() {
        rows.push(Row {
            anchor: anchor(&of.path),
            before: name(at.checked_sub(1)),
            behind: name(Some(at + 1)),
            path: typed(&of.path),
            name: of.name.clone(),
            depth,
            products: thousands(of.products + of.hidden),
            hidden: if of.hidden > 0 { thousands(of.hidden) } else { String::new() },
            href: href("/admin/products", &[(String::from("category"), typed(&of.path))]),
        });
        flat(&of.children, depth + 1, rows);
    }
}

/// `GET /admin/categories`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let mut rows = Vec::new();
    let mut tree = app.catalog.all_categories().await?;
    as_shown(&mut tree);
    flat(&tree, 0, &mut rows);
    let counts = app.catalog.category_counts().await?;
    let loose = counts
        .iter()
        .find(|count| count.path.is_empty())
        .map_or(0, |count| count.products + count.hidden);
    let (moved, left) = (fields.text("moved"), fields.text("left"));
    let arranged = fields.text("arranged");
    let view = View {
        rows,
        loose: if loose > 0 { thousands(loose) } else { String::new() },
        may_change: me.may(Permission::ChangeProducts),
        done: match (moved.is_empty(), arranged.is_empty()) {
            (false, _) => format!("{moved} products moved."),
            (true, false) => format!("{arranged} has moved; the shop follows within seconds."),
            (true, true) => String::new(),
        },
        left,
        from: fields.text("from"),
        to: fields.text("to"),
    };
    let head = Head::of("/admin/categories", "Categories");
    render::page(&app, &me, ("categories.html", &head), &view)
}

/// Where a path lies after its front was renamed.
fn moved(path: &[String], from: &[String], to: &[String]) -> Vec<String> {
    to.iter().chain(&path[from.len().min(path.len())..]).cloned().collect()
}

/// What may be moved where.
fn check(from: &[String], to: &[String]) -> Result<(), Problem> {
    let invalid = |says: &str| Err(Problem::invalid("category_invalid", says.to_owned()));
    if from.is_empty() || to.is_empty() {
        return invalid("Name the category, and where it shall be.");
    }
    if to.starts_with(from) {
        return invalid("A category can't be moved into itself.");
    }
    if to.len() > souk_catalog::limits::CATEGORY_LEVELS {
        return invalid("A category has at most 8 levels.");
    }
    Ok(())
}

/// Moves one piece: up to [`PRODUCTS_MAX`] products, all of them or none. Says how many, and whether more
/// may be left.
async fn piece(
    app: &App,
    me: &Me,
    (from, to): (&[String], &[String]),
    after: &mut Option<ProductId>,
) -> Result<(usize, bool), Problem> {
    let page =
        app.catalog.stored_page(&Shelf::Category(from.to_vec()), *after, PRODUCTS_MAX).await?;
    if page.listings.is_empty() {
        return Ok((0, false));
    }
    let at = app.clock.now();
    let put = |mut listing: Listing| {
        listing.product.category_path = moved(&listing.product.category_path, from, to);
        let expected_version = Some(listing.product.version);
        PutListing { listing, expected_version, stock: Vec::new(), at, keep_hidden: false }
    };
    let many = page.listings.len();
    let puts = page.listings.into_iter().map(put).collect();
    let detail = format!("{many} products: {} -> {}", typed(from), typed(to));
    let act = Act { name: "categories.move", subject: typed(from), detail };
    let done =
        app.staff.change(&me.member, Permission::ChangeProducts, Change::Products(puts), act);
    match done.await {
        Ok(Done::Products(now)) => app.catalog.written(&now),
        Ok(_) => {}
        // Somebody edited one of them meanwhile: it is read again with the next piece.
        Err(ChangeError::Refused(ChangeRefusal::Product(PutRefused::Stale { .. }))) => {
            return Ok((0, true));
        }
        Err(ChangeError::Refused(ChangeRefusal::Product(PutRefused::Invalid(problems)))) => {
            let says: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Err(Problem::invalid("category_invalid", says.join(". ")));
        }
        Err(other) => return Err(other.into()),
    }
    *after = page.next;
    Ok((many, page.next.is_some()))
}

/// `POST /admin/categories/move`.
pub(crate) async fn rename(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (from, to) = (levels(fields.get("from")), levels(fields.get("to")));
    check(&from, &to)?;
    let (mut all, mut more, mut after) = (0, true, None);
    for _ in 0..PIECES {
        if !more {
            break;
        }
        let (many, left) = piece(&app, &me, (&from, &to), &mut after).await?;
        (all, more) = (all + many, left);
    }
    if all == 0 && !more {
        return Err(Problem::not_found("There is no product in this category."));
    }
    let intent = Arrange::Follow { from: from.clone(), to: to.clone() };
    arrange(&app, &me, intent, (typed(&from), format!("stands as {} now", typed(&to)))).await?;
    let mut pairs = vec![(String::from("moved"), all.to_string())];
    if more {
        pairs.extend(
            [("left", "yes".to_owned()), ("from", typed(&from)), ("to", typed(&to))]
                .map(|(n, v)| (n.to_owned(), v)),
        );
    }
    see_other(&href("/admin/categories", &pairs))
}

async fn arrange(
    app: &App,
    me: &Me,
    intent: Arrange,
    (subject, detail): (String, String),
) -> Result<(), Problem> {
    let act = Act { name: "categories.arrange", subject, detail };
    let change = Change::Categories(intent);
    app.staff.change(&me.member, Permission::ChangeProducts, change, act).await?;
    app.catalog.arranged();
    Ok(())
}

/// `POST /admin/categories/arrange`: one step up or down. The form names the sibling that is passed: twice
/// the same step is one, and a step in an order that has changed meanwhile is refused.
pub(crate) async fn step(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (path, sibling) = (levels(fields.get("path")), fields.text("past"));
    let (Some(name), false) = (path.last().cloned(), sibling.is_empty()) else {
        let says = "Name the category, and the one that it moves past.";
        return Err(Problem::invalid("category_invalid", says));
    };
    let before = match fields.get("way") {
        "up" => true,
        "down" => false,
        _ => return Err(Problem::invalid("way_invalid", "A category moves up or down.")),
    };
    let told = format!("{} {sibling}", if before { "before" } else { "behind" });
    let (subject, back) = (typed(&path), anchor(&path));
    let intent = Arrange::Step(Beside { path, sibling, before });
    arrange(&app, &me, intent, (subject, told)).await?;
    let list = href("/admin/categories", &[(String::from("arranged"), name)]);
    see_other(&format!("{list}#{back}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_moves_along_and_nothing_into_itself() {
        let path = |text| levels(text);
        let there = moved(&path("A > B > C"), &path("A > B"), &path("X"));
        assert_eq!(there, path("X > C"));
        assert_eq!(moved(&path("A > B"), &path("A > B"), &path("A > D")), path("A > D"));
        assert!(check(&path("A"), &path("A > B")).is_err() && check(&path("A"), &[]).is_err());
        assert!(check(&path("A > B"), &path("A")).is_ok(), "up is fine");
    }
}
