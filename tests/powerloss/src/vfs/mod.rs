//! The shim between SQLite and its own "unix" VFS.
//!
//! Everything is passed on to "unix" on real files, so locks, shared memory and paths are
//! the real ones; changes and syncs go through the machine's plug first. Syncs aren't passed on:
//! the host keeps its power. Memory mapping is refused, because it would write around the shim.
//!
//! One rule of "unix" is repeated here because it can't be observed from outside: the first sync of
//! a handle opened with CREATE on a journal, super-journal or WAL syncs its directory as well.

mod io;

use std::ffi::{CStr, CString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use rusqlite::ffi;

use crate::plug::{Fault, Kind, Plug};
use io::{FileState, ShimFile};

/// What a registered VFS carries in `pAppData`.
struct AppData {
    /// The "unix" VFS, which SQLite keeps for the life of the process.
    real: *mut ffi::sqlite3_vfs,
    plug: Weak<Plug>,
}

/// A registered VFS; dropping it takes the name back.
pub(crate) struct Registration {
    name: String,
    vfs: *mut ffi::sqlite3_vfs,
}

// SAFETY: the pointer is only ever given to `sqlite3_vfs_unregister`, which takes SQLite's own
// lock, and the VFS behind it is never freed.
unsafe impl Send for Registration {}
// SAFETY: as above; shared use only reads `name`.
unsafe impl Sync for Registration {}

impl Registration {
    /// Registers a VFS of this name for the plug. The VFS itself (some 300 bytes) is leaked, since
    /// connections may outlive the registration; they then find no power.
    pub(crate) fn new(name: String, plug: &Arc<Plug>) -> std::io::Result<Self> {
        let c_name = CString::new(name.as_str())?;
        // SAFETY: the name is a C string; SQLite initialises itself in this call.
        let real = unsafe { ffi::sqlite3_vfs_find(c"unix".as_ptr()) };
        if real.is_null() {
            return Err(std::io::Error::other("this SQLite has no VFS named unix"));
        }
        let data = Box::into_raw(Box::new(AppData { real, plug: Arc::downgrade(plug) }));
        // SAFETY: `real` is a registered VFS and stays one. What is copied here besides the methods
        // replaced below (pathnames, loading of libraries, time, sleep, randomness) doesn't look
        // at its VFS.
        let mut vfs = unsafe { *real };
        let head = size_of::<ShimFile>() as c_int;
        vfs.szOsFile += head;
        vfs.pNext = std::ptr::null_mut();
        vfs.zName = c_name.into_raw();
        vfs.pAppData = data.cast();
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        vfs.xAccess = Some(access);
        let vfs = Box::into_raw(Box::new(vfs));
        // SAFETY: the struct is complete, leaked and so valid for ever; 0 keeps the default VFS.
        match unsafe { ffi::sqlite3_vfs_register(vfs, 0) } {
            ffi::SQLITE_OK => Ok(Self { name, vfs }),
            code => Err(std::io::Error::other(format!("VFS not registered: SQLite code {code}"))),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: the VFS was registered in `new` and is never freed.
        unsafe { ffi::sqlite3_vfs_unregister(self.vfs) };
    }
}

/// Makes SQLite's random numbers (the salts of a WAL) follow from this seed, so that equal
/// workloads write equal bytes. The effect is on the whole process: use it where no other thread
/// uses SQLite. 0 gives the randomness back.
pub fn seed_sqlite_randomness(seed: u32) {
    // SAFETY: this operation takes an int and a database handle, which may be null.
    unsafe {
        ffi::sqlite3_test_control(
            ffi::SQLITE_TESTCTRL_PRNG_SEED,
            seed as c_int,
            std::ptr::null_mut::<ffi::sqlite3>(),
        );
    }
}

/// The SQLite code for a fault.
fn code_of(fault: Fault, off: c_int) -> c_int {
    match fault {
        Fault::Off => off,
        Fault::Real(code) => code,
        Fault::Io(_) => ffi::SQLITE_IOERR,
    }
}

/// What SQLite's call with this VFS is about.
///
/// # Safety
/// `vfs` must be one that [`Registration::new`] registered.
unsafe fn app_data<'a>(vfs: *mut ffi::sqlite3_vfs) -> &'a AppData {
    // SAFETY: `new` put a leaked `AppData` there, and nobody changes it.
    unsafe { &*(*vfs).pAppData.cast::<AppData>() }
}

/// # Safety
/// `name` must be a C string that lives as long as the result is used.
unsafe fn path_of<'a>(name: *const c_char) -> &'a Path {
    // SAFETY: required above.
    Path::new(std::ffi::OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()))
}

/// `xOpen`.
///
/// # Safety
/// Called by SQLite only, with this VFS, `szOsFile` bytes at `file`, and a full path or null.
unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let shim = file.cast::<ShimFile>();
    // SAFETY: `file` has room for a `ShimFile` and the real file behind it; SQLite reads `pMethods`
    // to see whether a file that failed to open needs closing, so it is null until success.
    let (data, real_file) = unsafe {
        (*shim).base.pMethods = std::ptr::null();
        (app_data(vfs), io::real(file))
    };
    let Some(plug) = data.plug.upgrade() else { return ffi::SQLITE_IOERR };
    // SAFETY: `real_file` has the room that the real VFS asks for; `name` and what follows it (URI
    // parameters) are passed on as they came.
    let open_real = || unsafe {
        (*real_file).pMethods = std::ptr::null();
        let open = (*data.real).xOpen.unwrap_unchecked();
        let code = open(data.real, name, real_file, flags, out_flags);
        if code != ffi::SQLITE_OK && !(*real_file).pMethods.is_null() {
            io::close_real(real_file);
        }
        code
    };
    let temporary = name.is_null() || flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
    let opened = if temporary {
        // What is deleted on close can't survive anything: not recorded.
        plug.look(|_| Ok(open_real())).and_then(|code| match code {
            ffi::SQLITE_OK => Ok(None),
            code => Err(Fault::Real(code)),
        })
    } else {
        // SAFETY: `name` isn't null here, and SQLite keeps it until the file is closed.
        open_recorded(&plug, unsafe { path_of(name) }, open_real).map(Some)
    };
    match opened {
        Ok(inode) => {
            let journal = ffi::SQLITE_OPEN_MAIN_JOURNAL
                | ffi::SQLITE_OPEN_SUPER_JOURNAL
                | ffi::SQLITE_OPEN_WAL;
            let sync_name = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & journal != 0;
            let path = if temporary {
                PathBuf::new()
            } else {
                // SAFETY: as above.
                unsafe { path_of(name) }.to_owned()
            };
            let state = Box::new(FileState::new(plug, inode, path, sync_name));
            // SAFETY: `shim` is valid; `close` takes the box back.
            unsafe {
                (*shim).state = Box::into_raw(state);
                (*shim).base.pMethods = &raw const io::METHODS;
            }
            ffi::SQLITE_OK
        }
        Err(fault) => code_of(fault, ffi::SQLITE_IOERR),
    }
}

