# Teks halaman dalam bahasa Indonesia. Kunci dan variabelnya sama dengan en.ftl; diuji.
# Kata sederhana, kalimat pendek; tidak mendesak, tidak menyalahkan, tidak menakuti.

## Semua halaman
language-name = Indonesia
language-switch = Bahasa
foot-privacy = Pemberitahuan privasi
foot-no-tracking = Halaman ini tanpa skrip dan tanpa pelacak.
order-messages-continue = Kabar tentang pesanan Anda sendiri, seperti bukti bayar dan pengiriman, tetap kami kirim.
reach-us = Ingin berhenti menerima pesan dari { $shop }? Kirim pesan ke { $contact }, nanti kami bantu.

## Saluran
channel-email = Email
channel-sms = SMS
channel-whatsapp = WhatsApp
channel-push = Notifikasi
channel-phone = Telepon
channel-social = Audiens di media sosial
channel-social-dm = Pesan media sosial
channel-ads = Iklan
channel-site = Halaman kami sendiri

## Tingkat
level-0 = Tidak personal
level-0-explained = Semua orang melihat barang yang sama. Tidak ada data tentang Anda yang dipakai untuk memilihnya.
level-1 = Tren umum
level-1-explained = Apa yang sedang disukai pelanggan pada umumnya. Yang Anda lakukan tidak dipakai untuk memilih barang.
level-2 = Berdasarkan pembelian Anda
level-2-explained = Barang yang pernah Anda beli di sini membantu memilih isi pesan.
level-3 = Berdasarkan halaman yang Anda lihat
level-3-explained = Halaman kami yang pernah Anda lihat juga ikut membantu, untuk jangka waktu tertentu.
dial-title = Seberapa personal?
dial-lead = Berlaku untuk semua yang kami kirim atau tampilkan. Perubahan langsung berlaku.
dial-now = Saat ini: { $level }
dial-choose = Pilih
dial-lowest = Ini pengaturan yang paling tidak personal.

## /u: berhenti menerima pesan
opt-out-title = Berhenti menerima pesan dari { $shop }
opt-out-address = Dikirim ke
opt-out-stops = Yang akan berhenti
opt-out-button = Hentikan pesan ini
opt-out-at-once = Langsung berlaku, tanpa perlu alasan.
opt-out-preferences = Atau pilih sendiri apa yang Anda terima
opt-out-nothing-changed = Belum ada yang berubah. Untuk menghentikan pesan ini, tekan tombol di bawah.
done-title = Pesan ini sudah dihentikan
done-already-title = Pesan ini sudah tidak dikirim lagi
done-lead = { $shop } tidak lagi mengirimkannya ke { $address }. Tidak ada lagi yang perlu Anda lakukan.
done-state = Status
done-stopped = Yang berhenti
done-still-on = Yang masih aktif
done-preferences = Lihat semua pilihan Anda

## /p: pilihan
preferences-title = Pilihan Anda
preferences-lead = Apa yang boleh dikirim { $shop } ke { $address }, dan seberapa personal.
preferences-switch-off = Matikan
preferences-everything-title = Hentikan semua
preferences-everything-lead = Menghentikan semua pesan yang tidak wajib dan semua yang dipilihkan untuk Anda, di setiap saluran.
preferences-everything-button = Hentikan semua
preferences-switch-on = Tautan ini hanya bisa mematikan, supaya orang lain tidak bisa mengaktifkannya atas nama Anda. Mengaktifkan kembali belum tersedia di sini; { $shop } dapat menjelaskan: { $contact }.
preferences-why = Mengapa saya menerima pesan terakhir?
state-on = Aktif sejak { $date }
state-on-without-consent = Aktif. { $basis }
state-off = Nonaktif sejak { $date }
state-never = Nonaktif. Anda belum pernah menyetujuinya
state-needed = Selalu dikirim. { $basis }
saved-switched-off = Tersimpan. { $title } ({ $channel }) sekarang nonaktif.
all-optional = Semua yang tidak wajib
saved-everything = Tersimpan. Semua yang tidak wajib sekarang nonaktif.
saved-dial = Tersimpan. Pengaturan Anda sekarang: { $level }.
saved-nothing = Belum ada yang berubah. Silakan pakai salah satu tombol di bawah.

