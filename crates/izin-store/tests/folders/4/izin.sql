CREATE TABLE entries (
  seq integer primary key,
  recorded_at integer not null,
  subject blob,
  act text not null,
  blinding blob not null,
  detail_commitment blob,
  leaf_hash blob not null
) strict;
insert into entries values (0, 1795357733181122, null, '{"act":"policy_published","version":1,"hash":"0f9c7d1768aed37822d18e8b1415eb2a4eb6a15b8409ddfb8091ff39220d4f3b"}', x'c9ffe382256c4d520ee4921d6ad26b555d9aed03faabb2e20498f7b9c8b931f3', null, x'ee513e539701c02f6d981fa35c4e07e5d78c8fd74a797327a931a68a8ab96fdf');
insert into entries values (1, 1795357733181122, null, '{"act":"dpia_approved","dpia":"profiling","hash":"795525bb474e70b9813ab3594a84a12f23684c758a7ec370ea3814db7cfd70f9"}', x'9394ad22c8ffb909e4538466477f470a2826dc09e3463234c5484abb250ed2ca', null, x'738f5d665c75daa213ee9cbb826caf784ca220d04d6c385b75ab6e562bd3bb5d');
insert into entries values (2, 1795357733190075, null, '{"act":"policy_took_effect","version":1}', x'1e4272370a5d7b9d8e175aacf9ccefe8479ffe110ac2cdc28a19dc3d6ac63d62', null, x'2a3e27e561b17f28aae4e4024d5ab68df455cd457076c13bead2e03c91d3537a');
insert into entries values (3, 1795357733194566, x'0fe1483ab850e4eb29483e55396e7c53', '{"act":"identifier_attached","identifier":"a671e0d9978309aed744e1453ea7180b","kind":"customer"}', x'ad5df58ff5ad5510220a5ca872a7c3a39cf67cac1b03eb5773f86a0cd4aa6664', null, x'4193bec4076f9ba27c61800256e3d7c4d748cc45e95b181f8c6928c8a013a00b');
insert into entries values (4, 1795357733194566, x'0fe1483ab850e4eb29483e55396e7c53', '{"act":"identifier_attached","identifier":"77164cc31c6a8aaff05c0a3569d37a56","kind":"email"}', x'e6682211939d09502a607000a14d3609c129a0cf14736910338e838f25a6da4e', null, x'b4308f68823040f14551e5fd2e72e5af45f659f925cf7aa3389f4b64baf3b265');
insert into entries values (5, 1795357733194566, x'0fe1483ab850e4eb29483e55396e7c53', '{"act":"consented","purpose":"marketing","channel":"email","identifier":"77164cc31c6a8aaff05c0a3569d37a56","occurred_at":1767312000000000,"evidence":"recorded","policy":1,"origin":"import"}', x'dc6ee9b069ee808d910a73184fa48a2441f12bc8a52d98bf251f8e28eae087e2', x'0ece466d0e94bf24e960819b0064ddcc0b35916ff5568f559e6a3d8d5d6e28ec', x'f6bd3d77b157dd3faaf453cfa11e0cc2a7b5b74ffade2af1854d6e31867cc30e');
insert into entries values (6, 1795357733194566, x'e84d27dcba0656930fbbb6482d6d26f7', '{"act":"identifier_attached","identifier":"774e1268075b36f6cdbdaf0ad60ea002","kind":"customer"}', x'7e201cb411cc95488f4ea8823d051bc2723607c8b720bd8ce554164ff601b049', null, x'0e406dcb0217c54be918b5fded3c7b28335ae47cb7d12e14434bb5f3ff5f2aba');
insert into entries values (7, 1795357733194566, x'e84d27dcba0656930fbbb6482d6d26f7', '{"act":"identifier_attached","identifier":"ede36050ab7ad197a0dd71ac0d6eb9f5","kind":"email"}', x'fb874eca3306593e2f8f7a28a1822f0ec8ca9102faf1c75a89ffe5b9cba3c9de', null, x'0e4995c5f94a2bc3e6092c46bdaa2880b0b003c4e81961b4b00106ee6352871f');
insert into entries values (8, 1795357733194566, x'e84d27dcba0656930fbbb6482d6d26f7', '{"act":"refused","refusal":"opted_out","channel":"email","purpose":"marketing","occurred_at":1767312000000000,"origin":"import"}', x'38cdfca57d5dbed6c248f18dc5dea9a825349c424a95af1f1cd50138d42236bd', null, x'5778d41bc18927d8e4642993eea556da97e1a5b58cb1b3674cfe3e5be9f0b9bb');
insert into entries values (9, 1795357733194566, null, '{"act":"identifier_suppressed","suppression":"40acde901d21164ed1468523ef136215","refusal":"opted_out","channel":"email","purpose":"marketing","occurred_at":1767312000000000,"origin":"import"}', x'f35e4fd5830fd1c383ae90f2e557728cd2bb6c3137b28d3331d8c73ee0c50d72', null, x'9099dc4d866a2b6363f031db10226a2a2007fcd6da58e86c68e7c677a5d1b517');
insert into entries values (10, 1795357733194566, x'a8178cde4a3d9539ed582a4f8e48aca0', '{"act":"identifier_attached","identifier":"983df0d9d23acf2f04a56ea7c4fedd3f","kind":"customer"}', x'752963a2f2ed001bee8085ccd5a4cce607078346310c3d0d509d0f84c8a5040b', null, x'ed2074631da3919050e527755573cc2b3802b51c1dd6991fa7311203dc2ed2f0');
insert into entries values (11, 1795357733194566, x'a8178cde4a3d9539ed582a4f8e48aca0', '{"act":"identifier_attached","identifier":"a842408d4fd31b597f6070fd49b4c76f","kind":"email"}', x'3c7b723394830e08a7bfffa8434cf08937ec882d8e13f6addae336decae3130f', null, x'd98ef8af21ff7fa8e4cc9a2d278b39a0eeeb512035ff037048a20e596a185ae4');
insert into entries values (12, 1795357733194566, x'a8178cde4a3d9539ed582a4f8e48aca0', '{"act":"consented","purpose":"marketing","channel":"email","identifier":"a842408d4fd31b597f6070fd49b4c76f","occurred_at":1795357733194360,"evidence":"missing","policy":1,"origin":"import"}', x'94e7648ecb3dfd329c15338e1bc592a1ebae3c3ba2002da3897ae9f915f7259e', null, x'732ae4dd4373b0fc7240a4184c56e96c971305057f1405b1c18ad7eb0377c3f3');
insert into entries values (13, 1795357733248473, null, '{"act":"identifier_suppressed","suppression":"7109b81e1c0ecf6e39e7b242bd6180ae","refusal":"opted_out","occurred_at":1795357733248215,"origin":"import"}', x'10afe1448b458b21f41082147f07cb5ae234808453dff524b3c41faf6ef54011', null, x'69f4d70a7ab0cebac669de25c5d9e6a50a96e86aaa530f1a7efda9415ce181bc');
CREATE INDEX entries_by_subject on entries (subject, seq) where subject is not null;
CREATE TABLE details (
  seq integer primary key references entries (seq),
  blinding blob not null,
  sealed blob not null
) strict;
insert into details values (5, x'3457e8986db7fd57d5211d9f56fb9693076114498e3f04a2c46a201f32ef1022', x'01bb9752446db7bc7be2b1dd4ddc628e3fa7e8c505be4bfdfb49442fd74add30616b63bd62023f232bfdd331b0ee424546c79f23');
CREATE TABLE tiles (
  level integer not null,
  number integer not null,
  hashes blob not null,
  primary key (level, number)
) strict, without rowid;
CREATE TABLE checkpoints (
  size integer primary key,
  signed_at integer not null,
  note text not null
) strict;
insert into checkpoints values (13, 1795357733218141, '127.0.0.1
13
TMzcjybOGVEA6l+UOstsgF+xKNYeAL+f4iuekeL5jvk=

— 127.0.0.1 vG/nKJqOXJJahk8qs8fkTVpxWFnXdCYz0vuaUySpYrLWW6TAmVSJ6zNEwXrBMs6lyUVpE9GfWtqe5gSXW5vr68MWBww=
');
insert into checkpoints values (14, 1795357733270079, '127.0.0.1
14
dKqjimL9hNO6x8fftQe93NtsiMYJ4RBfvHjfGFWgryc=

— 127.0.0.1 vG/nKNa5rds6Z/ylL27dU8EF0xyuc7zuEy4Iw3ys7OUQ+WVdnW7/KJRsDXPVWfZg9qEaz3lrYTQqqa+tIrfq507coQU=
');
CREATE TABLE identifiers (
  identifier blob primary key,
  subject blob not null,
  kind integer not null,
  lookup_hash blob not null,
  suppression_hash blob not null,
  key_version integer not null,
  sealed blob not null
, merged_from blob) strict, without rowid;
insert into identifiers values (x'77164cc31c6a8aaff05c0a3569d37a56', x'0fe1483ab850e4eb29483e55396e7c53', 1, x'73a82d5fe8fd47d2d885cf1aabfeab9d', x'c3115eaed598c653cda867b614ef5ba0', 1, x'01249c60fd26c19e5848b1122d9981bfaa449151282380711f41aecfa4c8d81515360ea7cf9366c11b33953759a4d08c3299bda19d1c0ddb07', null);
insert into identifiers values (x'774e1268075b36f6cdbdaf0ad60ea002', x'e84d27dcba0656930fbbb6482d6d26f7', 3, x'9d15ed2eede2ba338704b4ff24eb70aa', x'fab2a6c89bc0ab1ca9cb0d82cfec3bf4', 1, x'0113843791e23b8c75a561d3ebc22b7fa993eec5b3e5d7f5dd64a733067391a30dca297c1ba51fe86f6d', null);
insert into identifiers values (x'983df0d9d23acf2f04a56ea7c4fedd3f', x'a8178cde4a3d9539ed582a4f8e48aca0', 3, x'2b81e05cac0a2c2aa00bd3f1094d52c8', x'e1147b1996e724c2abb8ea403b4d53e5', 1, x'013f7c12f14a5ae5c5b60d5a2933d8a7b45f85512b838a6d8363da3eff5325dd7368f1dccc652001804e', null);
insert into identifiers values (x'a671e0d9978309aed744e1453ea7180b', x'0fe1483ab850e4eb29483e55396e7c53', 3, x'577c232613fccc9cc85c9ae91e6c5cbf', x'b6b909c410ef3d898a2537a87a5c735b', 1, x'01b68beeb4f43c0d1c1d3ec42e00e365c9b426ae0ad4f76a54f1a3b36aab9448e7fce7d1bf4cc677e574', null);
insert into identifiers values (x'a842408d4fd31b597f6070fd49b4c76f', x'a8178cde4a3d9539ed582a4f8e48aca0', 1, x'8ae620597588dd3b704e97d0eebf69dc', x'9ba28749f1e08d4ce0925ff013d22ba6', 1, x'01413dcc3f9260e4e792d6732aff1ce18691a43661a3ca5be292083ff965548663477fbeca5b166d25aeb85b8ba78790265a702936e0ec8477', null);
insert into identifiers values (x'ede36050ab7ad197a0dd71ac0d6eb9f5', x'e84d27dcba0656930fbbb6482d6d26f7', 1, x'5a78d96c93c522f0ef65f61e932b2bd5', x'2859b9142950bb94653f54d8dd57c2ac', 1, x'0127a4c6fba8ecdb1c9952ca61a952071c76509162e1df1a48f1e788dd78ca97146390c70e4b75f29d2adf5b7aad72fa5c62ba93dc33e2b559', null);
CREATE INDEX identifiers_by_hash on identifiers (lookup_hash);
CREATE INDEX identifiers_by_suppression_hash on identifiers (suppression_hash);
CREATE INDEX identifiers_by_subject on identifiers (subject);
CREATE TABLE profiles (
  subject blob primary key,
  key_version integer not null,
  sealed blob not null
) strict, without rowid;
CREATE TABLE suppressions (
  suppression blob primary key,
  hash blob not null,
  key_version integer not null,
  seq integer not null
, ended integer) strict, without rowid;
insert into suppressions values (x'40acde901d21164ed1468523ef136215', x'2859b9142950bb94653f54d8dd57c2ac', 1, 9, null);
insert into suppressions values (x'7109b81e1c0ecf6e39e7b242bd6180ae', x'636bd6bdfe387ee81b624abf1778520e', 1, 13, null);
CREATE INDEX suppressions_by_hash on suppressions (hash);
CREATE TABLE policies (
  version integer primary key,
  hash text not null,
  body text not null,
  published_at integer not null
, effective_seq integer, effective_at integer) strict;
insert into policies values (1, '0f9c7d1768aed37822d18e8b1415eb2a4eb6a15b8409ddfb8091ff39220d4f3b', '{"cap":[{"channel":"email","class":"marketing","id":"marketing_email","limit":{"at_most":3,"within":"7d"},"over":"defer"},{"channel":"sms","class":"marketing","id":"marketing_sms","limit":{"at_most":1,"within":"1d"},"over":"defer"},{"channel":"whatsapp","class":"marketing","id":"marketing_whatsapp","limit":{"at_most":1,"within":"1d"},"over":"defer"},{"channel":"push","class":"marketing","id":"marketing_push","limit":{"at_most":2,"within":"1d"},"over":"drop"},{"id":"review_requests","limit":{"at_most":1,"within":"30d"},"over":"drop","purpose":"reviews"}],"category":[{"codes":["S1"],"path":"Kesehatan"},{"codes":["S1","S18"],"path":"Kesehatan > Alat Bantu"},{"codes":[],"path":"Kesehatan > Masker"},{"codes":["S2"],"path":"Dewasa"},{"codes":["S3"],"path":"Ibadah"},{"codes":["S10"],"path":"Ibu dan Anak"},{"codes":["S1","S10"],"path":"Ibu dan Anak > Kehamilan"},{"codes":["S11"],"path":"Keuangan"},{"codes":["H"],"path":"Tembakau dan Alkohol"},{"codes":[],"path":"Rumah Tangga"},{"codes":[],"path":"Pakaian"}],"controller":{"address":"Jalan Contoh 1, Jakarta","approvals":1,"contact":"halo@toko.example","country":"ID","dpo":"pdp@toko.example","languages":["en","id"],"name":"Toko Contoh","regimes":["uu-pdp"],"signed_by":"Petugas Contoh, petugas pelindungan data pribadi","zone":"Asia/Jakarta"},"dpia":[{"advice":{"en":"It can be done with the measures above; review complaints every three months.","id":"Dapat dilakukan dengan langkah di atas; tinjau keluhan setiap tiga bulan."},"advised_by":"Petugas Contoh","approved":"2026-11-22T00:00:00Z","approver":"Direktur Contoh","author":"Pemasar Contoh","description":{"en":"Own purchases help to choose the goods in e-mails and on pages, in the shop''s interest to sell what is of use.","id":"Pembelian sendiri membantu memilih barang di email dan di halaman, demi kepentingan toko untuk menjual yang berguna."},"expires":"2027-11-22T00:00:00Z","id":"profiling","measures":{"en":"Sensitive goods never take part; the level rises by the person''s own act alone; one tap on \"too personal\" lowers it at once.","id":"Barang sensitif tidak pernah ikut; tingkat hanya naik oleh orangnya sendiri; satu ketukan \"terlalu personal\" menurunkannya seketika."},"necessity":{"en":"Without purchases only general trends can be shown. Only purchases of the last two years are used, and only with consent.","id":"Tanpa pembelian hanya tren umum yang dapat ditampilkan. Hanya pembelian dua tahun terakhir yang dipakai, dan hanya dengan persetujuan."},"risks":{"en":"Others at home see the picks; sensitive goods are revealed; people feel watched.","id":"Orang lain di rumah melihat pilihan; barang sensitif terungkap; orang merasa diawasi."}}],"field":[{"category":"pd:EmailAddress","id":"email_address","retention":"profile","source":"customer","title":{"en":"Email address","id":"Alamat email"},"why":{"en":"Where e-mail goes to","id":"Ke mana email dikirim"}},{"category":"pd:TelephoneNumber","id":"phone","retention":"profile","source":"customer","title":{"en":"Telephone number","id":"Nomor telepon"},"why":{"en":"Where SMS and WhatsApp go to","id":"Ke mana SMS dan WhatsApp dikirim"}},{"category":"pd:DeviceBased","id":"push_endpoint","retention":"profile","source":"browser","title":{"en":"Notification address of the browser or app","id":"Alamat notifikasi peramban atau aplikasi"},"why":{"en":"Where notifications go to","id":"Ke mana notifikasi dikirim"}},{"category":"pd:Name","id":"name","retention":"profile","source":"customer","title":{"en":"Name","id":"Nama"},"why":{"en":"For the greeting","id":"Untuk menyapa"}},{"category":"pd:Language","id":"language","retention":"profile","segment":true,"source":"customer","title":{"en":"Language","id":"Bahasa"},"why":{"en":"Which language we write in","id":"Dalam bahasa apa kami menulis"}},{"category":"pd:Country","id":"country","retention":"profile","segment":true,"source":"customer","title":{"en":"Country","id":"Negara"},"why":{"en":"Which law protects you","id":"Hukum mana yang melindungi Anda"}},{"category":"pd:Location","id":"zone","retention":"profile","source":"customer","title":{"en":"Time zone","id":"Zona waktu"},"why":{"en":"So that messages do not come at night","id":"Supaya pesan tidak datang pada malam hari"}},{"category":"pd:Purchase","id":"purchases","retention":"purchases","segment":true,"source":"shop","title":{"en":"Goods bought and when","id":"Barang yang dibeli dan kapan"},"why":{"en":"For orders; and, where allowed, to choose what is shown","id":"Untuk pesanan; dan, bila diizinkan, untuk memilih apa yang ditampilkan"}},{"category":"pd:ServiceConsumptionBehaviour","id":"message_events","retention":"browsing","source":"shop","title":{"en":"Messages delivered and links opened","id":"Pesan yang terkirim dan tautan yang dibuka"},"why":{"en":"To measure whether our messages are of use","id":"Untuk mengukur apakah pesan kami berguna"}}],"form":[{"control":[{"channel":"email","label":{"en":"Send me news and offers by e-mail","id":"Kirimi saya kabar dan penawaran lewat email"},"purposes":["marketing"]}],"id":"checkout","place":{"en":"Below the order, before paying","id":"Di bawah pesanan, sebelum membayar"},"version":1},{"control":[{"channel":"email","label":{"en":"News and offers by e-mail","id":"Kabar dan penawaran lewat email"},"purposes":["marketing"]},{"channel":"sms","label":{"en":"News and offers by SMS","id":"Kabar dan penawaran lewat SMS"},"purposes":["marketing"]},{"channel":"whatsapp","label":{"en":"News and offers by WhatsApp","id":"Kabar dan penawaran lewat WhatsApp"},"purposes":["marketing"]},{"channel":"push","label":{"en":"News and offers by notification","id":"Kabar dan penawaran lewat notifikasi"},"purposes":["marketing"]},{"channel":"email","label":{"en":"My purchases may help to choose what e-mails show","id":"Pembelian saya boleh membantu memilih isi email"},"purposes":["personalisation"]},{"channel":"site","label":{"en":"My purchases may help to choose what pages show","id":"Pembelian saya boleh membantu memilih isi halaman"},"purposes":["personalisation"]}],"id":"account","place":{"en":"The preferences page of the account","id":"Halaman preferensi di akun"},"version":1}],"hours":[{"allowed":{"from":"08:00","to":"20:00"},"channel":"sms"},{"allowed":{"from":"08:00","to":"20:00"},"channel":"whatsapp"},{"allowed":{"from":"08:00","to":"20:00"},"channel":"push"},{"allowed":{"from":"09:00","to":"18:00"},"channel":"phone"}],"notice":{"closing":{"en":"If anything is unclear, write to us; we answer in plain words.","id":"Bila ada yang tidak jelas, tulis kepada kami; kami menjawab dengan kata-kata sederhana."},"opening":{"en":"You decide what we send and how personal it is.","id":"Anda yang menentukan apa yang kami kirim dan seberapa personal."}},"purpose":[{"basis":"consent","channels":["email","sms","whatsapp","push"],"class":"marketing","consent_days":730,"dpia":"profiling","dpv":"dpv:DirectMarketing","explanation":{"en":"We send news about our goods and offers, only if you agree.","id":"Kami mengirim kabar tentang barang dan penawaran kami, hanya bila Anda setuju."},"fields":["email_address","phone","push_endpoint","name","language","country","zone","purchases"],"highest_level":2,"id":"marketing","recipients":["mail_provider","sms_provider"],"retention_days":730,"ropa":{"automated_decision":false,"measures":{"en":"Contacts are encrypted for each person; campaigns are approved by a second person","id":"Kontak dienkripsi per orang; kampanye disetujui orang kedua"},"subjects":{"en":"Customers who agreed","id":"Pelanggan yang setuju"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Promotions and offers","id":"Promosi dan penawaran"}},{"basis":"contract","channels":["email","sms","whatsapp"],"class":"essential","dpv":"dpv:CommunicationForCustomerCare","explanation":{"en":"Receipts, delivery news and login codes. They hold no promotion.","id":"Tanda terima, kabar pengiriman, dan kode masuk. Tidak berisi promosi."},"fields":["email_address","phone","name","language","purchases"],"highest_level":0,"id":"orders","recipients":["mail_provider","sms_provider"],"retention_days":1825,"ropa":{"automated_decision":false,"measures":{"en":"Encrypted for each person; read by customer care only","id":"Dienkripsi per orang; hanya layanan pelanggan yang membaca"},"subjects":{"en":"Buyers and account holders","id":"Pembeli dan pemilik akun"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Messages about orders and your account","id":"Pesan tentang pesanan dan akun"}},{"basis":"legal_obligation","channels":["email","sms","whatsapp","site"],"class":"essential","dpv":"dpv:LegalCompliance","explanation":{"en":"Answers to your requests, news if data leaked, and changes before they happen.","id":"Jawaban atas permintaan Anda, kabar bila data bocor, dan perubahan sebelum terjadi."},"fields":["email_address","phone","name","language"],"highest_level":0,"id":"notices","recipients":["mail_provider","sms_provider"],"retention_days":1825,"ropa":{"automated_decision":false,"measures":{"en":"Encrypted for each person; every message is on record","id":"Dienkripsi per orang; setiap pengiriman tercatat"},"subjects":{"en":"Everybody whose data we keep","id":"Semua orang yang datanya kami simpan"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Notices the law asks for","id":"Pemberitahuan wajib"}},{"basis":"contract","channels":["email"],"class":"optional_service","dpv":"dpv:CustomerRelationshipManagement","explanation":{"en":"Once after delivery we ask what you think. It holds no promotion.","id":"Sekali setelah barang diterima kami menanyakan pendapat Anda. Tidak berisi promosi."},"fields":["email_address","name","language","purchases"],"highest_level":0,"id":"reviews","recipients":["mail_provider"],"retention_days":180,"ropa":{"automated_decision":false,"measures":{"en":"Encrypted for each person; one message a month at most","id":"Dienkripsi per orang; paling banyak satu pesan sebulan"},"subjects":{"en":"Buyers","id":"Pembeli"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Requests for a review","id":"Permintaan ulasan"}},{"basis":"consent","channels":["email","site"],"class":"personalisation","consent_days":730,"dpia":"profiling","dpv":"dpv:Personalisation","explanation":{"en":"What you bought here helps to choose the goods we show you.","id":"Pembelian Anda di sini membantu memilih barang yang kami tampilkan kepada Anda."},"fields":["email_address","purchases"],"highest_level":2,"id":"personalisation","retention_days":730,"ropa":{"automated_decision":false,"measures":{"en":"Sensitive goods are left out; counts can be undone for each person","id":"Barang sensitif dikecualikan; hitungan dapat dihapus per orang"},"subjects":{"en":"Customers who agreed","id":"Pelanggan yang setuju"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Picks for you","id":"Pilihan untuk Anda"}},{"basis":"legitimate_interest","channels":["site"],"class":"aggregate_statistics","dpv":"dpv:ServiceOptimisation","explanation":{"en":"We count which goods are bought often, over all customers together.","id":"Kami menghitung barang mana yang sering dibeli, atas semua pelanggan bersama."},"fields":["purchases"],"highest_level":1,"id":"statistics","retention_days":730,"ropa":{"automated_decision":false,"measures":{"en":"Small counts are not shown; anybody may object","id":"Hitungan kecil tidak ditampilkan; siapa pun boleh berkeberatan"},"subjects":{"en":"Buyers","id":"Pembeli"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Shop statistics","id":"Statistik toko"}},{"basis":"legitimate_interest","channels":["email","site"],"class":"measurement","dpv":"dpv:ServiceUsageAnalytics","explanation":{"en":"We measure whether our messages and pages are of use, without making a profile of you.","id":"Kami mengukur apakah pesan dan halaman kami berguna, tanpa membuat profil tentang Anda."},"fields":["message_events"],"highest_level":0,"id":"measurement","retention_days":365,"ropa":{"automated_decision":false,"measures":{"en":"No tracking pixels; only sums are reported","id":"Tanpa piksel pelacak; hanya jumlah yang dilaporkan"},"subjects":{"en":"Receivers of messages and visitors","id":"Penerima pesan dan pengunjung"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Measurement","id":"Pengukuran"}},{"basis":"contextual","channels":["site","ads"],"class":"marketing","dpv":"dpv:Advertising","explanation":{"en":"We show goods that fit the page you opened, not you.","id":"Kami menampilkan barang yang cocok dengan halaman yang Anda buka, bukan dengan Anda."},"fields":["language"],"highest_level":0,"id":"contextual_ads","retention_days":1,"ropa":{"automated_decision":false,"measures":{"en":"Nothing is kept about visitors","id":"Tidak ada yang disimpan tentang pengunjung"},"subjects":{"en":"Visitors","id":"Pengunjung"},"system":"Izin","transfers":{"en":"None","id":"Tidak ada"}},"title":{"en":"Offers on the page","id":"Tawaran di halaman"}}],"recipient":[{"country":"ID","id":"mail_provider","name":{"en":"The provider of our mail server","id":"Penyedia server email kami"},"role":"processor"},{"country":"ID","id":"sms_provider","name":{"en":"The provider of our SMS and WhatsApp","id":"Penyedia SMS dan WhatsApp kami"},"role":"processor"}],"sender":[{"channel":"email","highest_level":3,"name":"Toko Contoh <promo@toko.example>","receives_replies":true},{"channel":"sms","highest_level":1,"name":"TOKOCONTOH","receives_replies":false},{"channel":"whatsapp","highest_level":1,"name":"Toko Contoh","receives_replies":true},{"channel":"push","highest_level":1,"name":"Toko Contoh","receives_replies":false}],"topic":[{"id":"new_arrivals","purpose":"marketing","title":{"en":"New arrivals","id":"Barang baru"}},{"id":"discounts","purpose":"marketing","title":{"en":"Discounts","id":"Diskon"}},{"id":"restock","purpose":"marketing","title":{"en":"Goods that are back in stock","id":"Barang yang tersedia kembali"}}],"version":0}', 1795357733181122, 2, 1795357733190075);
CREATE TABLE orders (
  order_key blob primary key,
  subject blob,
  key_version integer not null,
  sealed blob not null
) strict, without rowid;
CREATE INDEX orders_by_subject on orders (subject) where subject is not null;
CREATE TABLE products (
  product_id text primary key,
  body text not null
) strict, without rowid;
CREATE TABLE imports (
  import integer primary key,
  kind text not null,
  started_at integer not null,
  rows integer not null,
  applied integer not null,
  duplicates integer not null,
  rejected integer not null
) strict;
insert into imports values (1, 'contacts', 1795357733194518, 3, 3, 0, 0);
insert into imports values (2, 'suppressions', 1795357733248414, 1, 1, 0, 0);
CREATE TABLE campaigns (
  campaign integer primary key,
  name text not null,
  purpose text not null,
  channel text not null,
  template text not null,
  state text not null,
  created_at integer not null,
  finished_at integer
, announces integer) strict;
CREATE TABLE messages (
  campaign integer not null references campaigns (campaign),
  subject blob not null,
  identifier blob,
  state text not null,
  reason text not null,
  level integer not null,
  seq integer not null,
  updated_at integer not null, reservation blob, until integer,
  primary key (campaign, subject)
) strict, without rowid;
CREATE INDEX messages_by_state on messages (campaign, state);
CREATE TABLE api_keys (
  hash blob primary key,
  name text not null,
  role text not null,
  created_at integer not null,
  revoked_at integer
) strict, without rowid;
CREATE TABLE idempotency (
  hash blob primary key,
  answer text not null,
  recorded_at integer not null
) strict, without rowid;
CREATE TABLE sends (
  reservation blob primary key,
  subject blob not null,
  channel text not null,
  purpose text not null,
  topic text,
  at integer not null,
  state text not null
, room blob, ends_at integer) strict, without rowid;
CREATE INDEX sends_by_subject on sends (subject, at);
CREATE INDEX sends_by_time on sends (at);
CREATE TABLE merges (
  subject blob primary key,
  into_subject blob not null,
  seq integer not null,
  last integer not null
) strict, without rowid;
CREATE INDEX merges_by_into on merges (into_subject);
CREATE TABLE detached (
  identifier blob primary key,
  subject blob not null,
  lookup_hash blob not null
) strict, without rowid;
CREATE INDEX detached_by_subject on detached (subject);
CREATE TABLE sayings (
  first integer not null,
  seq integer not null,
  ended integer,
  primary key (first, seq)
) strict, without rowid;
insert into sayings values (8, 8, null);
insert into sayings values (8, 9, null);
insert into sayings values (13, 13, null);
CREATE INDEX sayings_by_seq on sayings (seq);
CREATE INDEX suppressions_by_seq on suppressions (seq);
CREATE TABLE queue (
  item integer primary key,
  kind text not null,
  subject blob,
  entry integer,
  key text,
  opened_at integer not null,
  due_at integer not null,
  opened_by text not null,
  owner text,
  note blob,
  settled_at integer,
  settled_by text,
  outcome text,
  outcome_note blob
) strict;
CREATE UNIQUE INDEX queue_by_key on queue (kind, key) where key is not null;
CREATE INDEX queue_open on queue (due_at) where settled_at is null;
CREATE TABLE codes (
  code blob primary key,
  subject blob not null,
  identifier blob not null,
  code_hash blob not null,
  wish text not null,
  tries integer not null,
  made_at integer not null,
  expires_at integer not null,
  spent_at integer
) strict, without rowid;
CREATE INDEX codes_by_identifier on codes (identifier, made_at);
CREATE INDEX codes_by_time on codes (made_at);
CREATE TABLE event_counts (
  day integer not null,
  kind text not null,
  product text not null,
  count integer not null,
  primary key (day, kind, product)
) strict, without rowid;
CREATE INDEX sends_by_room on sends (room) where room is not null;
CREATE INDEX sends_by_end on sends (ends_at) where state = 'open' and ends_at is not null;
pragma user_version = 4;
