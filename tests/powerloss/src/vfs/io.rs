//! The methods of an open file: reads pass, changes go through the plug, a dead machine refuses.

use std::ffi::{c_int, c_void};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::ffi;

use super::code_of;
use crate::disk::Inode;
use crate::plug::{Kind, Plug};

/// What SQLite sees as its file. The real VFS's file lies behind it in the same allocation.
#[repr(C)]
pub(super) struct ShimFile {
    pub base: ffi::sqlite3_file,
    pub state: *mut FileState,
}

// The real file starts where this one ends, so the size must keep its alignment.
const _: () = assert!(size_of::<ShimFile>().is_multiple_of(16));

/// The machine's side of an open file.
pub(super) struct FileState {
    plug: Arc<Plug>,
    /// None for a temporary file.
    inode: Option<Inode>,
    path: PathBuf,
    /// The next sync makes the name safe as well.
    sync_name: AtomicBool,
}

impl FileState {
    pub(super) fn new(
        plug: Arc<Plug>,
        inode: Option<Inode>,
        path: PathBuf,
        sync_name: bool,
    ) -> Self {
        Self { plug, inode, path, sync_name: AtomicBool::new(sync_name) }
    }
}

/// Version 2: shared memory, but no memory mapping.
pub(super) static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The real file behind a shim file.
///
/// # Safety
/// `file` must point to the allocation that SQLite made with our `szOsFile`.
pub(super) unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the allocation holds a `ShimFile` and then the real file.
    unsafe { file.cast::<ShimFile>().add(1).cast() }
}

/// Closes the real file.
///
/// # Safety
/// `real_file` must be open, and isn't any more.
pub(super) unsafe fn close_real(real_file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: an open file has its methods, among them `xClose`.
    unsafe { (*(*real_file).pMethods).xClose.unwrap_unchecked()(real_file) }
}

/// Calls a method of the real file; to be used inside `unsafe` only.
macro_rules! pass {
    ($file:ident . $method:ident ( $($argument:expr),* )) => {{
        let real_file = real($file);
        (*(*real_file).pMethods).$method.unwrap_unchecked()(real_file $(, $argument)*)
    }};
}

/// # Safety
/// `file` must be an open shim file.
unsafe fn state<'a>(file: *mut ffi::sqlite3_file) -> &'a FileState {
    // SAFETY: `xOpen` put a box there that `close` alone takes back; SQLite doesn't close a file
    // during another call on it.
    unsafe { &*(*file.cast::<ShimFile>()).state }
}

/// Passes a call on while there is power.
///
/// # Safety
/// `file` must be an open shim file.
unsafe fn powered(file: *mut ffi::sqlite3_file, off: c_int, call: impl FnOnce() -> c_int) -> c_int {
    // SAFETY: required above.
    if unsafe { state(file) }.plug.is_off() { off } else { call() }
}

/// Makes a change through the plug, in the real file first and then in the record.
///
/// # Safety
/// `file` must be an open shim file.
unsafe fn change(
    file: *mut ffi::sqlite3_file,
    kind: Kind,
    off: c_int,
    in_real: impl FnOnce() -> c_int,
    record: impl FnOnce(&mut crate::disk::Disk, Inode) -> std::io::Result<()>,
) -> c_int {
    // SAFETY: required above.
    let state = unsafe { state(file) };
    let Some(inode) = state.inode else {
        // SAFETY: required above.
        return unsafe { powered(file, off, in_real) };
    };
    let made = state.plug.change(kind, &state.path, |disk| match in_real() {
        ffi::SQLITE_OK => Ok(record(disk, inode)?),
        code => Err(crate::plug::Fault::Real(code)),
    });
    match made {
        Ok(()) => ffi::SQLITE_OK,
        Err(fault) => code_of(fault, off),
    }
}

