//! What is on the platter and what only the running machine believes.
//!
//! The live directory holds what processes see. Beside it this model keeps, per file, an image of
//! what was synced and the ordered list of changes since; and two name tables, one synced and
//! one live, with the ordered list of entry changes between them. Memory is bounded: a sync empties
//! a file's list into its image, and past [`WRITE_BACK`] bytes the older half is written
//! back unasked, as a kernel does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::report::{FileReport, Report};
use crate::rng::Rng;
use crate::survive::{Change, Pending, Plan, Rule, Step};

/// Unsynced bytes of one file above which the older half reaches the disk by itself.
const WRITE_BACK: usize = 32 << 20;

/// A file apart from its names, as file systems have it.
pub(crate) type Inode = u64;

struct Node {
    image: File,
    changes: Vec<Pending>,
    bytes: usize,
}

/// A change of the name table.
enum Entry {
    Link { path: PathBuf, inode: Inode },
    Unlink { path: PathBuf },
    Rename { from: PathBuf, to: PathBuf, inode: Inode },
}

struct PendingEntry {
    seq: u64,
    dir: PathBuf,
    entry: Entry,
}

pub(crate) struct Disk {
    root: PathBuf,
    images: PathBuf,
    seq: u64,
    next_inode: Inode,
    nodes: BTreeMap<Inode, Node>,
    live: BTreeMap<PathBuf, Inode>,
    synced: BTreeMap<PathBuf, Inode>,
    entries: Vec<PendingEntry>,
    /// The ending of the names of files whose syncs are answered and not done.
    lie: Option<String>,
}

impl Disk {
    /// A disk for what lies under `root`; synced images go to the directory `images`.
    pub(crate) fn new(root: PathBuf, images: PathBuf) -> Self {
        Self {
            root,
            images,
            seq: 0,
            next_inode: 1,
            nodes: BTreeMap::new(),
            live: BTreeMap::new(),
            synced: BTreeMap::new(),
            entries: Vec::new(),
            lie: None,
        }
    }

    pub(crate) fn lie_about(&mut self, ending: &str) {
        self.lie = Some(ending.to_owned());
    }

    fn lies_about(&self, inode: Inode) -> bool {
        let Some(ending) = &self.lie else { return false };
        let named =
            |path: &PathBuf| path.as_os_str().as_encoded_bytes().ends_with(ending.as_bytes());
        self.live.iter().any(|(path, node)| *node == inode && named(path))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The inode behind a live name. A file that lies in the live directory but was never opened
    /// through the machine is from before it was switched on: it is adopted as synced.
    pub(crate) fn find(&mut self, path: &Path) -> io::Result<Option<Inode>> {
        if let Some(inode) = self.find_live(path) {
            return Ok(Some(inode));
        }
        if !path.is_file() {
            return Ok(None);
        }
        let inode = self.next_inode;
        fs::copy(path, self.image_path(inode))?;
        self.add_node(File::options().write(true).open(self.image_path(inode))?);
        self.live.insert(path.to_owned(), inode);
        self.synced.insert(path.to_owned(), inode);
        Ok(Some(inode))
    }

    /// The inode behind a name that is already known.
    pub(crate) fn find_live(&self, path: &Path) -> Option<Inode> {
        self.live.get(path).copied()
    }

    /// Enters a new, empty file; neither its name nor its bytes are synced.
    pub(crate) fn create(&mut self, path: &Path) -> io::Result<Inode> {
        let image = File::create(self.image_path(self.next_inode))?;
        let inode = self.add_node(image);
        self.live.insert(path.to_owned(), inode);
        self.log_entry(path, Entry::Link { path: path.to_owned(), inode });
        Ok(inode)
    }

    pub(crate) fn write(&mut self, inode: Inode, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.change(inode, Change::Write { at, bytes: bytes.to_vec() }, bytes.len())
    }

    pub(crate) fn truncate(&mut self, inode: Inode, len: u64) -> io::Result<()> {
        self.change(inode, Change::Truncate { len }, 0)
    }

    /// The file's changes are on the platter now. Its name may still not be.
    pub(crate) fn sync(&mut self, inode: Inode) -> io::Result<()> {
        if self.lies_about(inode) {
            return Ok(());
        }
        let Some(node) = self.nodes.get_mut(&inode) else { return Ok(()) };
        let count = node.changes.len();
        node.write_back(count)
    }

    /// Removes a live name.
    pub(crate) fn unlink(&mut self, path: &Path) {
        if self.live.remove(path).is_some() {
            self.log_entry(path, Entry::Unlink { path: path.to_owned() });
        }
    }

    /// Moves a live name within one directory, over whatever had the new name.
    pub(crate) fn rename(&mut self, from: &Path, to: &Path) {
        if let Some(inode) = self.live.remove(from) {
            self.live.insert(to.to_owned(), inode);
            let entry = Entry::Rename { from: from.to_owned(), to: to.to_owned(), inode };
            self.log_entry(to, entry);
        }
    }

    /// The names in the directory that holds `path` are on the platter now.
    pub(crate) fn sync_names_beside(&mut self, path: &Path) -> io::Result<()> {
        let dir = parent(path);
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.entries).into_iter().partition(|e| e.dir == dir);
        self.entries = later;
        if now.is_empty() {
            return Ok(());
        }
        for pending in now {
            pending.entry.apply(&mut self.synced);
        }
        self.forget_unnamed()
    }

