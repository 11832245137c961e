//! Pieces of messages: half promote, half serve. Shops and people are made up.

use izin_core::promotion::Kind::{
    self, CallToBuy, Coupon, Offer, Points, ProductBlock, Recommendation, Referral, Urgency,
};

/// A piece of a message and the kinds it holds.
pub(super) type Snippet = (&'static str, &'static [Kind]);

pub(super) const PROMOTION_ID: [Snippet; 27] = [
    ("Gunakan kode HEMAT20 saat checkout!", &[Coupon]),
    (
        "Kode voucher Anda: BALIK10, berlaku sampai akhir bulan.",
        &[Coupon],
    ),
    ("Ini kupon terima kasih dari kami.", &[Coupon]),
    ("Isi survei ini dan dapatkan voucher Rp 25.000.", &[Coupon]),
    ("Diskon 20% untuk pembelian berikutnya", &[Offer]),
    ("Potongan Rp 20.000 untuk belanjamu selanjutnya", &[Offer]),
    ("Lihat juga penawaran khusus minggu ini.", &[Offer]),
    ("Nikmati gratis ongkir ke seluruh Indonesia", &[Offer]),
    ("Gratis ongkir minimal belanja Rp 100.000", &[Offer]),
    ("Cashback hingga 50 ribu menanti!", &[Offer]),
    ("FLASH SALE dimulai malam ini", &[Offer]),
    (
        "Pesanan Anda tiba. <a href=\"/\">Belanja lagi</a>",
        &[CallToBuy],
    ),
    (
        "<p>Pesanan 12 selesai</p><a href='/'>BELI SEKARANG</a>",
        &[CallToBuy],
    ),
    (
        "Terima kasih telah berbelanja, yuk belanja lagi di toko kami!",
        &[CallToBuy],
    ),
    ("Barang pilihanmu masih ada di keranjang.", &[CallToBuy]),
    ("Kami tunggu pesanan Anda berikutnya.", &[CallToBuy]),
    ("<h2>Rekomendasi untuk Anda</h2>", &[Recommendation]),
    ("Anda mungkin juga suka", &[Recommendation]),
    ("Pelanggan lain juga membeli", &[Recommendation]),
    ("Yang lain juga beli ini", &[Recommendation]),
    (
        "Sering dibeli bersamaan dengan kemeja ini",
        &[Recommendation],
    ),
    ("Ajak teman dan keduanya untung", &[Referral]),
    ("Stok terbatas, jangan sampai kehabisan!", &[Urgency]),
    ("Poin Anda akan hangus pada 31 Desember", &[Points]),
    ("Tukarkan 500 poin dengan hadiah", &[Points]),
    (
        "<div><a href='/p/1'>Tas Kanvas</a><p>Rp199.000</p></div>\
         <div><a href='/p/2'>Topi Rajut</a><p>Rp 89.000</p></div>",
        &[ProductBlock],
    ),
    (
        "Tas Kanvas Rp 199.000 https://toko.example/p/1\n\
         Topi Rajut Rp 89.000 https://toko.example/p/2\n",
        &[ProductBlock],
    ),
];

