"""Without streets no one is called unreachable: distances are estimated, and it is said."""

import small_unit as small

PAGE = f"/{small.SMALL}/{small.BLTH}/rute/tidak-terjangkau"


def test_a_unit_without_streets_has_no_file_to_give(as_role):
    client = as_role("perencana")
    assert "jarak perkiraan" in client.get(PAGE).text
    assert client.get(PAGE + ".csv").status_code >= 400


def test_an_empty_unit_hears_that_distances_are_estimated(as_role):
    client = as_role("admin")
    page = client.get(f"/{small.EMPTY}/{small.BLTH}/rute/tidak-terjangkau")
    assert page.status_code == 200 and "jarak perkiraan" in page.text
