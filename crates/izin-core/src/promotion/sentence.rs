//! What is said to the author of a message about each kind of promotion: what it is and the mend.

use super::Kind;
use crate::Language;

impl Kind {
    /// Every kind, in the order of the declaration.
    pub const ALL: [Self; 9] = [
        Self::Coupon,
        Self::Offer,
        Self::CallToBuy,
        Self::Recommendation,
        Self::ProductBlock,
        Self::Referral,
        Self::Urgency,
        Self::Points,
        Self::Unread,
    ];

    /// What it is and how to mend it, for the author of the message.
    #[must_use]
    pub const fn sentence(self, language: Language) -> &'static str {
        match language {
            Language::Id => self.indonesian(),
            Language::En => self.english(),
        }
    }

    const fn indonesian(self) -> &'static str {
        match self {
            Self::Coupon => {
                "Ada kupon, voucher, atau kode potongan; hapus, atau kirim sebagai pemasaran. \
                 Potongan yang sudah dipakai ditulis sebagai baris pesanan dengan nilai minus."
            }
            Self::Offer => {
                "Ada penawaran atau potongan harga; hapus, atau kirim sebagai pemasaran. \
                 Potongan yang sudah dipakai ditulis sebagai baris pesanan dengan nilai minus."
            }
            Self::CallToBuy => {
                "Ada ajakan membeli atau berbelanja lagi; hapus, atau tautkan ke pesanannya saja."
            }
            Self::Recommendation => {
                "Ada saran produk lain; hapus, atau kirim sebagai pemasaran kepada yang setuju."
            }
            Self::ProductBlock => {
                "Ada beberapa produk bertautan dengan harga di luar pesanan; hapus. \
                 Bila itu isi pesanan, tulis jumlah tiap barang dan totalnya."
            }
            Self::Referral => {
                "Ada imbalan untuk mengajak orang lain; hapus, atau kirim sebagai pemasaran."
            }
            Self::Urgency => {
                "Ada desakan waktu atau stok; hapus, atau sebutkan tenggat pesanannya saja."
            }
            Self::Points => {
                "Ada dorongan mengumpulkan atau memakai poin; hapus, atau kirim sebagai pemasaran."
            }
            Self::Unread => {
                "Isi ini tidak terbaca sampai habis, jadi tidak dapat diloloskan; pendekkan pesannya."
            }
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::Coupon => {
                "This holds a coupon, a voucher or a discount code; remove it or send it as \
                 marketing. A discount already used is written as an order line with a minus."
            }
            Self::Offer => {
                "This holds an offer or a price cut; remove it or send it as marketing. \
                 A discount already used is written as an order line with a minus."
            }
            Self::CallToBuy => {
                "This invites to buy or to go on shopping; remove it or link to the order only."
            }
            Self::Recommendation => {
                "This suggests other products; remove it or send it as marketing to those who agreed."
            }
            Self::ProductBlock => {
                "Several linked products with prices stand outside the order; remove them. \
                 If they are the order, give each its quantity and the total."
            }
            Self::Referral => {
                "This rewards bringing somebody else; remove it or send it as marketing."
            }
            Self::Urgency => {
                "This presses with time or stock; remove it or name only the order's own deadline."
            }
            Self::Points => {
                "This nudges to earn or spend points; remove it or send it as marketing."
            }
            Self::Unread => {
                "This could not be read to its end and so is not cleared; shorten the message."
            }
        }
    }
}
