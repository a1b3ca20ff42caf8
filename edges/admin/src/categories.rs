//! The tree of categories: renamed and moved by moving their products, a bounded piece in each transaction,
//! each with its line in the audit.

use crate::form::{Form, Query, href};
use crate::guard::Me;
use crate::products::{levels, typed};
use crate::render::{self, Head, see_other};
use crate::state::App;
use crate::words::thousands;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::port::PutListing;
use souk_catalog::{Category, Listing, PutRefused, Shelf};
use souk_kernel::ProductId;
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, Done, PRODUCTS_MAX, Permission};
use souk_webkit::Problem;

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
    href: String,
}

fn flat(tree: &[Category], depth: usize, rows: &mut Vec<Row>) {
    for of in tree {
        rows.push(Row {
            path: typed(&of.path),
            name: of.name.clone(),
            depth,
            products: thousands(of.products),
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
    flat(&app.catalog.categories().await?, 0, &mut rows);
    let counts = app.catalog.category_counts().await?;
    let loose = counts.iter().find(|count| count.path.is_empty()).map_or(0, |count| count.products);
    let (moved, left) = (fields.text("moved"), fields.text("left"));
    let view = View {
        rows,
        loose: if loose > 0 { thousands(loose) } else { String::new() },
        may_change: me.may(Permission::ChangeProducts),
        done: if moved.is_empty() { moved } else { format!("{moved} products moved.") },
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
        PutListing { listing, expected_version, stock: Vec::new(), at }
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
    let mut pairs = vec![(String::from("moved"), all.to_string())];
    if more {
        pairs.extend(
            [("left", "yes".to_owned()), ("from", typed(&from)), ("to", typed(&to))]
                .map(|(n, v)| (n.to_owned(), v)),
        );
    }
    see_other(&href("/admin/categories", &pairs))
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
