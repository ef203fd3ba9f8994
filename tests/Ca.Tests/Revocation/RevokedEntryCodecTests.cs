using System.Formats.Asn1;
using Culvert.Ca.Revocation;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation;

public sealed class RevokedEntryCodecTests
{
    [Fact]
    public void TryWrite_AnyEntryOfOurs_IsWhatTheGeneralWriterWrites()
    {
        var serials = Gen.Choose(1, 20).SelectMany(length => Gen.Choose(0, 255).ArrayOf(length));
        var entries =
            from serial in serials
            where serial[0] != 0
            from seconds in Gen.Choose(0, int.MaxValue)
            from reason in Gen.Elements(Enum.GetValues<RevocationReason>())
            select new RevokedEntry(
                serial.Select(octet => (byte)octet).ToArray(),
                DateTimeOffset.FromUnixTimeSeconds(seconds),
                reason
            );
        Prop.ForAll(
                entries.ToArbitrary(),
                entry =>
                {
                    var buffer = new byte[RevokedEntryCodec.MaxBytes];
                    RevokedEntryCodec.TryWrite(entry, buffer, out var length).ShouldBeTrue();
                    buffer[..length].ShouldBe(General(entry));
                    RevokedEntryCodec.TryRead(buffer, out var read, out var consumed).ShouldBeTrue();
                    consumed.ShouldBe(length);
                    read.SerialHex.ShouldBe(entry.SerialHex);
                    read.RevokedAt.ShouldBe(entry.RevokedAt);
                    read.Reason.ShouldBe(entry.Reason);
                }
            )
            .CheckSeeded();
    }

    [Theory]
    [InlineData("")] // no serial number
    [InlineData("00")] // superfluous zero in front
    [InlineData("01010101010101010101010101010101010101010101")] // 22 octets
    public void TryWrite_SerialNumberOfAnotherForm_IsLeftToTheGeneralWriter(string serial) =>
        RevokedEntryCodec
            .TryWrite(
                RevocationLists.Entry(serial: Convert.FromHexString(serial)),
                new byte[RevokedEntryCodec.MaxBytes],
                out _
            )
            .ShouldBeFalse();

    [Fact]
    public void TryWrite_From2050On_IsLeftToTheGeneralWriter() =>
        RevokedEntryCodec
            .TryWrite(
                RevocationLists.Entry(at: new DateTimeOffset(2050, 1, 1, 0, 0, 0, TimeSpan.Zero)),
                new byte[RevokedEntryCodec.MaxBytes],
                out _
            )
            .ShouldBeFalse();

    // Each is one changed octet of a good entry: what the general reader takes or refuses is for it alone to say.
    [Theory]
    [InlineData(0, 0x31)] // no SEQUENCE
    [InlineData(1, 0x81)] // a long length
    [InlineData(1, 0x70)] // beyond the end
    [InlineData(2, 0x03)] // no INTEGER
    [InlineData(3, 0)] // empty
    [InlineData(3, 0x40)] // beyond the entry
    [InlineData(4, 0x81)] // negative
    [InlineData(4, 0)] // superfluous zero
    [InlineData(6, 0x18)] // GeneralizedTime
    [InlineData(10, (byte)'x')] // no digit
    [InlineData(10, (byte)'9')] // month 91
    [InlineData(20, (byte)'+')] // not in Z
    [InlineData(21, 0x31)] // no extensions
    [InlineData(29, 0x16)] // another extension
    [InlineData(34, 7)] // no such reason
    public void TryRead_AnotherForm_IsLeftToTheGeneralReader(int at, byte octet)
    {
        var entry = Convert.FromHexString("3021" + "02020102" + "170D3236303130313030303030305A" + Reason);
        RevokedEntryCodec.TryRead(entry, out _, out _).ShouldBeTrue();

        entry[at] = octet;

        RevokedEntryCodec.TryRead(entry, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void TryRead_AnyBytes_AgreesWithTheGeneralReaderWhereItReadsAtAll()
    {
        var good = Convert.FromHexString("3021" + "02020102" + "170D3236303130313030303030305A" + Reason);
        Prop.ForAll(
                Gen.Choose(0, good.Length - 1).Zip(Gen.Choose(0, 255)).ToArbitrary(),
                change =>
                {
                    var bytes = (byte[])good.Clone();
                    bytes[change.Item1] = (byte)change.Item2;
                    if (RevokedEntryCodec.TryRead(bytes, out var entry, out var length))
                    {
                        var sequence = new AsnReader(bytes, AsnEncodingRules.DER).ReadSequence();
                        length.ShouldBe(bytes.Length);
                        var serial = sequence.ReadIntegerBytes().Span;
                        Convert.ToHexStringLower(serial[0] == 0 ? serial[1..] : serial).ShouldBe(entry.SerialHex);
                        sequence.ReadUtcTime(2049).ShouldBe(entry.RevokedAt);
                        sequence.ReadSequence().HasData.ShouldBeTrue();
                        sequence.HasData.ShouldBeFalse();
                    }
                }
            )
            .CheckSeeded();
    }

    private const string Reason = "300C300A0603551D1504030A0101";

    private static byte[] General(RevokedEntry entry)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(entry.Serial.Span);
            writer.WriteUtcTime(entry.RevokedAt);
            if (entry.Reason != RevocationReason.Unspecified)
            {
                using (writer.PushSequence())
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("2.5.29.21");
                    using (writer.PushOctetString())
                    {
                        writer.WriteEnumeratedValue(entry.Reason);
                    }
                }
            }
        }

        return writer.Encode();
    }
}
