//! What a household needs.

use super::{Good, kept, used_up};

pub(super) const SOAP: &[Good] = &[
    used_up(
        "Sabun Sereh Batang 100 g",
        "Sabun minyak kelapa dengan sereh wangi.",
        26_500,
        22,
    ),
    used_up(
        "Sampo Urang-Aring 250 ml",
        "Sampo lembut dengan ekstrak urang-aring.",
        52_000,
        40,
    ),
    used_up(
        "Sabun Cair Pandan 500 ml",
        "Sabun mandi cair beraroma pandan.",
        47_500,
        35,
    ),
    used_up(
        "Lulur Beras Putih 200 g",
        "Lulur halus dari tepung beras dan kunyit.",
        43_000,
        45,
    ),
    used_up(
        "Minyak Kemiri Rambut 100 ml",
        "Minyak kemiri bakar untuk rambut.",
        58_500,
        60,
    ),
    used_up(
        "Sabun Kopi Batang 100 g",
        "Sabun dengan ampas kopi untuk tangan dapur.",
        28_500,
        24,
    ),
    used_up(
        "Pasta Gigi Cengkih 120 g",
        "Pasta gigi tanpa busa berlebih.",
        24_000,
        30,
    ),
    used_up(
        "Losion Tubuh Kenanga 250 ml",
        "Losion ringan beraroma kenanga.",
        61_000,
        50,
    ),
    used_up(
        "Sabun Tangan Jeruk 300 ml",
        "Sabun tangan cair dengan pompa.",
        35_500,
        25,
    ),
    used_up(
        "Garam Mandi Melati 400 g",
        "Garam laut dengan bunga melati kering.",
        54_500,
        60,
    ),
    used_up(
        "Balsam Bibir Kakao 10 g",
        "Balsam lilin lebah dan mentega kakao.",
        32_000,
        55,
    ),
    used_up(
        "Isi Ulang Sabun Pandan 1 liter",
        "Isi ulang hemat untuk botol sabun cair.",
        76_000,
        60,
    ),
    kept(
        "Tatakan Sabun Kayu Jati",
        "Tatakan dengan alur supaya sabun cepat kering.",
        34_500,
    ),
    kept(
        "Sikat Punggung Ijuk",
        "Sikat bergagang panjang dari ijuk.",
        48_000,
    ),
    kept(
        "Handuk Katun 70 x 140 cm",
        "Handuk tebal yang cepat menyerap.",
        118_000,
    ),
    kept(
        "Keranjang Mandi Pandan",
        "Keranjang anyaman untuk perlengkapan mandi.",
        86_500,
    ),
];

pub(super) const CLEANING: &[Good] = &[
    used_up(
        "Sabun Cuci Piring Jeruk 750 ml",
        "Pembersih lemak dari sari jeruk nipis.",
        28_000,
        22,
    ),
    used_up(
        "Deterjen Lerak Cair 1 liter",
        "Dari buah lerak, aman untuk batik.",
        46_500,
        30,
    ),
    used_up(
        "Spons Sabut Kelapa isi 6",
        "Spons kasar yang dapat dikomposkan.",
        31_000,
        30,
    ),
    used_up(
        "Pembersih Lantai Sereh 1 liter",
        "Harum sereh yang tidak disukai serangga.",
        37_500,
        28,
    ),
    used_up(
        "Cuka Pembersih 1 liter",
        "Untuk kaca, keran, dan noda kapur.",
        25_000,
        45,
    ),
    used_up(
        "Soda Kue Serbaguna 1 kg",
        "Untuk noda, bau, dan saluran air.",
        33_500,
        60,
    ),
    used_up(
        "Pewangi Lemari Akar Wangi",
        "Akar wangi kering dalam kantong kain.",
        29_500,
        75,
    ),
    used_up(
        "Kantong Sampah Singkong isi 30",
        "Kantong dari pati singkong yang mudah terurai.",
        42_500,
        30,
    ),
    used_up(
        "Tisu Bambu isi 8",
        "Tisu gulung dari serat bambu.",
        68_000,
        30,
    ),
    used_up(
        "Lilin Sereh Pengusir Nyamuk",
        "Lilin dalam kaleng untuk teras.",
        45_000,
        40,
    ),
    kept(
        "Sapu Ijuk Gagang Kayu",
        "Sapu ijuk rapat untuk lantai dan teras.",
        52_500,
    ),
    kept(
        "Kemoceng Bulu Ayam",
        "Kemoceng panjang dengan gagang rotan.",
        38_000,
    ),
    kept(
        "Lap Serat Mikro isi 5",
        "Lap yang dapat dicuci ratusan kali.",
        49_000,
    ),
    kept(
        "Ember Lipat 10 liter",
        "Ember yang menjadi pipih untuk disimpan.",
        94_500,
    ),
    kept(
        "Keranjang Cucian Rotan",
        "Keranjang tinggi dengan tutup.",
        325_000,
    ),
    kept(
        "Jepit Jemuran Bambu isi 24",
        "Jepit kuat yang tidak berkarat.",
        27_000,
    ),
];

