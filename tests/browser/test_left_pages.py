"""A page that is left while its answer is on the way: the server of the tests has closed what it sent."""

from in_chromium import whole


class Body:
    closed = False

    def __iter__(self):
        yield b"half"
        yield b" and half"

    def close(self):
        self.closed = True


def test_an_answer_is_read_to_its_end_and_closed_before_anybody_takes_it():
    body = Body()
    answer = whole(lambda environ, start_response: body)({}, None)
    assert body.closed
    assert answer == [b"half and half"]
