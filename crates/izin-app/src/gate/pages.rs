//! Memory asked of the system itself: what is not written yet takes none, and long parts may lie in
//! large pages, since a decision about anybody begins with a look where nobody has looked lately.

use std::alloc::{Layout, handle_alloc_error};

use memmap2::MmapMut;

/// Parts of so many bytes and more lie in large pages where the system has them: the size of such a
/// page.
const LARGE_BYTES: usize = 2 << 20;

/// Maps a part; all of it is zero. Without memory there is no going on, as with any allocation.
pub(super) fn map(bytes: usize) -> MmapMut {
    let Ok(part) = MmapMut::map_anon(bytes) else {
        handle_alloc_error(Layout::new::<u8>());
    };
    if bytes >= LARGE_BYTES {
        // A system without large pages says no, and everything works as before.
        let _ = advise_large(&part);
    }
    part
}

#[cfg(target_os = "linux")]
fn advise_large(part: &MmapMut) -> std::io::Result<()> {
    part.advise(memmap2::Advice::HugePage)
}

#[cfg(not(target_os = "linux"))]
fn advise_large(_: &MmapMut) -> std::io::Result<()> {
    Ok(())
}
