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

/// Slots of so many bytes each, side by side; at first all are zero.
#[derive(Default)]
pub(super) struct Slots<const BYTES: usize>(Option<MmapMut>);

impl<const BYTES: usize> Slots<BYTES> {
    /// So many slots.
    pub(super) fn new(count: usize) -> Self {
        Self(Some(map(count * BYTES)))
    }

    /// Every slot.
    pub(super) fn all(&self) -> &[[u8; BYTES]] {
        self.0.as_ref().map_or(&[], |own| own.as_chunks().0)
    }

    /// Every slot, from one on and round.
    pub(super) fn round(&self, start: usize) -> impl Iterator<Item = &[u8; BYTES]> {
        let slots = self.all();
        let (before, from) = slots.split_at_checked(start).unwrap_or((slots, &[]));
        from.iter().chain(before)
    }

    /// The same, to be changed.
    pub(super) fn round_mut(&mut self, start: usize) -> impl Iterator<Item = &mut [u8; BYTES]> {
        let slots: &mut [_] = self.0.as_mut().map_or(&mut [], |own| own.as_chunks_mut().0);
        let (before, from) = slots.split_at_mut(start.min(slots.len()));
        from.iter_mut().chain(before)
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |own| own.len())
    }
}
