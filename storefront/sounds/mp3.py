"""MP3: whole frames are copied, one after the other; notes at either end and whatever lies between are left behind."""

from storefront.sounds.refused import NotSound

# By version (MPEG 1; MPEG 2 and 2.5): kbit/s of layer III by index.
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
BITRATES[0] = BITRATES[2]
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# What lies between frames may be this share of the file; more is something else.
MOST_STRANGE = 0.05
LEAST_FRAMES = 4


def clean(data: bytes) -> tuple[bytes, float]:
    """The sound alone, and its length in seconds. Raises NotSound."""
    frames, seconds, strange, position = [], 0.0, 0, _behind_notes(data)
    end = len(data) - (128 if data[-128:-125] == b"TAG" else 0)
    shape = None
    while position + 4 <= end:
        frame = _frame(data, position)
        # A frame counts when the next one follows it at once, in the same shape: two bytes alone may be anything.
        if frame and (shape in (None, frame[2])) and _goes_on(data, position + frame[0], end, frame[2]):
            length, lasts, shape = frame
            if position + length > end:
                break
            frames.append(data[position : position + length])
            seconds += lasts
            position += length
        else:
            strange += 1
            position += 1
            if strange > MOST_STRANGE * len(data):
                raise NotSound("more than sound")
    if len(frames) < LEAST_FRAMES:
        raise NotSound("no frames")
    return b"".join(frames), seconds


def _behind_notes(data: bytes) -> int:
    """Where the sound begins: behind a block of ID3 notes, if there is one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[5] & 0x10 else 0)


def _frame(data: bytes, position: int) -> tuple[int, float, tuple] | None:
    """Length in bytes, seconds and shape (version, rate) of the frame at ``position``; None where there is none."""
    head = int.from_bytes(data[position : position + 4], "big")
    version, layer = head >> 19 & 3, head >> 17 & 3
    bitrate, rate, padded = head >> 12 & 15, head >> 10 & 3, head >> 9 & 1
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return None
    samples = 1152 if version == 3 else 576
    hertz = RATES[version][rate]
    length = samples // 8 * BITRATES[version][bitrate] * 1000 // hertz + padded
    return length, samples / hertz, (version, rate)


def _goes_on(data: bytes, position: int, end: int, shape: tuple) -> bool:
    if position + 4 > end:
        return True
    following = _frame(data, position)
    return (following is not None and following[2] == shape) or data[position : position + 8] == b"APETAGEX"
