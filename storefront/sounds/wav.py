"""WAV: read and written anew by Python's own ``wave``, so that only samples come along."""

import io
import wave

from storefront.sounds.refused import NotSound


def knows(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WAVE"


def clean(data: bytes) -> tuple[bytes, float]:
    """The sound alone, and its length in seconds. Raises NotSound."""
    try:
        with wave.open(io.BytesIO(data)) as source:
            shape, samples = source.getparams(), source.readframes(source.getnframes())
    except (wave.Error, EOFError, ZeroDivisionError) as problem:
        raise NotSound from problem
    width = shape.nchannels * shape.sampwidth
    samples = samples[: len(samples) // width * width]
    if shape.framerate < 4_000 or shape.nchannels > 2:
        raise NotSound("no voice")
    written = io.BytesIO()
    with wave.open(written, "wb") as target:
        target.setnchannels(shape.nchannels)
        target.setsampwidth(shape.sampwidth)
        target.setframerate(shape.framerate)
        target.writeframes(samples)
    return written.getvalue(), len(samples) / width / shape.framerate
