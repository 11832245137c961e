//! What is given, hung on a wall or planted.

use super::{Good, kept, used_up};

pub(super) const DECORATION: &[Good] = &[
    used_up(
        "Lilin Aroma Kopi 200 g",
        "Lilin kedelai yang menyala empat puluh jam.",
        88_000,
        45,
    ),
    kept(
        "Vas Gerabah Putih 25 cm",
        "Vas polos untuk daun kering.",
        145_000,
    ),
    kept(
        "Bingkai Foto Jati 20 cm",
        "Bingkai dengan kaca bening.",
        92_000,
    ),
    kept(
        "Lampu Meja Anyaman",
        "Cahaya hangat lewat anyaman bambu.",
        345_000,
    ),
    kept(
        "Cermin Rotan Bulat 50 cm",
        "Cermin dinding berbentuk matahari.",
        385_000,
    ),
    kept(
        "Hiasan Dinding Makrame",
        "Simpul katun pada ranting kayu.",
        168_000,
    ),
    kept(
        "Bantal Sofa Tenun 45 cm",
        "Sarung bantal tenun beserta isinya.",
        159_000,
    ),
    kept(
        "Keranjang Rotan Besar",
        "Untuk selimut atau mainan.",
        275_000,
    ),
    kept(
        "Jam Dinding Bambu",
        "Jam tanpa detak, garis tengah 30 cm.",
        196_000,
    ),
    kept(
        "Patung Burung Kayu",
        "Ukiran tangan dari kayu pule.",
        134_000,
    ),
    kept(
        "Karpet Pandan 120 x 180 cm",
        "Tikar pandan halus untuk ruang duduk.",
        295_000,
    ),
    kept(
        "Lonceng Angin Bambu",
        "Enam tabung dengan nada rendah.",
        76_500,
    ),
    kept(
        "Rak Dinding Tali",
        "Dua papan kayu yang digantung.",
        187_000,
    ),
    kept(
        "Topeng Hias Cirebon",
        "Topeng kayu kecil untuk dinding.",
        225_000,
    ),
    kept(
        "Tempat Lilin Kuningan",
        "Kuningan cor dengan pola daun.",
        148_000,
    ),
    kept(
        "Gorden Tenun 200 cm",
        "Gorden katun tenun, satu lembar.",
        310_000,
    ),
];

pub(super) const GARDEN: &[Good] = &[
    used_up(
        "Media Tanam Siap Pakai 5 kg",
        "Tanah, sekam, dan kompos yang sudah dicampur.",
        32_500,
        45,
    ),
    kept(
        "Pot Tanah Liat 18 cm",
        "Pot dengan lubang air dan tatakan.",
        37_000,
    ),
    used_up(
        "Pupuk Kascing 2 kg",
        "Pupuk cacing untuk sayur dan bunga.",
        35_000,
        50,
    ),
    used_up(
        "Benih Cabai Rawit",
        "Lima puluh benih dengan petunjuk tanam.",
        15_000,
        90,
    ),
    used_up(
        "Benih Kangkung",
        "Seratus benih, panen setelah empat minggu.",
        12_500,
        40,
    ),
    kept("Sekop Tangan Kayu", "Sekop kecil bermata baja.", 58_500),
    kept("Gunting Pangkas", "Gunting tajam dengan pegas.", 96_500),
    kept(
        "Penyiram Seng 3 liter",
        "Penyiram bercorong panjang.",
        158_000,
    ),
    kept("Gantungan Pot Makrame", "Untuk pot sampai 20 cm.", 64_000),
    kept("Rak Tanaman Tiga Susun", "Rak kayu untuk balkon.", 268_000),
    used_up(
        "Benih Bunga Matahari",
        "Dua puluh benih dari bunga tinggi.",
        17_500,
        90,
    ),
    kept("Sarung Tangan Kebun", "Katun dengan lapisan karet.", 39_500),
    used_up(
        "Semprotan Mimba 500 ml",
        "Minyak mimba encer untuk kutu daun.",
        44_000,
        50,
    ),
    kept(
        "Papan Nama Tanaman isi 10",
        "Papan bambu untuk ditulisi.",
        21_500,
    ),
    kept(
        "Terarium Kaca Kecil",
        "Kaca segi enam dengan batu dan lumut.",
        172_000,
    ),
    kept("Kompos Ember Ganda", "Dua ember untuk sisa dapur.", 215_000),
];

