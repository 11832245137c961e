//! What moves the dial, whoever brings it: one rule for the API, the page behind a link and codes.

use izin_core::{Act, Level, Origin};

/// The dial moved to a level; up only with a step-up.
pub(crate) const fn moved(level: Level, origin: Origin, step_up: bool) -> Act {
    Act::DialMoved {
        level,
        origin,
        step_up,
        too_personal: false,
    }
}

/// Something was too personal: one level down, or again at the lowest, for each time it is
/// remembered that it was said.
pub(crate) fn too_personal(stands: Level, origin: Origin) -> Act {
    let lower = u8::from(stands).saturating_sub(1);
    Act::DialMoved {
        level: Level::try_from(lower).unwrap_or(Level::Contextual),
        origin,
        step_up: false,
        too_personal: true,
    }
}
