"""The pages of a Parquet file as its page indexes have them, read without any library of Parquet's.

https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

import struct
import zlib


class Thrift:
    """Reads Thrift's compact protocol: structs become dictionaries by the numbers of their fields."""

    def __init__(self, data, place):
        self.data = data
        self.place = place

    def struct(self):
        fields, number = {}, 0
        while header := self.byte():
            number = number + (header >> 4) if header >> 4 else self.zigzag()
            fields[number] = self.value(header & 15)
        return fields

    def value(self, kind):
        if kind in (1, 2):
            return kind == 1
        if kind in (4, 5, 6):
            return self.zigzag()
        if kind == 8:
            size = self.varint()
            self.place += size
            return self.data[self.place - size:self.place]
        if kind == 9:
            header = self.byte()
            count = self.varint() if header >> 4 == 15 else header >> 4
            kind = header & 15
            return [self.byte() == 1 if kind == 1 else self.value(kind) for _ in range(count)]
        assert kind == 12, kind
        return self.struct()

    def byte(self):
        self.place += 1
        return self.data[self.place - 1]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)


def page_indexes(path):
    """Of each row group and column: the rows of the group, its pages, and their column index if there is one.

    A page is its first row, its rows and its values. Checks that each stands where the offset index says, and its
    checksum.
    """
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<I", data[-8:-4])
    for group in Thrift(data, len(data) - 8 - size).struct()[4]:
        columns = []
        for chunk in group[1]:
            places = Thrift(data, chunk[4]).struct()
            assert chunk[5] > 0
            pages = [page(data, place) for place in places[1]]
            assert pages[0][0] == 0 and sum(values for _, values in pages) == group[3]
            for (first, values), (after, _) in zip(pages, pages[1:]):
                assert first + values == after
            index = None
            if 6 in chunk:
                thrift = Thrift(data, chunk[6])
                index = thrift.struct()
                assert thrift.place == chunk[6] + chunk[7]
            columns.append((pages, index))
        yield group[3], columns


def page(data, place):
    thrift = Thrift(data, place[1])
    header = thrift.struct()
    assert header[1] == 0 and thrift.place + header[3] == place[1] + place[2]
    assert zlib.crc32(data[thrift.place:thrift.place + header[3]]) == header[4] & 0xFFFFFFFF
    return place[3], header[5][1]
