"""Steps to make a phone trust the office's own HTTPS; on the page, on paper, on the command line."""

#: (Indonesian, English), in their order; ``{a}`` is the address of the application.
STEPS: dict[str, tuple[tuple[str, str], tuple[tuple[str, str], ...]]] = {
    "all": (
        ("Semua HP", "Every phone"),
        (
            ("Sambungkan HP ke Wi-Fi kantor.", "Connect the phone to the office's Wi-Fi."),
            ("Pindai kode QR dengan kamera, buka halamannya, lalu unduh sertifikat.",
             "Scan the QR code with the camera, open the page, download the certificate."),
            ("Cocokkan sidik jari di HP dengan yang tercetak di sini, paling sedikit delapan angka pertama dan terakhir. Bila berbeda, berhenti dan lapor ke kantor.",
             "Compare the fingerprint on the phone with the one printed here, at least its first and last eight digits. If they differ, stop and tell the office."),
        ),
    ),
    "android": (
        ("Android", "Android"),
        (
            ("Pengaturan, Keamanan, Enkripsi dan kredensial, Instal sertifikat, Sertifikat CA. Setujui peringatannya.",
             "Settings, Security, Encryption and credentials, Install a certificate, CA certificate. Accept the warning."),
            ("Pilih berkas rbmgeo-ca.crt dari Unduhan.", "Choose the file rbmgeo-ca.crt in Downloads."),
            ("Buka {a} di Chrome; gembok harus tampil tanpa peringatan.",
             "Open {a} in Chrome; the padlock must show without a warning."),
        ),
    ),
    "iphone": (
        ("iPhone", "iPhone"),
        (
            ("Buka dengan Safari dan izinkan unduhan profil.", "Open it in Safari and allow the profile's download."),
            ("Pengaturan, Profil Diunduh, Instal.", "Settings, Profile Downloaded, Install."),
            ("Pengaturan, Umum, Mengenai, Pengaturan Kepercayaan Sertifikat: nyalakan rbmgeo.",
             "Settings, General, About, Certificate Trust Settings: switch rbmgeo on."),
            ("Buka {a} di Safari; gembok harus tampil tanpa peringatan.",
             "Open {a} in Safari; the padlock must show without a warning."),
        ),
    ),
}  # fmt: skip
#: What the certificate can and cannot do, for whoever is asked to trust it.
WHY = (
    "Sertifikat ini hanya berlaku untuk alamat yang tertulis di sini; HP tidak jadi mempercayai situs lain karenanya. Halaman ini tidak berisi data pelanggan.",
    "This certificate holds for the addresses written here alone; the phone trusts no other site through it. This page holds no customer's data.",
)
