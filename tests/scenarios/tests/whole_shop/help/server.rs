//! A shop of one scenario's own: its data in a folder, its process, its two ports.

use super::{call, wait_for};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Something for sale.
#[derive(Debug, Clone)]
pub struct Offer {
    /// As the API writes it.
    pub id: String,
    /// As the tables write it.
    pub key: i64,
}

pub struct Shop {
    pub dir: PathBuf,
    pub port: u16,
    pub sandbox: u16,
    env: Vec<(&'static str, String)>,
    child: Option<Child>,
    offers: Vec<Offer>,
}

fn folder(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("souk-{}-{n}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn binary() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/release/souk");
    let path = std::env::var_os("SOUK_BIN").map_or_else(|| PathBuf::from(built), PathBuf::from);
    assert!(path.exists(), "build the shop first (cargo build --release), or set SOUK_BIN");
    path
}

/// Files by their names, in memory: nothing to tidy up.
type Files = Vec<(PathBuf, Vec<u8>)>;

fn read_all(root: &Path, under: &Path, files: &mut Files) {
    for entry in fs::read_dir(root.join(under)).unwrap().flatten() {
        let name = under.join(entry.file_name());
        if entry.path().is_dir() {
            read_all(root, &name, files);
        } else {
            files.push((name.clone(), fs::read(root.join(name)).unwrap()));
        }
    }
}

/// The data of a shop that was opened once and closed: the demo catalogue, nobody there yet.
fn first_start() -> &'static Files {
    static FIRST: OnceLock<Files> = OnceLock::new();
    FIRST.get_or_init(|| {
        let mut shop = Shop::of(folder("first"));
        shop.start();
        wait_for("the search index", || {
            shop.log().contains("the search index is rebuilt").then_some(())
        });
        shop.stop();
        let mut files = Files::new();
        read_all(&shop.dir, Path::new(""), &mut files);
        files.retain(|(name, _)| name.extension().is_none_or(|end| end != "log"));
        files
    })
}

impl Shop {
    /// A shop with the demo catalogue, not open yet.
    pub fn new(name: &str) -> Self {
        let dir = folder(name);
        for (name, bytes) in first_start() {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut shop = Self::of(dir);
        shop.offers = shop.read_offers();
        shop
    }

    /// A shop that was never opened: nothing is in its folder.
    pub fn never_opened(name: &str) -> Self {
        Self::of(folder(name))
    }

    fn of(dir: PathBuf) -> Self {
        let mut env = vec![("SOUK_SWEEP_MS", "50".into()), ("SOUK_DEMO", "shelf".into())];
        // Parcels stay where they are, unless a scenario is about them.
        env.push(("SOUK_CARRIER_SPEED", "0".into()));
        Self { dir, port: 0, sandbox: 0, env, child: None, offers: Vec::new() }
    }

    /// The same, and open.
    pub fn open(name: &str) -> Self {
        let mut shop = Self::new(name);
        shop.start();
        shop
    }

    /// The same, with settings.
    pub fn open_with(name: &str, settings: &[(&'static str, String)]) -> Self {
        let mut shop = Self::new(name);
        shop.env.extend(settings.iter().cloned());
        shop.start();
        shop
    }

    pub fn set(mut self, key: &'static str, value: impl ToString) -> Self {
        self.env.push((key, value.to_string()));
        self
    }

    /// Opens the shop; on other ports each time.
    pub fn start(&mut self) {
        for _ in 0..5 {
            if self.try_start() {
                return;
            }
        }
        panic!("the shop does not open:\n{}", self.log());
    }

    fn try_start(&mut self) -> bool {
        let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (shop, sandbox) = (free(), free());
        (self.port, self.sandbox) =
            (shop.local_addr().unwrap().port(), sandbox.local_addr().unwrap().port());
        drop((shop, sandbox));
        let log = OpenOptions::new().create(true).append(true).open(self.log_path()).unwrap();
        let mut command = self.command(&[]);
        command
            .env("SOUK_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("SOUK_SANDBOX_LISTEN", format!("127.0.0.1:{}", self.sandbox))
            .stdout(File::create(self.dir.join("stdout.log")).unwrap())
            .stderr(log);
        let mut child = command.spawn().unwrap();
        let port = self.port;
        let open = wait_for("the shop to open", || {
            if child.try_wait().unwrap().is_some() {
                return Some(false);
            }
            let ready = call(port, ("GET", "/readyz"), &[], "");
            ready.is_ok_and(|answer| answer.status == 200).then_some(true)
        });
        self.child = open.then_some(child);
        open
    }

    /// The binary with these arguments, beside this shop's data and with its settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(arguments)
            .current_dir(&self.dir)
            .env("SOUK_DATA", &self.dir)
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null());
        command
    }

    /// What it says when it refuses to open with these settings besides.
    pub fn refuses(&mut self, settings: &[(&str, &str)]) -> String {
        let mut command = self.command(&[]);
        let ended = command.envs(settings.iter().copied()).output().unwrap();
        assert!(!ended.status.success(), "it opened and closed with {settings:?}");
        String::from_utf8_lossy(&ended.stderr).into_owned()
    }

    /// Ends it as an operator does.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        wait_for("the shop to close", || child.try_wait().unwrap());
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("stderr.log")
    }

    /// Everything that the shop has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The tables, read only.
    pub fn db(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(self.dir.join("souk.db"), flags).unwrap();
        conn.busy_timeout(super::LONG).unwrap();
        conn
    }

    /// One number out of the tables.
    pub fn number(&self, sql: &str) -> i64 {
        self.db().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|e| panic!("{e}: {sql}"))
    }