## /why
why-title = Mengapa saya menerima pesan ini?
why-lead = “{ $campaign }” dari { $shop }, dikirim { $date }.
why-allowed = Mengapa boleh dikirim
why-address = Dikirim ke
why-consent-given = Anda setuju pada
why-consent-source = Melalui
why-consent-notice = Versi pemberitahuan
why-personal = Seberapa personal
why-data = Jenis data yang dipakai
why-data-none = Tidak ada data tentang Anda.
why-chosen = Bagaimana isinya dipilih
why-technical = Rincian teknis
why-ledger = Diputuskan pada catatan buku besar nomor { $seq }, kode alasan “{ $code }”.
why-change = Ubah pilihan Anda
why-stopped = Anda sudah menghentikan pesan ini sejak { $date }.
why-basis = { $basis }: { $purpose }, { $channel }.
source-page = Halaman toko ini
source-api = Situs atau aplikasi toko
source-import = Catatan toko sendiri
source-message = Pesan yang Anda kirim
source-agent = Petugas toko
data-name = Nama Anda
data-language = Bahasa Anda
data-purchases = Barang yang pernah Anda beli di sini
chosen-contextual = Sama untuk semua orang.
chosen-trends = Barang yang disukai semua pelanggan secara keseluruhan.
chosen-purchases = Barang yang cocok dengan belanjaan Anda sebelumnya di sini.

## /privacy
privacy-title = Pemberitahuan privasi
privacy-version = Versi { $version }, berlaku sejak { $date }
privacy-lead = Pemberitahuan ini dibuat dari aturan yang sama dengan yang diperiksa sistem kami sebelum setiap pesan.
privacy-controller = Siapa yang bertanggung jawab
privacy-company = Perusahaan
privacy-contact = Kontak
privacy-officer = Petugas pelindungan data
privacy-purposes = Untuk apa data dipakai
privacy-class = Jenis
privacy-basis = Dasarnya
privacy-channels = Saluran
privacy-no-channels = Tidak ada. Tidak seorang pun dihubungi
privacy-data = Data yang dipakai
privacy-recipients = Dibagikan kepada
privacy-no-recipients = Tidak kepada siapa pun
privacy-retention = Disimpan selama
privacy-retention-days = { $n } hari
privacy-highest-level = Tingkat tertinggi
privacy-levels = Seberapa personal
privacy-levels-lead = Andalah yang memilih batas tertinggi. Mulainya “Tren umum”, dan hanya naik jika Anda sendiri yang menaikkannya.
privacy-rights = Hak Anda
privacy-right-stop = Menghentikan pesan apa pun yang tidak wajib, kapan pun, dengan sekali tekan.
privacy-right-see = Melihat data tentang Anda yang kami simpan dan mendapat salinannya.
privacy-right-correct = Meminta kesalahan diperbaiki.
privacy-right-erase = Meminta data Anda dihapus.
privacy-right-object = Menolak penggunaan data Anda, atau meminta dihentikan sementara.
privacy-right-complain = Mengadu kepada kami atau kepada lembaga pelindungan data pribadi.
privacy-reach = Untuk memakai hak ini, hubungi { $contact }.
privacy-no-cost = Memakai hak Anda tidak dipungut biaya. Harga dan layanan tetap sama.
class-marketing = Pemasaran
class-optional-service = Layanan tambahan
class-essential = Diperlukan untuk pesanan dan keamanan
class-personalisation = Pemilihan personal
class-aggregate-statistics = Hitungan atas semua pelanggan
class-measurement = Mengukur apa yang berhasil
basis-consent = Anda menyetujuinya
basis-soft-opt-in = Anda pernah membeli yang serupa dan bisa berhenti kapan saja
basis-implied-consent = Anda belum lama ini membeli atau bertanya kepada kami
basis-contextual = Yang ditampilkan ditentukan oleh halaman yang Anda buka, bukan oleh siapa Anda
basis-contract = Diperlukan untuk pesanan atau akun Anda
basis-legal-obligation = Diwajibkan hukum
basis-legitimate-interest = Kepentingan kami, ditimbang dengan kepentingan Anda
basis-notice-opt-out = Anda sudah diberi tahu dan bisa berhenti kapan saja
regime-uu-pdp = UU PDP, Indonesia
regime-gdpr = GDPR, Uni Eropa
regime-uk-gdpr = GDPR Inggris
regime-ccpa = CCPA, California
regime-us-federal = Hukum federal, Amerika Serikat
regime-casl = CASL, Kanada

## Halaman yang tidak dapat ditampilkan
not-found-title = Tautan ini tidak kami kenal
not-found-lead = Mungkin terpotong saat disalin. Silakan buka lagi langsung dari pesannya.
error-title = Ada masalah di pihak kami
error-lead = Silakan coba lagi sebentar lagi.