pub(super) const KITCHEN: &[Good] = &[
    kept(
        "Wajan Besi Tempa 30 cm",
        "Wajan tempa tangan, makin lama makin licin.",
        245_000,
    ),
    kept(
        "Spatula Kayu Sawo",
        "Spatula padat yang tidak menggores.",
        36_000,
    ),
    kept(
        "Cobek Batu Andesit 20 cm",
        "Cobek dan ulekan dari batu gunung.",
        165_000,
    ),
    kept(
        "Kukusan Bambu Dua Susun",
        "Kukusan untuk panci ukuran 24 cm.",
        132_000,
    ),
    kept(
        "Talenan Kayu Jati",
        "Talenan utuh tanpa sambungan.",
        148_500,
    ),
    kept(
        "Pisau Dapur Baja 18 cm",
        "Pisau tempa dengan gagang kayu.",
        215_000,
    ),
    kept(
        "Panci Enamel 3 liter",
        "Panci enamel hijau dengan tutup.",
        189_000,
    ),
    kept(
        "Saringan Santan Halus",
        "Saringan baja tahan karat.",
        44_000,
    ),
    kept(
        "Toples Kaca 1 liter isi 3",
        "Toples kedap udara dengan karet.",
        127_500,
    ),
    kept(
        "Parutan Kelapa Kayu",
        "Parutan dengan gerigi halus.",
        58_000,
    ),
    kept("Cetakan Kue Lumpur", "Cetakan besi tujuh lubang.", 112_000),
    kept(
        "Timbangan Dapur 5 kg",
        "Timbangan jarum yang mudah dibaca.",
        178_000,
    ),
    kept("Celemek Denim", "Celemek dengan dua saku.", 98_500),
    kept(
        "Sarung Tangan Oven Katun",
        "Sarung tangan tebal, sepasang.",
        62_500,
    ),
    kept(
        "Bakul Nasi Bambu",
        "Bakul anyaman untuk nasi hangat.",
        74_000,
    ),
    kept(
        "Dandang Tembaga 5 liter",
        "Dandang buatan tangan dari Jawa Tengah.",
        785_000,
    ),
];

pub(super) const TABLE: &[Good] = &[
    kept(
        "Mangkuk Keramik Biru 15 cm",
        "Mangkuk sup dengan glasir biru laut.",
        64_500,
    ),
    kept("Sendok Kayu isi 6", "Sendok makan dari kayu sono.", 78_000),
    kept(
        "Teko Tanah Liat 600 ml",
        "Teko poci untuk teh dengan gula batu.",
        96_000,
    ),
    kept(
        "Taplak Lurik 150 cm",
        "Taplak tenun lurik berwarna tanah.",
        175_000,
    ),
    kept(
        "Serbet Katun Lurik isi 4",
        "Serbet yang senada dengan taplak lurik.",
        92_500,
    ),
    kept(
        "Piring Rotan isi 6",
        "Alas piring anyaman untuk makan bersama.",
        138_000,
    ),
    kept(
        "Gelas Kaca Daur Ulang isi 4",
        "Gelas tiup dengan warna hijau muda.",
        156_000,
    ),
    kept(
        "Cangkir Enamel Loreng",
        "Cangkir enamel yang tahan jatuh.",
        42_500,
    ),
    kept(
        "Tatakan Gelas Kulit Kayu isi 6",
        "Tatakan tipis yang menyerap air.",
        54_000,
    ),
    kept(
        "Mangkuk Sambal Batu",
        "Mangkuk kecil untuk sambal di meja.",
        39_000,
    ),
    kept("Nampan Jati 40 cm", "Nampan dengan pegangan tali.", 198_000),
    kept("Tudung Saji Anyam", "Tudung saji berwarna cerah.", 115_000),
    kept(
        "Piring Keramik Pasir 24 cm",
        "Piring makan dengan tepi tak rata.",
        84_500,
    ),
    kept(
        "Tempat Buah Tiga Tingkat",
        "Rak buah dari kawat dan kayu.",
        228_000,
    ),
    kept(
        "Set Makan Keramik isi 16",
        "Piring, mangkuk, dan cangkir untuk empat orang.",
        820_000,
    ),
    kept(
        "Kendi Air Gerabah 2 liter",
        "Kendi yang membuat air tetap sejuk.",
        124_000,
    ),
];