    /// Changes the tables of a shop that is closed.
    pub fn edit(&self, change: impl FnOnce(&Connection)) {
        assert!(self.child.is_none(), "close the shop first");
        let conn = Connection::open(self.dir.join("souk.db")).unwrap();
        change(&conn);
    }

    /// Nobody works on any saga any more: the leases of the dead have run out.
    pub fn leases_run_out(&self) {
        self.edit(|conn| {
            let sql = "UPDATE orders SET lease_until = 0
                       WHERE state IN ('created', 'payment_pending')";
            conn.execute(sql, []).unwrap();
        });
    }

    /// What is for sale, best stocked first, as it was when the shop was new.
    pub fn offers(&self) -> Vec<Offer> {
        self.offers.clone()
    }

    /// The one that scenarios with one offer sell.
    pub fn offer(&self) -> Offer {
        self.offers[0].clone()
    }

    /// What is for sale now: after an import.
    pub fn read_offers_anew(&mut self) {
        self.offers = self.read_offers();
    }

    fn read_offers(&self) -> Vec<Offer> {
        let conn = self.db();
        let sql = "SELECT hex(o.id), o.key FROM offer o
                   JOIN stock_level l ON l.sku = o.key
                   WHERE o.buyable = 1 ORDER BY l.on_hand DESC, o.key";
        let mut statement = conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            let id = dashed(&row.get::<_, String>(0)?);
            Ok(Offer { id, key: row.get(1)? })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Sets an offer's stock, by a line of the ledger, while the shop is closed.
    pub fn stock(&self, offer: &Offer, pieces: i64) {
        self.edit(|conn| {
            let sql = "INSERT INTO stock_entry
                       SELECT (SELECT max(seq) + 1 FROM stock_entry), sku, warehouse, 'adjust',
                              ?2 - on_hand, NULL, 0
                       FROM stock_level WHERE sku = ?1 AND on_hand <> ?2";
            conn.execute(sql, (offer.key, pieces)).unwrap();
        });
    }

    /// The same in one more warehouse.
    pub fn stock_also_in(&self, offer: &Offer, warehouse: &[u8; 16], pieces: i64) {
        let key = souk_kernel::WarehouseId::from_bytes(*warehouse).key();
        self.edit(|conn| {
            let level = "INSERT INTO stock_level SELECT sku, ?2, sku_id, ?3, 0, 0, 0, 0,
                           (SELECT max(seq) FROM stock_entry)
                         FROM stock_level WHERE sku = ?1 LIMIT 1";
            conn.execute(level, (offer.key, key, warehouse)).unwrap();
            let entry =
                "INSERT INTO stock_entry SELECT max(seq) + 1, ?1, ?2, 'receive', ?3, NULL, 0
                         FROM stock_entry";
            conn.execute(entry, (offer.key, key, pieces)).unwrap();
        });
    }

    /// An offer costs more from now on. The shop is closed and opened for it, at another port.
    pub fn dearer(&mut self, offer: &Offer, minor: i64) {
        self.stop();
        self.leases_run_out();
        self.edit(|conn| {
            let sql = "UPDATE offer SET minor = minor + ?2, version = version + 1 WHERE key = ?1";
            assert_eq!(conn.execute(sql, (offer.key, minor)).unwrap(), 1);
        });
        self.start();
    }
}

pub fn dashed(hex: &str) -> String {
    let h = hex.to_ascii_lowercase();
    format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            println!("the data is kept: {}", self.dir.display());
            println!("{}", self.log());
        } else {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}