// SAFETY of all that follow: SQLite alone calls them, with a file that `xOpen` opened and that
// isn't closed yet, and with buffers and answers as its interface describes. "unix" has all methods
// that are passed on, the shared-memory ones because its iVersion is 2 or more.

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: see above; the state isn't used after this.
    unsafe {
        let shim = file.cast::<ShimFile>();
        let code = close_real(real(file));
        drop(Box::from_raw((*shim).state));
        (*shim).base.pMethods = std::ptr::null();
        code
    }
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    amount: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: see above.
    unsafe { powered(file, ffi::SQLITE_IOERR_READ, || pass!(file.xRead(into, amount, at))) }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    amount: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: see above; the buffer holds `amount` bytes, which SQLite never makes negative.
    unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), amount as usize);
        change(
            file,
            Kind::Write,
            ffi::SQLITE_IOERR_WRITE,
            || pass!(file.xWrite(from, amount, at)),
            |disk, inode| disk.write(inode, at as u64, bytes),
        )
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: ffi::sqlite3_int64) -> c_int {
    // SAFETY: see above.
    unsafe {
        change(
            file,
            Kind::Other,
            ffi::SQLITE_IOERR_TRUNCATE,
            || pass!(file.xTruncate(len)),
            |disk, inode| disk.truncate(inode, len as u64),
        )
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: see above.
    unsafe {
        let state = state(file);
        change(
            file,
            Kind::Sync,
            ffi::SQLITE_IOERR_FSYNC,
            || ffi::SQLITE_OK,
            |disk, inode| {
                disk.sync(inode)?;
                if state.sync_name.swap(false, Ordering::Relaxed) {
                    disk.sync_names_beside(&state.path)?;
                }
                Ok(())
            },
        )
    }
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: see above.
    unsafe { powered(file, ffi::SQLITE_IOERR_FSTAT, || pass!(file.xFileSize(size))) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { powered(file, ffi::SQLITE_IOERR_LOCK, || pass!(file.xLock(level))) }
}

/// Unlocking needs no power: nothing of it is on the disk.
unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { pass!(file.xUnlock(level)) }
}

unsafe extern "C" fn check_reserved_lock(
    file: *mut ffi::sqlite3_file,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: see above.
    unsafe {
        powered(file, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, || {
            pass!(file.xCheckReservedLock(answer))
        })
    }
}

/// Passes on what neither changes the file nor maps it into memory.
unsafe extern "C" fn file_control(
    file: *mut ffi::sqlite3_file,
    operation: c_int,
    argument: *mut c_void,
) -> c_int {
    match operation {
        // These grow the file, or write to it, around the shim.
        ffi::SQLITE_FCNTL_MMAP_SIZE
        | ffi::SQLITE_FCNTL_CHUNK_SIZE
        | ffi::SQLITE_FCNTL_SIZE_HINT
        | ffi::SQLITE_FCNTL_BEGIN_ATOMIC_WRITE
        | ffi::SQLITE_FCNTL_COMMIT_ATOMIC_WRITE
        | ffi::SQLITE_FCNTL_ROLLBACK_ATOMIC_WRITE => ffi::SQLITE_NOTFOUND,
        // SAFETY: see above.
        _ => unsafe {
            powered(file, ffi::SQLITE_NOTFOUND, || pass!(file.xFileControl(operation, argument)))
        },
    }
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: see above.
    unsafe { pass!(file.xSectorSize()) }
}

/// Promises no more than the simulated disk keeps: no atomic, ordered or safely appending writes.
unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    let kept = ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE;
    // SAFETY: see above.
    unsafe { pass!(file.xDeviceCharacteristics()) & kept }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    address: *mut *mut c_void,
) -> c_int {
    // SAFETY: see above.
    unsafe {
        powered(file, ffi::SQLITE_IOERR_SHMMAP, || {
            pass!(file.xShmMap(region, size, extend, address))
        })
    }
}

unsafe extern "C" fn shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: see above.
    unsafe {
        if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
            return pass!(file.xShmLock(offset, count, flags));
        }
        powered(file, ffi::SQLITE_IOERR_SHMLOCK, || pass!(file.xShmLock(offset, count, flags)))
    }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: see above.
    unsafe { pass!(file.xShmBarrier()) }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { pass!(file.xShmUnmap(delete)) }
}
