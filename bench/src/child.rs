//! The processes that are measured: started here, ended here, by their ids.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a shop may take to open, its search index included.
const OPENS_WITHIN: Duration = Duration::from_secs(60);
/// How long it may take to close.
const CLOSES_WITHIN: Duration = Duration::from_secs(60);

/// A process of ours. Dropping it ends it.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits; insists after a while.
    pub fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let asked = Instant::now();
        while asked.elapsed() < CLOSES_WITHIN {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn await_open(&mut self, log: &Path) -> Result<(), String> {
        let began = Instant::now();
        while began.elapsed() < OPENS_WITHIN {
            if let Ok(Some(status)) = self.child.try_wait() {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(format!("the server ended with {status}:\n{said}"));
            }
            if TcpStream::connect_timeout(&self.address, Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("the server did not open {} in time", self.address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| e.to_string())?;
    listener.local_addr().map_err(|e| e.to_string())
}

/// The shop's binary: `SOUK_BIN`, or `souk` beside this one.
pub fn souk() -> Result<PathBuf, String> {
    let path = match std::env::var_os("SOUK_BIN") {
        Some(path) => PathBuf::from(path),
        None => own_path()?.with_file_name("souk"),
    };
    if path.is_file() { Ok(path) } else { Err(format!("no shop at {}", path.display())) }
}

fn own_path() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|e| e.to_string())
}

/// Opens a shop on a data folder; what it says goes to `souk.log` there.
///
/// # Errors
/// When it does not open.
pub fn open_shop(data: &Path, settings: &[(&str, String)]) -> Result<Server, String> {
    let (address, sandbox) = (free_address()?, free_address()?);
    let log = data.join("souk.log");
    let output = File::create(&log).map_err(|e| e.to_string())?;
    let mut command = Command::new(souk()?);
    command
        .arg("serve")
        .current_dir(data)
        .env("SOUK_LISTEN", address.to_string())
        .env("SOUK_SANDBOX_LISTEN", sandbox.to_string())
        .env("SOUK_DATA", data)
        .env("SOUK_DEMO", "false")
        .env("SOUK_CARRIER_SPEED", "0")
        .envs(settings.iter().map(|(key, value)| (*key, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output);
    let child = command.spawn().map_err(|e| format!("starting the shop: {e}"))?;
    let mut server = Server { child, address };
    server.await_open(&log)?;
    Ok(server)
}

/// Opens the echo.
///
/// # Errors
/// When it does not open.
pub fn open_echo() -> Result<Server, String> {
    let mut command = Command::new(own_path()?);
    command.arg("echo").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("starting the echo: {e}"))?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line).map_err(|e| e.to_string())?;
    }
    let address = line.trim().parse().map_err(|_| "the echo did not say where it listens")?;
    Ok(Server { child, address })
}

/// Opens nginx with one file, under `/page`, sent with these headers.
///
/// # Errors
/// When it is not installed or does not open.
pub fn open_nginx(dir: &Path, body: &[u8], headers: &[(&str, &str)]) -> Result<Server, String> {
    let address = free_address()?;
    let put = |name: &str, bytes: &[u8]| {
        std::fs::write(dir.join(name), bytes).map_err(|e| format!("{name}: {e}"))
    };
    put("page", body)?;
    let added: String =
        headers.iter().map(|(name, value)| format!("add_header {name} \"{value}\";\n")).collect();
    let text = format!(
        "worker_processes 2; daemon off; pid {dir}/nginx.pid; error_log {dir}/nginx.log;\n\
         events {{ worker_connections 20000; }}\n\
         http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000;\n\
         open_file_cache max=100; default_type text/html; client_body_temp_path {dir}/tmp;\n\
         server {{ listen {address} backlog=4096; root {dir}; {added} }} }}\n",
        dir = dir.display(),
    );
    put("nginx.conf", text.as_bytes())?;
    let log = dir.join("nginx.log");
    let child = Command::new("nginx")
        .arg("-c")
        .arg(dir.join("nginx.conf"))
        .arg("-p")
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("nginx is the reference here, and could not be started: {e}"))?;
    let mut server = Server { child, address };
    server.await_open(&log)?;
    Ok(server)
}
