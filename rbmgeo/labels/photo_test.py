"""Words of the blind photo test."""

PHOTO_TEST: dict[str, tuple[str, str]] = {
    "photo.sama": ("sama dengan yang tercatat", "the same as recorded"),
    "photo.beda": ("beda dari yang tercatat", "differs from what is recorded"),
    "photo.tak_terbaca": ("foto tidak terbaca, diganti cadangan", "photo unreadable, a reserve one takes its place"),
}  # fmt: skip
