//! The departments in the header of every page. Nobody waits for them but the first visitor: later
//! ones see what was read some seconds ago, also when the store is away.

use crate::browse::{Picture, category_path};
use crate::state::App;
use crate::words::count;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use serde::Serialize;
use souk_catalog::Category;
use souk_search::{Filters, Query, Sort};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Departments in the menu; the rest is found from the page of all products.
const MOST: usize = 24;
/// How old the menu may become before it is read again.
const AGE_MS: i64 = 15_000;

/// A department as a link.
#[derive(Debug, Serialize)]
pub struct Department {
    pub name: String,
    pub href: String,
    /// `214 products`.
    pub count: String,
    /// One of its products that sell best; none while nothing can be found.
    pub picture: Option<Picture>,
    /// Its category.
    #[serde(skip)]
    pub path: Vec<String>,
}

/// The menu as it was read last.
#[derive(Default)]
pub struct Menu {
    departments: RwLock<Arc<Vec<Department>>>,
    read_at: AtomicI64,
}

impl Menu {
    /// The departments as staff arranged them; those that nobody arranged: with most products first.
    pub fn departments(&self) -> Arc<Vec<Department>> {
        Arc::clone(&self.departments.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it is for the caller to read it again: for one of many.
    fn is_due(&self, now: i64) -> bool {
        let read_at = self.read_at.load(Ordering::Relaxed);
        let order = Ordering::Relaxed;
        now - read_at >= AGE_MS && self.read_at.compare_exchange(read_at, now, order, order).is_ok()
    }
}

fn lay_out(mut roots: Vec<Category>) -> Vec<Department> {
    souk_catalog::rules::as_shown(&mut roots);
    roots.truncate(MOST);
    let link = |root: Category| Department {
        href: category_path(&root.path),
        name: root.name,
        count: count(root.products, "product", "products"),
        picture: None,
        path: root.path,
    };
    roots.into_iter().map(link).collect()
}

/// A picture that stands for a department.
async fn picture(app: &App, category: &[String]) -> Option<Picture> {
    let filters = Filters { category: category.to_vec(), ..Filters::default() };
    let query = Query { filters, sort: Sort::Popularity, per_page: 1, ..Query::default() };
    let hit = app.search.search(&query).await.ok()?.hits.into_iter().next()?;
    Some(Picture::card(app, hit.product, &hit.title, &hit.brand, hit.image.as_deref()))
}

async fn read(app: &App) {
    match app.catalog.categories().await {
        Ok(roots) => {
            let mut departments = lay_out(roots);
            for department in &mut departments {
                department.picture = picture(app, &department.path).await;
            }
            let mut known = app.menu().departments.write().unwrap_or_else(PoisonError::into_inner);
            *known = Arc::new(departments);
        }
        Err(error) => tracing::debug!(%error, "the menu stays as it was"),
    }
}

/// Before a page is made: the menu is what the catalogue has, or had lately.
pub async fn fresh(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.menu().departments().is_empty() {
        read(&app).await;
    } else if app.menu().is_due(app.now().0) {
        let app = app.clone();
        tokio::spawn(async move { read(&app).await });
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_stand_as_staff_arranged_them_then_by_products() {
        let root = |name: &str, products, place| Category {
            name: name.into(),
            path: vec![name.into()],
            products,
            hidden: 0,
            place,
            children: Vec::new(),
        };
        let names = |roots| {
            let menu = lay_out(roots);
            menu.iter().map(|department| department.name.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            names(vec![root("A", 1, None), root("B", 5, None), root("C", 1, None)]),
            "B A C"
        );
        let arranged = vec![root("A", 1, Some(1)), root("B", 5, None), root("C", 1, Some(0))];
        assert_eq!(names(arranged), "C A B", "a new one comes last");
    }
}