pub(super) const PROMOTION_EN: [Snippet; 27] = [
    ("Use code SAVE20 on anything you fancy", &[Coupon]),
    ("Your coupon is inside.", &[Coupon]),
    ("Here is a discount code for you: THANKS5", &[Coupon]),
    ("Take our survey and get a voucher worth $5", &[Coupon]),
    ("20% off your next order", &[Offer]),
    ("Enjoy free shipping on orders over $50", &[Offer]),
    ("A special offer, only for customers like you", &[Offer]),
    ("The summer sale starts Friday", &[Offer]),
    ("Price drop! The jacket you looked at is cheaper", &[Offer]),
    (
        "Your parcel has arrived. <a href='/'>Shop now</a>",
        &[CallToBuy],
    ),
    ("<button>Buy again</button>", &[CallToBuy]),
    ("Continue shopping", &[CallToBuy]),
    ("You left something behind in your cart", &[CallToBuy]),
    ("We miss you, Budi", &[CallToBuy]),
    ("Discover our new collection", &[CallToBuy]),
    ("Ready for more? Buy it again", &[CallToBuy]),
    ("Upgrade and get free delivery", &[Offer]),
    ("You may also like", &[Recommendation]),
    ("<h3>Recommended for you</h3>", &[Recommendation]),
    ("Customers who bought this also bought", &[Recommendation]),
    ("Frequently bought together", &[Recommendation]),
    ("Refer a friend and both of you win", &[Referral]),
    ("Limited time offer", &[Offer, Urgency]),
    ("Hurry, only 3 left!", &[Urgency]),
    ("Your 240 points are about to expire", &[Points]),
    ("Earn double points this week", &[Points]),
    (
        "<table><tr><td><a href='/p/1'><img src='1.png' alt='Canvas bag'></a>\
         <a href='/p/1'>Canvas bag</a> <s>$30.00</s> $19.00</td>\
         <td><a href='/p/2'><img src='2.png' alt='Hat'></a> <a href='/p/2'>Hat</a> $9.50</td>\
         <td><a href='/p/3'>Belt</a> $12.00</td></tr></table>",
        &[ProductBlock],
    ),
];

pub(super) const SERVICE_ID: [&str; 37] = [
    "Pesanan 1042 sudah kami terima dan sedang disiapkan.",
    "Terima kasih telah berbelanja di Toko Contoh.",
    "Paket Anda dikirim hari ini dan tiba dalam 2 hari. Lacak: https://toko.example/l/1",
    "Subtotal Rp 200.000\nDiskon: -Rp 10.000\nOngkir Rp 9.000\nTotal Rp 199.000",
    "Diskon 10%: Rp 20.000\nTotal: Rp. 180.000",
    "<tr><td>Kode promo HEMAT20</td><td>-Rp 10.000</td></tr>",
    "<p>Kupon (TERIMAKASIH)</p><p>- Rp5.000</p><p>Total Rp 95.000</p>",
    "Diskon 20% telah diterapkan pada pesanan ini.",
    "Pengiriman: gratis ongkir",
    "Ongkos kirim Rp 0 (gratis ongkir)",
    "Gratis ongkir ke Bandung untuk pesanan ini.",
    "Kode masuk Anda 482913. Jangan berikan kepada siapa pun.",
    "Gunakan kode GHTKPQ untuk masuk ke akun Anda.",
    "Pengembalian dana Rp 150.000 sudah kami kirim ke rekening Anda.",
    "Pengembalian dana dalam bentuk voucher senilai Rp 50.000 sudah masuk ke akun.",
    "Anda berhenti berlangganan. Kami tidak akan lagi mengirim penawaran khusus kepada Anda.",
    "Anda tidak akan menerima promo spesial atau kode voucher dari kami lagi.",
    "Telah terjadi kebocoran data: nama dan alamat surel Anda mungkin terbaca pihak lain.",
    "Kami sarankan Anda segera mengganti kata sandi.",
    "Data yang kami simpan tentang Anda terlampir; permintaan Anda selesai pada 3 Mei.",
    "Tujuan pemrosesan: mengirim penawaran khusus, rekomendasi produk.",
    "Segera selesaikan pembayaran sebelum pukul 21.00 agar pesanan tidak batal.",
    "Bagaimana pengalaman Anda? Isi survei singkat ini.",
    "Order segera dikirim setelah pembayaran masuk.",
    "Order sekarang sedang dikemas.",
    "Stok yang Anda tunggu, Kemeja Batik, sudah tersedia.",
    "Masa retur berakhir dalam 3 hari.",
    "Anda mendapat 50 poin dari pesanan ini.",
    "Barang diganti dengan produk serupa karena stok habis.",
    "Baca pesan sekarang dari kurir Anda.",
    "Kami hapus data Anda: riwayat pesanan, kupon, dan poin.",
    "Kebijakan kami berubah: riwayat belanja dipakai untuk rekomendasi produk bila Anda setuju.",
    "<table><tr><td><table><tr><td><a href='/1'><img alt='Kemeja'></a></td><td><a href='/1'>Kemeja\
     </a><br>Jumlah: 1</td><td>Rp 150.000</td></tr><tr><td><a href='/2'>Celana</a><br>Jumlah: 1\
     </td><td>Rp 250.000</td></tr></table><table><tr><td>Voucher</td><td>-Rp 20.000</td></tr>\
     <tr><td>Total</td><td>Rp 380.000</td></tr></table><a href='/3'>Lihat pesanan</a></td></tr>\
     </table>",
    "Harga sudah termasuk PPN 11%.",
    "<ul><li><a href='/p/1'>Kemeja</a> 1 x Rp 150.000</li>\
     <li><a href='/p/2'>Celana</a> 2 x Rp 200.000 Rp 400.000</li></ul><p>Total Rp 550.000</p>",
    "<p><a href='/p/1'>Kemeja</a> Rp 150.000</p><p><a href='/p/2'>Celana</a> Rp 200.000</p>\
     <p>Ongkir Rp 9.000</p><p>Total pembayaran: Rp 359.000</p>",
    "Nilai pengembalian: Rp 50.000 <a href='/o/1'>Lihat pesanan</a> Biaya: Rp 2.000 \
     <a href='/b'>Bantuan</a>",
];

