//! How often and when messages come.

use izin_core::Channel;
use izin_core::policy::{Cap, Class, Purpose};

use super::super::QUIET_AT_NIGHT;
use super::super::code::Code;
use super::super::draft::{Declared, Draft};
use super::super::found::{Found, word};
use super::{Known, unique};

/// Where a day begins, and so the one before it ends.
const MIDNIGHT: &str = "00:00";

pub(super) fn check(draft: &Draft<'_>, found: &mut Found) {
    unique(&draft.caps, "id", found);
    unique(&draft.hours, "channel", found);
    caps(draft, found);
    over_midnight(draft, found);
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

/// Hours through the night are meant by few, and written by those who meant the quiet hours.
fn over_midnight(draft: &Draft<'_>, found: &mut Found) {
    for Declared { value, node } in &draft.hours.list {
        let at = node.key("allowed");
        let (from, to) = (at.key("from"), at.key("to"));
        let Some((from, to)) = from.text().zip(to.text()) else {
            continue;
        };
        // Both are read as two digits, a colon and two digits, so that they compare as they stand.
        if to < from && to != MIDNIGHT {
            let words = [
                word("channel", value.channel),
                word("from", from),
                word("to", to),
                word("open", "{"),
                word("close", "}"),
            ];
            found.tell(Code::HoursOverMidnight, &at, &words);
        }
    }
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
