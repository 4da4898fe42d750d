// What the app says, Indonesian first: (id, en). The words of a job come with its list.

const WORDS = {
  app: ["Lapangan", "Field"],
  opening: ["Membuka ...", "Opening ..."],
  language: ["English", "Bahasa Indonesia"],
  back: ["Kembali", "Back"],
  again: ["Ulangi", "Try again"],
  // ways of failing
  insecure: ["Alamat ini bukan HTTPS. HP tidak mengizinkan penyimpanan aman di sini.", "This address is not HTTPS. The phone allows no safe storage here."],
  nostore: ["HP ini tidak mau menyimpan data (mode privat?). Buka di jendela biasa.", "This phone refuses to keep data (private mode?). Open it in an ordinary window."],
  check: ["Periksa HP ini", "Check this phone"],
  away: ["Tidak ada jaringan, atau server tidak menjawab.", "No network, or the server does not answer."],
  signedout: ["Sesi masuk sudah berakhir. Data tetap di HP.", "The log-in has ended. The data stay on the phone."],
  signin: ["Masuk", "Log in"],
  // set-up and lock
  setup: ["Siapkan HP ini", "Set up this phone"],
  setup_why: ["Sekali saja, saat ada jaringan. Setelah itu aplikasi terbuka tanpa jaringan dengan PIN.", "Once, while there is a network. After that the app opens with a PIN, without a network."],
  pin: ["PIN (6 sampai 12 angka)", "PIN (6 to 12 digits)"],
  pin_again: ["Ulangi PIN", "The PIN again"],
  pin_weak: ["PIN ini mudah ditebak. Pakai 6 sampai 12 angka yang lain.", "This PIN is easily guessed. Use 6 to 12 other digits."],
  pin_differs: ["Kedua PIN tidak sama.", "The two PINs differ."],
  pin_save: ["Simpan PIN", "Keep the PIN"],
  pin_note: ["PIN membuka data di HP ini. Kantor tidak tahu PIN Anda; bila lupa, antrean tetap bisa dibuka kantor dari berkas ekspor.", "The PIN opens the data on this phone. The office does not know it; if you forget it, the office can still open the queue from the exported file."],
  hello: ["Petugas", "Officer"],
  locked: ["Masukkan PIN", "Enter the PIN"],
  open: ["Buka", "Open"],
  pin_wrong: ["PIN salah.", "Wrong PIN."],
  pin_wait: ["PIN salah. Coba lagi dalam {n} detik.", "Wrong PIN. Try again in {n} seconds."],
  forgot: ["Lupa PIN?", "PIN forgotten?"],
  forgot_why: ["Ekspor antrean dulu; kantor membukanya tanpa PIN. Setelah itu HP bisa disiapkan ulang.", "Export the queue first; the office opens it without the PIN. Then the phone can be set up anew."],
  restart: ["Hapus data di HP dan siapkan ulang", "Wipe this phone's data and set up anew"],
  restart_sure: ["Tekan sekali lagi untuk menghapus. Pastikan berkas ekspor sudah di kantor.", "Press once more to wipe. Be sure that the office has the exported file."],
  // lists
  lists: ["Daftar kerja", "Work lists"],
  no_lists: ["Belum ada daftar untuk Anda.", "There is no list for you yet."],
  no_lists_why: ["Kantor membuat daftar; lalu tekan Muat ulang saat ada jaringan.", "The office makes lists; then press Reload while there is a network."],
  reload: ["Muat ulang", "Reload"],
  download: ["Unduh {size}", "Download {size}"],
  newer: ["Perbarui {size}", "Update {size}"],
  start: ["Mulai", "Start"],
  houses: ["{n} rumah", "{n} houses"],
  done_of: ["{n} dari {m} selesai", "{n} of {m} done"],
  on_phone: ["di HP", "on the phone"],
  not_on_phone: ["belum di HP", "not on the phone yet"],
  cut: ["Peta jalan atau rumah yang jauh ditinggalkan agar muat 5 MB.", "Streets or far houses were left out to keep to 5 MB."],
  sample: ["data contoh (rekaan)", "sample data (invented)"],
  persist_yes: ["HP berjanji tidak menghapus data aplikasi ini.", "The phone promises not to clear this app's data."],
  persist_no: ["HP bisa menghapus data ini bila penyimpanan penuh atau aplikasi lama tidak dibuka. Kirim setiap hari; pasang aplikasi ke layar utama.", "The phone may clear these data if storage is full or the app is not opened for long. Send every day; install the app on the home screen."],
  new_version: ["Versi baru siap.", "A new version is ready."],
  use_now: ["Pakai sekarang", "Use it now"],
  // walk
  next: ["ke urut {n}", "to stop {n}"],
  visit_this: ["Kunjungi rumah ini", "Visit this house"],
  all_done: ["Semua rumah di daftar ini sudah dikunjungi.", "All houses of this list were visited."],
  find: ["Cari", "Find"],
  navigate: ["Navigasi", "Navigate"],
  no_place: ["tanpa titik", "no place"],
  waiting_fix: ["menunggu GPS", "waiting for GPS"],
  gps_refused: ["GPS tidak diizinkan. Buka setelan situs, izinkan lokasi.", "GPS is not allowed. Open the site settings, allow location."],
  compass: ["Pakai kompas HP", "Use the phone's compass"],
  install: ["Pasang ke layar utama", "Install on the home screen"],
  north: ["panah: utara di atas", "arrow: north is up"],
  conduct: ["Sebelum mulai (SOP I)", "Before you start (SOP I)"],
  remaining: ["belum", "to do"],
  done: ["selesai", "done"],
  repeat: ["perlu ulang", "to repeat"],
  by_other: ["sudah, oleh HP lain", "done, by another phone"],
  due: ["paling lambat {day}", "due {day}"],
  map_alt: ["Peta kecil jalan dan rumah; isinya sama dengan daftar di bawah.", "Small map of streets and houses; the list below says the same."],
  // find
  find_title: ["Cari rumah", "Find a house"],
  find_hint: ["Angka terakhir meter atau IDPEL (3 sampai 5)", "Last digits of meter or IDPEL (3 to 5)"],
  find_none: ["Tidak ada dalam 300 m dari rute.", "None within 300 m of the walk."],
  on_list: ["urut {n}", "stop {n}"],
  off_list: ["di luar daftar", "not on the list"],
  meter: ["Meter", "Meter"],
  // visit
  question: ["Hasil kunjungan", "Outcome of the visit"],
  recorded: ["Tercatat", "Recorded"],
  choose_outcome: ["Pilih hasil", "Choose the outcome"],
  optional: ["Tambahan (boleh kosong)", "More (may stay empty)"],
  save: ["Simpan", "Save"],
  saved: ["Tersimpan di HP.", "Kept on the phone."],
  save_failed: ["HP penuh. Kunjungan ini hanya ada di memori: ekspor antrean SEKARANG, jangan tutup aplikasi.", "The phone is full. This visit is in memory only: export the queue NOW, do not close the app."],
  photo_small: ["HP hampir penuh: foto diperkecil.", "The phone is nearly full: the photo was made smaller."],
  photo_dropped: ["HP penuh: foto tidak tersimpan, isian tetap tersimpan. Kirim atau ekspor antrean.", "The phone is full: the photo was not kept, the record is. Send or export the queue."],
  photo_bad: ["Berkas itu bukan gambar yang bisa dibaca HP ini.", "That file is no picture this phone can read."],
  take_photo: ["Ambil foto", "Take photo"],
  retake: ["Ambil lagi", "Take again"],
  kept_size: ["{kb} kB di HP", "{kb} kB on the phone"],
  sign: ["Tanda tangan di sini", "Sign here"],
  clear: ["Hapus", "Clear"],
  nearest: ["terdekat", "nearest"],
  other_code: ["Kode lain", "Another code"],
  yes: ["Ya", "Yes"],
  no: ["Tidak", "No"],
  choose: ["Pilih ...", "Choose ..."],
  needed: ["wajib diisi", "is needed"],
  number: ["isi angka", "give a number"],
  whole: ["isi angka bulat", "give a whole number"],
  range: ["di luar batas", "out of range"],
  choice: ["pilih salah satu", "choose one"],
  long: ["terlalu panjang", "too long"],
  still: ["Masih kurang: {names}", "Still missing: {names}"],
  used: ["Pemakaian {n} kWh", "Use {n} kWh"],
  look_again: ["Periksa lagi, lalu boleh disimpan:", "Look again, then it may be saved:"],
  accuracy: ["Ketelitian {n} m ({f} fix)", "Accuracy {n} m, fixes: {f}"],
  good: ["baik", "good"],
  rough: ["kasar, di atas 20 m", "rough, over 20 m"],
  fix_later: ["Titik belum ada; boleh disimpan tanpa titik", "No place yet; it may be saved without"],
  visited: ["Rumah ini sudah dikunjungi. Simpan lagi berarti kunjungan baru yang memperbaiki.", "This house was visited. Saving again makes a new visit that amends it."],
  draft: ["Isian yang belum disimpan dibuka kembali.", "What was not saved yet is open again."],
  off_list_visit: ["Rumah di luar daftar", "House not on the list"],
  // queue
  unsent: ["{n} belum terkirim", "{n} not sent"],
  sent: ["{n} sudah", "{n} sent"],
  sent_all: ["{n} dari {n} terkirim", "{n} of {n} sent"],
  nothing_yet: ["Belum ada kunjungan hari ini", "No visit yet today"],
  sending: ["Mengirim ...", "Sending ..."],
  queue: ["Antrean", "Queue"],
  send_now: ["Kirim sekarang", "Send now"],
  share: ["Bagikan bukti", "Share the receipt"],
  copied: ["Tersalin.", "Copied."],
  export: ["Ekspor antrean", "Export the queue"],
  exported: ["{n} kunjungan di berkas {name}. Kirim berkas itu ke kantor; data tetap di HP.", "{n} visits in the file {name}. Send it to the office; the data stay on the phone."],
  photos_left: ["foto {n} belum utuh", "{n} photos not whole"],
  waits: ["menunggu", "waiting"],
  refused: ["ditolak server: {why}", "refused by the server: {why}"],
  only_memory: ["HANYA DI MEMORI: ekspor sekarang", "IN MEMORY ONLY: export now"],
  sign_out: ["Keluar", "Log out"],
  sign_out_no: ["Belum bisa keluar: {n} kunjungan belum terkirim. Kirim dulu.", "You cannot log out yet: {n} visits are not sent. Send them first."],
  sign_out_why: ["Keluar menghapus daftar dan kunci dari HP ini.", "Logging out removes lists and key from this phone."],
  storage: ["Penyimpanan", "Storage"],
  storage_used: ["{used} dipakai dari {quota}", "{used} used of {quota}"],
  last_sent: ["Terkirim terakhir {at}", "Last sent {at}"],
  proof: ["{sent} dari {total} terkirim, {at}, ULP {ulp}, petugas {who}", "{sent} of {total} sent, {at}, ULP {ulp}, officer {who}"],
  change_pin: ["Ganti PIN", "Change the PIN"],
  clock: ["Jam HP berbeda {n} menit dari server. Perbaiki jam HP.", "The phone's clock is {n} minutes off. Set it right."],
};

export const speech = { lang: "id", job: {} };

// A sentence by its key, its places filled; a word of the job by its own key.
export function t(key, values = {}) {
  const pair = WORDS[key] || speech.job[key];
  if (!pair) return key.split(".").pop().replaceAll("_", " ");
  return pair[speech.lang === "id" ? 0 : 1].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A number with the signs of the reader.
export const num = (value, digits = 0) =>
  value.toLocaleString(speech.lang === "id" ? "id-ID" : "en-GB", { maximumFractionDigits: digits });

export function size(bytes) {
  if (bytes < 1e6) return `${num(Math.max(1, Math.round(bytes / 1000)))} kB`;
  return bytes < 1e9 ? `${num(bytes / 1e6, 1)} MB` : `${num(bytes / 1e9, 1)} GB`;
}

export const clock = (at) =>
  new Date(at).toLocaleString(speech.lang === "id" ? "id-ID" : "en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

export const dayOf = (iso) =>
  new Date(`${iso}T00:00`).toLocaleDateString(speech.lang === "id" ? "id-ID" : "en-GB", { day: "numeric", month: "short", year: "numeric" });