pub(super) const SERVICE_EN: [&str; 36] = [
    "We have received your order 1042 and are preparing it.",
    "Thank you for shopping with us.",
    "Your order is out for delivery and arrives today.",
    "Subtotal $40.00\nDiscount: -$4.00\nShipping: Free\nTotal $36.00",
    "Promo code SAVE10: -$10.00",
    "<td>Coupon (SAVE10)</td><td>−$10.00</td>",
    "You saved 20% on this order.",
    "Discount (20% off) -$8.00",
    "Free shipping",
    "Your voucher has been refunded to your store credit.",
    "The coupon was applied to your order.",
    "Use code 482913 to sign in. It expires in 10 minutes.",
    "Use code KTPQRX to verify your e-mail address.",
    "Your refund of $20.00 is on its way.",
    "You are unsubscribed and will no longer receive special offers, recommendations for you, or discount codes.",
    "We will not send you marketing e-mails such as coupons again.",
    "Your password was changed. If it was not you, reset it now.",
    "We are writing about a breach of your personal data and what you can do.",
    "Your copy of the data we hold is attached.",
    "We process your data for these purposes: special offers, order handling.",
    "How did we do? Rate your delivery.",
    "Your order now contains two parcels.",
    "Please complete the payment by 9 pm or the order is cancelled.",
    "Final sale items cannot be returned.",
    "The return window ends tomorrow; return labels are in your account.",
    "You received 50 points for this order.",
    "We replaced the belt with a similar item of the same price.",
    "Collect your parcel at one of our collection points with the code 55102.",
    "If all goes well, your parcel arrives on Monday.",
    "View the items in your order",
    "Order now being prepared.",
    "Best price guarantee: we refunded $3.00.",
    "Do not share this code with anyone, friends included.",
    "<table><tr><td>Item</td><td>Qty</td><td>Price</td></tr>\
     <tr><td><a href='/p/1'>Bag</a></td><td>1</td><td>$30.00</td></tr>\
     <tr><td><a href='/p/2'>Hat</a></td><td>2</td><td>$18.00</td></tr></table>",
    "<div><a href='/p/1'>Bag</a> Qty: 1 $30.00</div><div><a href='/p/2'>Hat</a> $9.00 × 2</div>",
    "You paid $48.00. <a href='/o/1'>View order</a> Tax included: $4.00 <a href='/h'>Help</a>",
];