## Demo: awal
demo-start = Awal
demo-mailbox = Kotak surat
start-title = Toko yang bertanya dulu
start-lead = { $shop } adalah toko untuk mencoba-coba di komputer Anda. Alamat dan jawabannya rekaan, dan tidak ada yang keluar dari mesin ini. Ikuti lima langkah untuk melihat bagaimana izin menentukan setiap pesan.
start-shop = Kenali toko dan pelanggannya
start-shop-lead = { $purchases } baris pembelian, dan jawaban tiap pelanggan sekarang soal pemasaran lewat email:
start-customers = Pelanggan
start-agreed = Bilang ya
start-refused = Bilang tidak
start-unknown = Belum menjawab
start-shop-rule = Yang belum menjawab dianggap tidak. Hanya “ya” yang tercatat yang membuat pesan boleh keluar.
start-first = Kampanye pertama
start-first-waiting = Segera dikirim. Silakan muat ulang halaman ini sebentar lagi.
start-open-mailbox = Buka kotak surat
start-customer = Jadilah pelanggan
start-customer-lead = Buka pesan untuk { $address } dan tekan tautan berhenti di dalamnya. Cukup sekali tekan, tanpa masuk akun dan tanpa pertanyaan.
start-customer-waiting = Pesan pertama akan ada di sini begitu tiba.
start-sample-mail = Baca pesannya
start-sample-opt-out = Berhenti berlangganan
start-sample-preferences = Lihat pilihannya
start-sample-why = Lihat mengapa pesan itu datang
start-next = Kirim kampanye berikutnya
start-next-lead = Setiap pelanggan diperiksa lagi tepat saat pengiriman. Yang menolak sedetik sebelumnya pun tidak dikirimi.
start-send = Kirim kampanye berikutnya
start-running = { $done } dari { $total } pelanggan sudah diputuskan
start-progress = Pelanggan yang sudah diputuskan
start-look-again = Lihat lagi
start-record = Periksa catatannya
start-record-lead = Setiap ya dan setiap tidak ada di buku besar yang memperlihatkan bila diubah-ubah. Isinya { $n } catatan.
start-checkpoint = Titik periksa terbaru
start-checkpoint-size = { $n } catatan, yang terakhir dibuat { $time }
start-root = Akar
start-verify = Periksa semuanya sendiri, tanpa internet:
start-decide = Tanyakan apakah satu pesan boleh dikirim:
campaign-sent = “{ $name }”, { $time }. { $n } pelanggan dipertimbangkan, menurut keadaan saat itu.
campaign-received = Menerima
campaign-left-out = { $n ->
    [0] Semua pelanggan menerima.
   *[other] { $n } pelanggan tidak dikirimi, masing-masing karena alasan di atas.
}
campaign-changes = Apa yang terjadi, dan apa yang berubah sejak kampanye sebelumnya
campaign-outcome = Hasil
campaign-count = Pelanggan
campaign-change = Perubahan
campaign-examples = Misalnya

## Demo: kotak surat
mailbox-lead = Semua pesan yang dikirim toko, terbaru lebih dulu. Semuanya tetap di mesin ini.
mailbox-search-label = Penerima
mailbox-search = Cari
mailbox-empty = Belum ada pesan yang tiba.
mailbox-none = Tidak ada pesan untuk “{ $query }”.
mailbox-count = { $n } pesan
mailbox-pages = Halaman
mailbox-newer = Lebih baru
mailbox-older = Lebih lama
mailbox-page = Halaman { $page } dari { $pages }
mail-subject = Perihal
mail-to = Kepada
mail-received = Diterima
mail-links = Yang bisa dilakukan penerima
mail-opt-out = Berhenti berlangganan
mail-preferences = Lihat dan ubah pilihan
mail-look = Tampilannya
mail-look-alone = Buka tersendiri
mail-text = Sebagai teks biasa
mail-headers = Kepala surat
mail-header-name = Nama
mail-header-value = Isi

## Bulan
month-1 = Januari
month-2 = Februari
month-3 = Maret
month-4 = April
month-5 = Mei
month-6 = Juni
month-7 = Juli
month-8 = Agustus
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Desember

## /r: tanda terima
receipt-link = Simpan tanda terima Anda
receipt-title = Tanda terima Anda
receipt-lead = Entri ini tercatat dalam log { $shop } yang tidak bisa diubah diam-diam. Tidak ada yang dapat mengganti atau menghapusnya tanpa ketahuan.
receipt-what = Yang dicatat
receipt-recorded = Dicatat pada
receipt-place = Entri
receipt-signed = Ditandatangani
receipt-signed-at = { $date }, dengan { $size } entri
receipt-log = Log
receipt-download = Unduh tanda terima
receipt-keep = Simpan berkasnya. Berkas itu membuktikan entri ini, juga setelah toko menghapus semua data Anda.
receipt-check = Cara siapa pun memeriksanya
receipt-check-how = Dengan program sumber terbuka Izin, tanpa bertanya kepada toko. Kuncinya juga tertulis di sini; salinan kunci yang disimpan pihak lain lebih aman.
receipt-code = Pindai untuk membuka halaman ini lagi
receipt-act-refused = Penolakan pesan
receipt-act-consented = Persetujuan menerima pesan
receipt-act-dial = Seberapa pribadi pesan boleh dibuat
receipt-act-paused = Jeda pesan
receipt-act-other = Sesuatu tentang izin Anda