/// Opens a file that power loss is about, and enters it if it is new.
fn open_recorded(
    plug: &Plug,
    path: &Path,
    open_real: impl Fn() -> c_int,
) -> Result<crate::disk::Inode, Fault> {
    let real = |code| if code == ffi::SQLITE_OK { Ok(()) } else { Err(Fault::Real(code)) };
    let found = plug.look(|disk| {
        if !path.starts_with(disk.root()) {
            return Ok(Err(ffi::SQLITE_CANTOPEN));
        }
        // Adopting reads the file, and closing what was read drops this process's locks on it: so
        // this comes before the real open.
        Ok(Ok(disk.find(path)?))
    })?;
    match found.map_err(Fault::Real)? {
        Some(inode) => real(open_real()).map(|()| inode),
        None => plug.change(Kind::Other, path, |disk| {
            real(open_real())?;
            Ok(match disk.find_live(path) {
                Some(inode) => inode,
                None => disk.create(path)?,
            })
        }),
    }
}

/// `xDelete`.
///
/// # Safety
/// Called by SQLite only, with this VFS and a full path.
unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_dir: c_int,
) -> c_int {
    // SAFETY: required above.
    let (data, path) = unsafe { (app_data(vfs), path_of(name)) };
    let Some(plug) = data.plug.upgrade() else { return ffi::SQLITE_IOERR_DELETE };
    let deleted = plug.change(Kind::Other, path, |disk| {
        // SAFETY: the real VFS with its own pointer; "unix" has this method.
        match unsafe { (*data.real).xDelete.unwrap_unchecked()(data.real, name, 0) } {
            ffi::SQLITE_OK => {
                disk.unlink(path);
                Ok(())
            }
            code => Err(Fault::Real(code)),
        }
    });
    let synced = deleted.and_then(|()| match sync_dir & 1 {
        0 => Ok(()),
        _ => plug.change(Kind::Sync, path, |disk| Ok(disk.sync_names_beside(path)?)),
    });
    match synced {
        Ok(()) => ffi::SQLITE_OK,
        Err(fault) => code_of(fault, ffi::SQLITE_IOERR_DELETE),
    }
}

/// `xAccess`.
///
/// # Safety
/// Called by SQLite only, with this VFS, a full path and room for the answer.
unsafe extern "C" fn access(
    vfs: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: required above; "unix" has this method.
    unsafe {
        let data = app_data(vfs);
        match data.plug.upgrade() {
            Some(plug) if !plug.is_off() => {
                (*data.real).xAccess.unwrap_unchecked()(data.real, name, flags, answer)
            }
            _ => ffi::SQLITE_IOERR_ACCESS,
        }
    }
}