pub(super) const TEXTILES: &[Good] = &[
    kept(
        "Kain Batik Cap Kawung 2 m",
        "Katun primisima dengan warna sogan.",
        245_000,
    ),
    kept(
        "Selendang Tenun Troso",
        "Tenun ikat ringan berwarna nila.",
        185_000,
    ),
    kept(
        "Kemeja Batik Pria",
        "Kemeja lengan pendek dengan motif parang.",
        295_000,
    ),
    kept(
        "Sarung Tenun Samarinda",
        "Tenun halus bermotif kotak.",
        420_000,
    ),
    kept(
        "Tas Jinjing Lurik",
        "Tas lipat dengan lapisan dalam.",
        125_000,
    ),
    kept(
        "Dompet Kain Sumba",
        "Dompet kecil dari potongan tenun.",
        78_000,
    ),
    kept(
        "Syal Batik Sutra",
        "Sutra tipis dengan warna alam.",
        365_000,
    ),
    kept("Gaun Rumah Batik", "Katun adem untuk di rumah.", 168_000),
    kept("Kain Ulos Kecil", "Ulos untuk hiasan meja.", 340_000),
    kept(
        "Tenun Ikat Flores 2 m",
        "Ditenun tangan dengan pewarna akar.",
        850_000,
    ),
    kept("Sandal Batik", "Alas karet dengan tali batik.", 89_000),
    kept(
        "Selimut Katun Lurik",
        "Selimut tipis untuk malam sejuk.",
        278_000,
    ),
    kept("Ikat Kepala Batik", "Kain segi empat 50 cm.", 48_500),
    kept(
        "Sarung Bantal Batik isi 2",
        "Untuk bantal tidur biasa.",
        112_000,
    ),
    kept("Topi Pandan", "Topi lebar untuk kebun dan pantai.", 95_000),
    kept(
        "Kipas Batik Lipat",
        "Kipas bambu dengan kain batik.",
        38_000,
    ),
];

pub(super) const PRESENTS: &[Good] = &[
    kept(
        "Parsel Kue Kering isi 4",
        "Empat toples kue dalam kotak anyaman.",
        325_000,
    ),
    kept(
        "Parsel Kopi Nusantara",
        "Lima kopi dari lima pulau.",
        285_000,
    ),
    kept("Kotak Hadiah Teh", "Tiga teh dan satu cangkir.", 178_000),
    kept(
        "Keranjang Buah Kering",
        "Buah kering dan kacang dalam keranjang.",
        235_000,
    ),
    kept("Hampers Dapur", "Spatula, serbet, dan garam laut.", 198_000),
    kept(
        "Kotak Sabun isi 5",
        "Lima sabun batang dengan pita.",
        128_500,
    ),
    kept(
        "Boneka Kain Batik",
        "Boneka beruang dari perca batik.",
        96_000,
    ),
    kept(
        "Mainan Congklak Kayu",
        "Papan lipat dengan biji kerang.",
        145_000,
    ),
    kept("Gasing Kayu Ukir", "Gasing dengan tali katun.", 42_000),
    kept(
        "Kotak Musik Gamelan",
        "Kotak kecil dengan nada gamelan.",
        265_000,
    ),
    kept("Puzzle Peta Nusantara", "Puzzle kayu 120 keping.", 115_000),
    kept(
        "Voucher Kelas Membatik",
        "Kelas tiga jam untuk satu orang.",
        350_000,
    ),
    kept(
        "Set Piknik Anyaman",
        "Tikar, keranjang, dan empat piring.",
        465_000,
    ),
    kept(
        "Wayang Kulit Mini",
        "Tokoh kecil dengan penyangga.",
        135_000,
    ),
    kept(
        "Gantungan Kunci Kayu isi 5",
        "Bentuk satwa Indonesia.",
        54_500,
    ),
    kept(
        "Celengan Tanah Liat",
        "Celengan ayam yang dilukis tangan.",
        47_000,
    ),
];

pub(super) const STATIONERY: &[Good] = &[
    kept(
        "Buku Catatan Kulit Kayu",
        "Seratus lembar kertas daur ulang.",
        68_000,
    ),
    kept(
        "Pena Bambu Isi Ulang",
        "Pena tinta gel dengan badan bambu.",
        34_000,
    ),
    used_up(
        "Kartu Ucapan Cetak Daun",
        "Kartu polos dengan cetakan daun asli.",
        18_500,
        60,
    ),
    used_up(
        "Kertas Kado Motif Kawung",
        "Tiga lembar kertas tebal.",
        22_000,
        60,
    ),
    used_up(
        "Isi Pena Gel isi 5",
        "Tinta hitam untuk pena bambu.",
        25_500,
        60,
    ),
    used_up(
        "Kertas Surat Daur Ulang isi 50",
        "Kertas bertekstur warna gading.",
        37_500,
        75,
    ),
    kept(
        "Pensil Kayu Jati isi 12",
        "Pensil HB dari sisa kayu.",
        29_000,
    ),
    kept(
        "Tempat Pensil Tenun",
        "Resleting kuat dan kain tenun.",
        64_500,
    ),
    kept(
        "Kalender Dinding Batik",
        "Dua belas motif dari dua belas daerah.",
        75_000,
    ),
    used_up(
        "Cat Air Warna Alam",
        "Dua belas warna dari tanah dan daun.",
        148_000,
        120,
    ),
    kept("Kuas Lukis isi 6", "Kuas halus sampai lebar.", 82_000),
    kept(
        "Cap Kayu Huruf",
        "Dua puluh enam huruf dalam kotak.",
        132_500,
    ),
    used_up("Lilin Segel isi 4", "Lilin merah untuk surat.", 41_000, 90),
    kept("Map Dokumen Anyaman", "Untuk kertas ukuran A4.", 88_500),
    kept(
        "Penggaris Kayu 30 cm",
        "Penggaris dengan skala terbakar.",
        19_500,
    ),
    kept("Papan Jepit Kayu", "Papan dengan jepit kuningan.", 58_000),
];
