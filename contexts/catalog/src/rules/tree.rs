//! Categories as a tree, from the counts of a store.

use crate::port::CategoryCount;

/// A category with what lies below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its own name.
    pub name: String,
    /// From the department down to it.
    pub path: Vec<String>,
    /// Products in it and below it.
    pub products: u64,
    /// By name.
    pub children: Vec<Category>,
}

/// The tree of categories, departments first; products in no category are not in it.
#[must_use]
pub fn category_tree(counts: &[CategoryCount]) -> Vec<Category> {
    let mut sorted: Vec<&CategoryCount> = counts.iter().filter(|c| !c.path.is_empty()).collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut roots = Vec::new();
    for count in sorted {
        insert(&mut roots, &count.path, 1, count.products);
    }
    roots
}

/// Paths come in order, so a parent is always the last child so far at its level.
fn insert(level: &mut Vec<Category>, path: &[String], depth: usize, products: u64) {
    let name = &path[depth - 1];
    if level.last().is_none_or(|last| last.name != *name) {
        let path = path[..depth].to_vec();
        level.push(Category { name: name.clone(), path, products: 0, children: Vec::new() });
    }
    let Some(node) = level.last_mut() else { return };
    if depth == path.len() {
        node.products = products;
    } else {
        insert(&mut node.children, path, depth + 1, products);
    }
}
