//! What is eaten and drunk.

use super::{Good, kept, used_up};

pub(super) const COFFEE_AND_TEA: &[Good] = &[
    used_up(
        "Kopi Gayo Bubuk 250 g",
        "Arabika dataran tinggi, sangrai sedang, giling halus.",
        82_000,
        24,
    ),
    used_up(
        "Teh Melati Tubruk 200 g",
        "Teh hijau dengan bunga melati, untuk diseduh langsung.",
        24_500,
        30,
    ),
    used_up(
        "Kopi Toraja Biji 250 g",
        "Biji utuh dengan rasa cokelat dan rempah.",
        96_000,
        26,
    ),
    used_up(
        "Kertas Saring V60 isi 100",
        "Kertas saring ukuran 02 tanpa pemutih.",
        58_000,
        60,
    ),
    used_up(
        "Kopi Tubruk Robusta 500 g",
        "Robusta pekat untuk kopi susu di rumah.",
        54_000,
        30,
    ),
    used_up(
        "Kopi Kintamani Bubuk 200 g",
        "Arabika ringan dengan rasa jeruk.",
        78_500,
        22,
    ),
    used_up(
        "Teh Hitam Celup isi 50",
        "Teh hitam pekat, tanpa tali dan staples.",
        21_000,
        35,
    ),
    used_up(
        "Wedang Uwuh isi 10",
        "Rempah kering siap seduh untuk sore yang hujan.",
        38_000,
        25,
    ),
    used_up(
        "Jahe Merah Bubuk 200 g",
        "Jahe merah dan gula aren, larut dalam air panas.",
        34_500,
        28,
    ),
    used_up(
        "Cokelat Bubuk Flores 200 g",
        "Kakao murni tanpa gula untuk minum dan membuat kue.",
        67_000,
        45,
    ),
    used_up(
        "Kopi Luwak Liar 100 g",
        "Jumlah terbatas dari kebun kecil, biji utuh.",
        285_000,
        60,
    ),
    used_up(
        "Teh Rosela Kering 100 g",
        "Kelopak rosela kering, asam dan segar.",
        29_500,
        35,
    ),
    used_up(
        "Kopi Seduh Dingin 1 liter",
        "Diseduh dua belas jam, siap minum dengan es.",
        72_000,
        14,
    ),
    used_up(
        "Teh Putih Pegunungan 50 g",
        "Pucuk muda yang dipetik pagi hari.",
        115_000,
        50,
    ),
    kept(
        "Corong Seduh V60 Keramik",
        "Corong keramik ukuran 02 dengan alas kayu.",
        138_000,
    ),
    kept(
        "Penggiling Kopi Tangan",
        "Mata giling keramik dengan dua belas tingkat kehalusan.",
        265_000,
    ),
];

pub(super) const SNACKS: &[Good] = &[
    used_up(
        "Keripik Tempe 200 g",
        "Tempe iris tipis, renyah dengan daun jeruk.",
        23_000,
        16,
    ),
    used_up(
        "Keripik Singkong Balado 250 g",
        "Pedas manis dari singkong pilihan.",
        25_500,
        16,
    ),
    used_up(
        "Kacang Bali 250 g",
        "Kacang tanah goreng dengan bawang putih.",
        32_000,
        20,
    ),
    used_up(
        "Rengginang Terasi 300 g",
        "Ketan kering dengan terasi, tinggal digoreng.",
        28_000,
        28,
    ),
    used_up(
        "Emping Melinjo 250 g",
        "Emping tipis rasa asli.",
        41_000,
        25,
    ),
    used_up(
        "Kue Nastar Toples 400 g",
        "Isi selai nanas, dipanggang dengan mentega.",
        98_000,
        60,
    ),
    used_up(
        "Kastengel Toples 350 g",
        "Kue keju gurih dalam toples.",
        105_000,
        60,
    ),
    used_up(
        "Pisang Sale 250 g",
        "Pisang asap dari Jawa Barat, manis dan kenyal.",
        36_500,
        25,
    ),
    used_up(
        "Dodol Garut isi 20",
        "Dodol lembut dalam bungkus kecil.",
        42_000,
        40,
    ),
    used_up(
        "Cokelat Batang Kelapa 80 g",
        "Cokelat susu dengan kelapa sangrai.",
        31_500,
        18,
    ),
    used_up(
        "Abon Sapi 150 g",
        "Abon halus yang tidak terlalu manis.",
        64_000,
        30,
    ),
    used_up(
        "Kerupuk Udang Mentah 500 g",
        "Kerupuk udang dari pesisir, digoreng sendiri.",
        57_000,
        45,
    ),
    used_up(
        "Bagea Kenari 200 g",
        "Kue sagu dengan kenari dari Maluku.",
        44_500,
        40,
    ),
    used_up(
        "Pia Kacang Hijau isi 10",
        "Pia kering dengan isi kacang hijau.",
        38_500,
        22,
    ),
    used_up(
        "Manisan Pala 200 g",
        "Buah pala kering dengan gula.",
        29_000,
        45,
    ),
    used_up(
        "Stik Bawang 300 g",
        "Stik renyah untuk toples ruang tamu.",
        27_500,
        22,
    ),
];

pub(super) const SPICES: &[Good] = &[
    used_up(
        "Gula Aren Semut 500 g",
        "Gula aren butir halus, cocok untuk kopi.",
        39_500,
        35,
    ),
    used_up(
        "Sambal Bawang Botol 150 g",
        "Sambal goreng dengan bawang merah.",
        33_000,
        20,
    ),
    used_up(
        "Kecap Manis Kampung 600 ml",
        "Kecap kental dari kedelai hitam.",
        36_000,
        40,
    ),
    used_up(
        "Bumbu Rendang 150 g",
        "Bumbu siap masak untuk satu kilogram daging.",
        27_000,
        30,
    ),
    used_up(
        "Garam Laut Amed 400 g",
        "Garam kristal yang dijemur di pantai.",
        32_500,
        75,
    ),
    used_up(
        "Minyak Kelapa Murni 500 ml",
        "Minyak kelapa perasan dingin.",
        88_000,
        45,
    ),
    used_up(
        "Beras Merah Organik 2 kg",
        "Beras merah pulen dari sawah tanpa pestisida.",
        69_000,
        30,
    ),
    used_up(
        "Lada Hitam Utuh 100 g",
        "Lada Lampung kering dan harum.",
        31_000,
        70,
    ),
    used_up(
        "Vanili Kering isi 5",
        "Polong vanili panjang dari Papua.",
        125_000,
        120,
    ),
    used_up(
        "Sambal Roa Botol 150 g",
        "Sambal ikan asap khas Sulawesi Utara.",
        46_000,
        25,
    ),
    used_up(
        "Terasi Bakar 100 g",
        "Terasi udang yang sudah dibakar.",
        18_500,
        60,
    ),
    used_up(
        "Kayu Manis Batang 150 g",
        "Kulit kayu manis dari Kerinci.",
        28_500,
        90,
    ),
    used_up(
        "Madu Hutan Sumbawa 350 ml",
        "Madu hutan mentah, tidak dipanaskan.",
        142_000,
        60,
    ),
    used_up(
        "Bumbu Pecel Pedas 250 g",
        "Bumbu kacang kering, tinggal diberi air hangat.",
        26_000,
        28,
    ),
    used_up(
        "Santan Bubuk 200 g",
        "Santan kelapa kering untuk masak cepat.",
        30_500,
        35,
    ),
    used_up(
        "Tepung Sagu 500 g",
        "Sagu halus untuk kue dan papeda.",
        22_500,
        50,
    ),
];
