using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using Culvert.Ca.Keys;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys;

/// <summary>
/// The moduli were made with a prime search of their own; each has the one weakness that its name says.
/// </summary>
public sealed class RsaModulusTests
{
    private const string Sound =
        "bd0ae53a5057f3f751b045dfb3e7dabad582bf38e632f54f711a2ab155db363784b1473d2ede98005bee4263df29aed1"
        + "aff4e35557099b7d69905adfbdf3a3f818952987e30d46af4f485fc9719817d6631cb72f0662c7ea9de7a7f5c18fadd5"
        + "99ef8a051d8a6389d05a6e1724a11d048806b5909fe45b5d7bc9b7f26cc49e478ede07e1c721b80a658c62aef3f811ee"
        + "eeaeccbc3aa4182cf3bd87a76e12ccbc9f62b83d5f27664422dfa798766a7f753442e00d01f27de7078255fbfb6653d2"
        + "48d04ea8b52c377b36776e1bc69fee1023014e164f6281c96b534c73d1af714ad9b5e26496edb29c8b4f824f5a9a81c4"
        + "42c5150c452a85ccd87c22d0a39c9b0b";

    private const string ClosePrimes =
        "c6874ca6231eceace02367167133560099e8d39d0fba43d263c9bec704ec63ab8a2b3d9b3c4394f02877a2fd062bed40"
        + "ed44d35b41daecdd8a3d99be93458aa83e633fb9ead05fee953f360f856cbe13f663035d5482578f09f54e41075dc6af"
        + "a1063323723e6d65fdff7154578eb4e234d03c7748e7d9a6c7dbc182ddf180482ab4ad16eca9e5b9c27a3caf61399384"
        + "458cd3aff10aeccb4a3c4d185e7e3d75c29dc2a87de11abbd37f5738c595bd5a3016ef22483b54b05acbd3ac6a12737a"
        + "9fdd16b2474a9d9a677bac2342b4528c8ed8ab958fcf8643b4689c971bd0f44d104a406b0c7ec1dae4eeb67b107d97ac"
        + "de6c8738d62bae36207fc57cb68cd931";

    private const string Factor751 =
        "165809101a2ed0a8677c739ed177e2ee3e7950b81184ab624300c77d5356d54c213f3ecf112e76e861cbcad52f942a15"
        + "b45ed31afd0bed7f97b56977f00672c97ca851b701eb8dcaf6f03684f65aa956ec4b80666542b823c0bb36037b77bb7c"
        + "f6d1e9a905840c73d03c41f954cd4751445be6b62ec4864866e29402bf35799a148cef14e365d1744f784e9d0b4e7187"
        + "92faf36300a34d2ebeb3245020fdada2ca160f102a24724a64046f48a914f6f3257f5ccf0aa1c37ab66c3a8040abcfa5"
        + "2185bfe768ec94d554629138e2c32af61a168331cb65a27154b16e5624f26945ec96328be43a44bd8a553d50be1fe2bf"
        + "a6580b2e0ece02177791f1d9d28aeee57";

    [Fact]
    public void IsFactorable_SoundModulus_IsNot() => RsaModulus.IsFactorable(Parse(Sound)).ShouldBeFalse();

    [Fact]
    public void IsFactorable_PrimesNextToEachOther_Is()
    {
        var modulus = Parse(ClosePrimes);
        RsaModulus.HasCloseFactors(modulus).ShouldBeTrue();
        RsaModulus.HasSmallFactor(modulus).ShouldBeFalse();
    }

    [Fact]
    public void IsFactorable_FactorBelow752_Is()
    {
        var modulus = Parse(Factor751);
        RsaModulus.HasSmallFactor(modulus).ShouldBeTrue();
        RsaModulus.HasCloseFactors(modulus).ShouldBeFalse();
    }

    [Fact]
    public void IsFactorable_RocaFingerprint_Is()
    {
        // The chip's primes are k·M + 65537^a mod M with M a product of small primes, so their product has that form too.
        var product = new[]
        {
            2,
            3,
            5,
            7,
            11,
            13,
            17,
            19,
            23,
            29,
            31,
            37,
            41,
            43,
            47,
            53,
            59,
            61,
            67,
            71,
            73,
            79,
            83,
            89,
        }
            .Concat([97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167])
            .Aggregate(BigInteger.One, (n, prime) => n * prime);
        var modulus =
            ((BigInteger.One << 2047) / product * product) + product + BigInteger.ModPow(65537, 4711, product);

        RsaModulus.HasRocaFingerprint(modulus).ShouldBeTrue();
        RsaModulus.HasRocaFingerprint(modulus + 2).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Sound, true)]
    [InlineData(ClosePrimes, false)]
    [InlineData(Factor751, false)]
    public void TryParse_RsaKey_IsReadOnlyWhenNobodyCanFactorIt(string modulus, bool expected) =>
        (SubjectPublicKey.TryParse(SubjectPublicKeyInfo(Parse(modulus))) is not null).ShouldBe(expected);

    private static BigInteger Parse(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static byte[] SubjectPublicKeyInfo(BigInteger modulus)
    {
        var key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteInteger(modulus);
            key.WriteInteger(65537);
        }

        var info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                info.WriteNull();
            }

            info.WriteBitString(key.Encode());
        }

        return info.Encode();
    }
}
