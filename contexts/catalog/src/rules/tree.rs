//! Categories as a tree, from the counts of a store.

use crate::port::CategoryCount;

/// A category with what lies below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its own name.
    pub name: String,
    /// From the department down to it.
    pub path: Vec<String>,
    /// Products in it and below it that shoppers see.
    pub products: u64,
    /// Products in it and below it that are hidden.
    pub hidden: u64,
    /// Where staff put it among its siblings, if they did.
    pub place: Option<u32>,
    /// As staff arranged them; behind those, the others by name.
    pub children: Vec<Category>,
}

/// The tree of categories, departments first, siblings as staff arranged them and else by name; products
/// in no category are not in it.
#[must_use]
pub fn category_tree<'a>(counts: impl IntoIterator<Item = &'a CategoryCount>) -> Vec<Category> {
    let mut sorted: Vec<&CategoryCount> =
        counts.into_iter().filter(|count| !count.path.is_empty()).collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut roots = Vec::new();
    for count in sorted {
        insert(&mut roots, count, 1);
    }
    arranged(&mut roots);
    roots
}

/// A sort that keeps names in order where nobody arranged anything.
fn arranged(level: &mut [Category]) {
    level.sort_by_key(|category| (category.place.is_none(), category.place));
    level.iter_mut().for_each(|category| arranged(&mut category.children));
}

/// Paths come in order, so a parent is always the last child so far at its level.
fn insert(level: &mut Vec<Category>, count: &CategoryCount, depth: usize) {
    let path = &count.path;
    let name = &path[depth - 1];
    if level.last().is_none_or(|last| last.name != *name) {
        let path = path[..depth].to_vec();
        let name = name.clone();
        level.push(Category {
            name,
            path,
            products: 0,
            hidden: 0,
            place: None,
            children: Vec::new(),
        });
    }
    let Some(node) = level.last_mut() else { return };
    if depth == path.len() {
        (node.products, node.hidden, node.place) = (count.products, count.hidden, count.place);
    } else {
        insert(&mut node.children, count, depth + 1);
    }
}
