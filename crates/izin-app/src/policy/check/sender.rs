//! Who messages come from.

use izin_core::Channel;

use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::{plain_line, unique};

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.senders, "channel", found);
    for Declared { value, node } in &draft.senders.list {
        plain_line(node, "name", &value.name, found);
    }
    if !draft.senders.whole {
        return;
    }
    let known = draft.senders.names("channel");
    let marketing = draft
        .purposes
        .list
        .iter()
        .filter(|own| own.value.is_marketing());
    for Declared { value, node } in marketing {
        for (place, channel) in value.channels.iter().enumerate() {
            if is_message(*channel) && !known.contains(channel.as_str()) {
                let words = [word("purpose", value.id), word("channel", channel)];
                found.tell(
                    Code::SenderMissing,
                    &node.key("channels").item(place),
                    &words,
                );
            }
        }
    }
}

/// Whether something arrives at the person's, which then names who it is from.
const fn is_message(channel: Channel) -> bool {
    !matches!(channel, Channel::Social | Channel::Ads | Channel::Site)
}
