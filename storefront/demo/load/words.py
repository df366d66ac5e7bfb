"""Collects English-Japanese pairs while a page is put together, for its translation."""

# What the drawn scenes show, for people who cannot see them.
SCENES = {
    "river": ("A village by a wide, slow river", "ゆるやかに流れる広い川と、そのほとりの村"),
    "mountain": ("Mountains in layers of mist above a village", "霧の重なる山々と、ふもとの村"),
    "terrace": ("Terraced fields below a low sun", "低い日の差す棚田"),
    "coast": ("A coast with boats drawn up on the sand", "浜に舟の上がった海辺"),
    "kiln": ("A kiln on a slope, smoke rising", "斜面の窯から煙が上がるところ"),
    "loom": ("A loom with a half-woven cloth", "織りかけの布がかかった機"),
    "drying-yard": ("Cloth and bowls drying in a yard", "布と器を干してある庭"),
    "workshop-room": ("A workshop with tools along the wall", "壁に道具の並ぶ仕事場"),
    "forest": ("A forest with light between the trunks", "木立のあいだに光の差す森"),
    "market": ("Stalls of a village market", "村の市に並ぶ屋台"),
    "hands": ("Hands at work", "仕事をする手"),
    "snow-valley": ("A valley under snow, smoke from one roof", "雪の谷と、煙の立つ一軒の屋根"),
}


class Words:
    """``table`` maps each English text to its Japanese."""

    def __init__(self) -> None:
        self.table: dict[str, str] = {}

    def pair(self, english: str, japanese: str) -> str:
        """Remember a pair; answers the English."""
        self.table[english] = japanese
        return english

    def both(self, english, japanese):
        """Remember every text in two structures of one shape; answers the English one.

        Raises ValueError when their shapes differ.
        """
        if isinstance(english, dict):
            return {key: self.both(value, japanese[key]) for key, value in english.items()}
        if isinstance(english, list):
            return [self.both(en, ja) for en, ja in zip(english, japanese, strict=True)]
        return self.pair(english, japanese)
