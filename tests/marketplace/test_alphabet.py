from marketplace.alphabet import in_order


def test_names_stand_where_readers_look_for_them():
    thai = ["เม็กซิโก", "ไทย", "มาเลเซีย", "จีน", "แคนาดา", "เกาหลี"]
    assert sorted(thai, key=in_order) == ["เกาหลี", "แคนาดา", "จีน", "ไทย", "มาเลเซีย", "เม็กซิโก"]
    vietnamese = ["Úc", "Việt Nam", "Đài Bắc Trung Hoa", "Canada", "Hồng Kông", "Thái Lan"]
    assert sorted(vietnamese, key=in_order) == ["Canada", "Đài Bắc Trung Hoa", "Hồng Kông", "Thái Lan", "Úc", "Việt Nam"]
    assert sorted(["Perú", "Óblast", "Nueva", "chile"], key=in_order) == ["chile", "Nueva", "Óblast", "Perú"]
