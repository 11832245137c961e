//! How often and when messages come.

use izin_core::Channel;
use izin_core::policy::{Cap, Class, Purpose};

use super::super::QUIET_AT_NIGHT;
use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::{Known, unique};

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.caps, "id", found);
    unique(&draft.hours, "channel", found);
    caps(draft, found);
    for channel in QUIET_AT_NIGHT {
        usual_hours(channel, draft, found);
    }
}

fn caps(draft: &Draft<'_>, found: &mut Found) {
    let (purposes, topics) = (Known::of(&draft.purposes), Known::of(&draft.topics));
    let all_read = draft.purposes.whole && draft.purposes.list.len() == draft.purposes.nodes.len();
    for cap in &draft.caps.list {
        let known = purposes.resolve(&cap.node.key("purpose"), "purpose", found)
            & topics.resolve(&cap.node.key("topic"), "topic", found);
        let at = cap.node.key("id");
        let words = [word("cap", cap.value.id)];
        if cap.value.class == Some(Class::Essential) {
            found.tell(Code::CapOnEssential, &at, &words);
        } else if known
            && all_read
            && !draft
                .purposes
                .values()
                .any(|own| applies(&cap.value, own, draft))
        {
            found.tell(Code::CapNeverApplies, &at, &words);
        }
    }
}

fn applies(cap: &Cap, purpose: &Purpose, draft: &Draft<'_>) -> bool {
    let topic = |id| {
        let topics = draft.topics.values();
        topics
            .into_iter()
            .any(|own| own.id == id && own.purpose == purpose.id)
    };
    purpose.class != Class::Essential
        && cap
            .channel
            .is_none_or(|own| purpose.channels.contains(&own))
        && cap.class.is_none_or(|own| own == purpose.class)
        && cap.purpose.is_none_or(|own| own == purpose.id)
        && cap.topic.is_none_or(topic)
}

/// Says which hours apply on a channel that is used and has none.
fn usual_hours(channel: Channel, draft: &Draft<'_>, found: &mut Found) {
    let declared = draft.hours.names("channel").contains(channel.as_str());
    if declared || !draft.hours.whole {
        return;
    }
    for Declared { value, node } in &draft.purposes.list {
        let quiet = value.class != Class::Essential;
        let place = value.channels.iter().position(|own| *own == channel);
        if let (true, Some(place)) = (quiet, place) {
            let at = node.key("channels").item(place);
            found.tell(Code::UsualHours, &at, &[word("channel", channel)]);
            return;
        }
    }
}