    /// Writes what survives this seed's cut into `dir`, which is created, under the same relative
    /// paths. The disk itself isn't changed: the same seed gives the same result again.
    pub(crate) fn restore(&self, seed: u64, dir: &Path) -> io::Result<Report> {
        let mut rng = Rng::new(seed);
        let plan = self.plan(&mut rng);
        let mut names = self.synced.clone();
        let mut lost_entries = 0;
        for pending in &self.entries {
            if plan.keeps_entry(pending.seq, &mut rng) {
                pending.entry.apply(&mut names);
            } else {
                lost_entries += 1;
            }
        }
        let mut report = Report::new(plan.rule, lost_entries);
        fs::create_dir_all(dir)?;
        for (path, inode) in &names {
            let to = dir.join(self.relative(path));
            let file = self.restore_file(&plan, *inode, &rng, &to)?;
            report.files.push(FileReport { path: self.relative(path), ..file });
        }
        let gone = self.live.keys().filter(|path| !names.contains_key(*path));
        report.vanished = gone.map(|path| self.relative(path)).collect();
        Ok(report)
    }

    fn restore_file(
        &self,
        plan: &Plan,
        inode: Inode,
        rng: &Rng,
        to: &Path,
    ) -> io::Result<FileReport> {
        fs::create_dir_all(parent(to))?;
        fs::copy(self.image_path(inode), to)?;
        let changes = self.nodes.get(&inode).map_or(&[][..], |node| &node.changes[..]);
        let fate = plan.fate(changes, &mut rng.fork(inode));
        let file = File::options().write(true).open(to)?;
        for step in &fate.steps {
            apply(step, &file)?;
        }
        Ok(FileReport {
            path: PathBuf::new(),
            bytes: file.metadata()?.len(),
            unsynced: changes.len(),
            kept: fate.kept,
            lost: fate.lost,
            torn: fate.torn,
        })
    }

    fn plan(&self, rng: &mut Rng) -> Plan {
        let rule = Rule::choose(rng);
        let changes = self.nodes.values().flat_map(|node| node.changes.iter().map(|c| c.seq));
        let entries = self.entries.iter().map(|e| e.seq);
        let mut order: Vec<u64> = changes.chain(entries).collect();
        order.sort_unstable();
        let index = rng.below(order.len() as u64 + 1) as usize;
        let last_seq = order.get(index).copied().unwrap_or(u64::MAX);
        Plan { rule, last_seq }
    }

    fn change(&mut self, inode: Inode, change: Change, bytes: usize) -> io::Result<()> {
        let seq = self.next_seq();
        let Some(node) = self.nodes.get_mut(&inode) else { return Ok(()) };
        node.changes.push(Pending { seq, change });
        node.bytes += bytes;
        if node.bytes > WRITE_BACK {
            node.write_back(node.changes.len().div_ceil(2))?;
        }
        Ok(())
    }

    fn log_entry(&mut self, path: &Path, entry: Entry) {
        let seq = self.next_seq();
        self.entries.push(PendingEntry { seq, dir: parent(path).to_owned(), entry });
    }

    /// Drops what has no name any more, live, synced or pending. A process may still hold such a
    /// file open: its changes can't survive anything, so they are no longer recorded.
    fn forget_unnamed(&mut self) -> io::Result<()> {
        let pending = self.entries.iter().filter_map(|e| match e.entry {
            Entry::Link { inode, .. } | Entry::Rename { inode, .. } => Some(inode),
            Entry::Unlink { .. } => None,
        });
        let named: BTreeSet<Inode> =
            self.live.values().chain(self.synced.values()).copied().chain(pending).collect();
        let gone: Vec<Inode> =
            self.nodes.keys().filter(|inode| !named.contains(inode)).copied().collect();
        for inode in gone {
            self.nodes.remove(&inode);
            fs::remove_file(self.image_path(inode))?;
        }
        Ok(())
    }

    fn add_node(&mut self, image: File) -> Inode {
        let inode = self.next_inode;
        self.next_inode += 1;
        self.nodes.insert(inode, Node { image, changes: Vec::new(), bytes: 0 });
        inode
    }

    fn next_seq(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    fn image_path(&self, inode: Inode) -> PathBuf {
        self.images.join(inode.to_string())
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_owned()
    }
}

impl Node {
    /// Moves the oldest `count` changes into the synced image.
    fn write_back(&mut self, count: usize) -> io::Result<()> {
        for pending in self.changes.drain(..count) {
            match pending.change {
                Change::Write { at, bytes } => {
                    self.bytes -= bytes.len();
                    self.image.write_all_at(&bytes, at)?;
                }
                Change::Truncate { len } => self.image.set_len(len)?,
            }
        }
        Ok(())
    }
}

impl Entry {
    fn apply(&self, names: &mut BTreeMap<PathBuf, Inode>) {
        match self {
            Self::Link { path, inode } => {
                names.insert(path.clone(), *inode);
            }
            Self::Unlink { path } => {
                names.remove(path);
            }
            Self::Rename { from, to, inode } => {
                names.remove(from);
                names.insert(to.clone(), *inode);
            }
        }
    }
}

fn apply(step: &Step, file: &File) -> io::Result<()> {
    match step {
        Step::Put { at, bytes } => file.write_all_at(bytes, *at),
        Step::Truncate { len } => file.set_len(*len),
        Step::Grow { to, garbage } => {
            let len = file.metadata()?.len();
            match garbage {
                _ if len >= *to => Ok(()),
                None => file.set_len(*to),
                Some(seed) => {
                    let old = Rng::new(*seed).fork(len).bytes((*to - len) as usize);
                    file.write_all_at(&old, len)
                }
            }
        }
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}
