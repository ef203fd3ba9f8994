using System.Formats.Asn1;
using Culvert.Ca.Certificates;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Certificates;

public sealed class ExtensionWritersTests
{
    [Fact]
    public void WriteKeyUsage_AnyUsages_AreTheNamedBitsOfThePlatform()
    {
        for (int bits = 0; bits < 1 << 9; bits++)
        {
            var usage = (KeyUsages)bits;
            var writer = new AsnWriter(AsnEncodingRules.DER);
            ExtensionWriters.WriteKeyUsage(writer, usage);

            var expected = new AsnWriter(AsnEncodingRules.DER);
            expected.WriteNamedBitList(usage);
            AsnReader extension = new AsnReader(writer.Encode(), AsnEncodingRules.DER).ReadSequence();
            extension.ReadObjectIdentifier().ShouldBe("2.5.29.15");
            extension.ReadBoolean().ShouldBeTrue();
            byte[] value = extension.ReadOctetString();
            value.ShouldBe(expected.Encode());
            ExtensionReaders.ReadKeyUsage(new AsnReader(value, AsnEncodingRules.DER)).ShouldBe(usage);
        }
    }
}
