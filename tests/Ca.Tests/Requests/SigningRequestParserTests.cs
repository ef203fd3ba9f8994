using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Refusals;
using Culvert.Ca.Requests;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Requests;

public sealed class SigningRequestParserTests
{
    [Theory]
    [InlineData("good-p256-no-names", KeyAlgorithm.EcdsaP256)]
    [InlineData("good-p384-no-names", KeyAlgorithm.EcdsaP384)]
    [InlineData("good-rsa2048-no-names", KeyAlgorithm.Rsa2048)]
    [InlineData("good-rsa3072-pss", KeyAlgorithm.Rsa3072)]
    [InlineData("good-granted-names", KeyAlgorithm.EcdsaP256)]
    [InlineData("asks-ca-false", KeyAlgorithm.EcdsaP256)]
    [InlineData("asks-unknown", KeyAlgorithm.EcdsaP256)]
    public void Parse_GoodRequest_GivesItsKey(string name, object algorithm)
    {
        CaResult<ParsedRequest> result = SigningRequestParser.Parse(Vectors.Csr(name));

        result.Value.ShouldNotBeNull(result.Refusal?.Message).PublicKey.Algorithm.ShouldBe((KeyAlgorithm)algorithm);
    }

    [Theory]
    [InlineData("weak-rsa-1024-truncated", "csr.malformed")]
    [InlineData("unsupported-p224", "key.unsupported")]
    [InlineData("unsupported-secp256k1", "key.unsupported")]
    [InlineData("unsupported-explicit-curve", "key.unsupported")]
    [InlineData("unsupported-compressed-point", "key.unsupported")]
    [InlineData("sha1", "csr.signature_algorithm")]
    [InlineData("md5", "csr.signature_algorithm")]
    [InlineData("ecdsa-sha1", "csr.signature_algorithm")]
    [InlineData("ed25519", "csr.signature_algorithm")]
    [InlineData("pss-odd-salt", "csr.signature_algorithm")]
    [InlineData("pss-odd-mgf", "csr.signature_algorithm")]
    [InlineData("asks-ca", "csr.extension_forbidden")]
    [InlineData("asks-pathlen", "csr.extension_forbidden")]
    [InlineData("asks-key-cert-sign", "csr.extension_forbidden")]
    [InlineData("asks-name-constraints", "csr.extension_forbidden")]
    [InlineData("asks-unknown-critical", "csr.extension_forbidden")]
    [InlineData("asks-twice", "csr.extension_forbidden")]
    public void Parse_BadRequest_HasItsCode(string name, string code)
    {
        string pem = name.EndsWith("-truncated", StringComparison.Ordinal)
            ? Truncate(Vectors.Csr(name[..^"-truncated".Length]))
            : Vectors.Csr(name);

        SigningRequestParser.Parse(pem).Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);
    }

    [Fact]
    public void Parse_DerOfGoodRequest_IsRead() => ParseDer(Der("good-p256-no-names")).Succeeded.ShouldBeTrue();

    [Fact]
    public void Parse_AnyBitFlipped_IsNeverAccepted()
    {
        byte[] der = Der("good-granted-names");
        for (int i = 0; i < der.Length; i++)
        {
            byte[] broken = [.. der];
            broken[i] ^= 0x01;
            ParseDer(broken).Succeeded.ShouldBeFalse($"octet {i}");
        }
    }

    [Fact]
    public void Parse_ChangedName_IsSignatureInvalid()
    {
        byte[] der = Der("good-granted-names");
        int at = der.AsSpan().IndexOf("acme"u8);
        der[at] = (byte)'b';

        ParseDer(der).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CsrSignatureInvalid);
    }

    [Fact]
    public void Parse_OctetAfterDer_IsTrailingData() =>
        ParseDer([.. Der("good-p256-no-names"), 0])
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.CsrTrailingData);

    [Fact]
    public void Parse_SecondBlock_IsTrailingData()
    {
        string pem = Vectors.Csr("good-p256-no-names");

        SigningRequestParser.Parse(pem + pem).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CsrTrailingData);
    }

    [Fact]
    public void Parse_TextBefore_IsMalformed() =>
        SigningRequestParser
            .Parse("Certificate Request:\n" + Vectors.Csr("good-p256-no-names"))
            .Refusal.ShouldBe(
                new CaRefusal(
                    CaErrorCodes.CsrMalformed,
                    "There is text before the signing request's PEM block: send the block alone, as openssl req -in FILE writes it."
                )
            );

    [Fact]
    public void Parse_ByteOrderMark_IsNoPartOfTheText()
    {
        string pem = "\uFEFF" + Vectors.Csr("good-p256-no-names");

        SigningRequestParser.Parse(pem).Refusal.ShouldBeNull();
        SigningRequestParser.Parse(System.Text.Encoding.UTF8.GetBytes(pem)).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Parse_IndefiniteLength_IsMalformed()
    {
        byte[] der = Der("good-p256-no-names");
        int header = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7f);
        byte[] ber = [0x30, 0x80, .. der[header..], 0, 0];

        ParseDer(ber).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.CsrMalformed);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n")]
    public void Parse_Nothing_IsInvalid(string pem) =>
        SigningRequestParser.Parse(pem).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.RequestInvalid);

    [Theory]
    [InlineData(SigningRequestParser.MaxBytes, "csr.malformed")]
    [InlineData(SigningRequestParser.MaxBytes + 1, "request.too_large")]
    public void Parse_Size_IsBounded(int length, string code)
    {
        byte[] bytes = new byte[length];
        bytes[0] = 0x30; // a SEQUENCE whose length is not minimal
        bytes[1] = 0x84;

        ParseDer(bytes).Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);
        SigningRequestParser.Parse(new string('-', length)).Refusal.ShouldNotBeNull().Code.Code.ShouldBe(code);
    }

    [Fact]
    public void Parse_PointOffTheCurve_IsUnsupported()
    {
        byte[] der = Der("good-p256-no-names");
        int point = der.AsSpan().IndexOf(new byte[] { 0x03, 0x42, 0x00, 0x04 }) + 4;
        der[point + 40] ^= 0x55;

        ParseDer(der).Refusal.ShouldNotBeNull().Code.ShouldBe(CaErrorCodes.KeyUnsupported);
    }

    [Fact]
    public void Parse_AnyBytes_GivesValueOrRefusal() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                _ = SigningRequestParser.Parse(bytes);
                _ = SigningRequestParser.Parse(Wrap(bytes));
            })
            .CheckSeeded();

    [Fact]
    public void Parse_DamagedRequest_GivesValueOrRefusal()
    {
        byte[] der = Der("good-granted-names");
        Prop.ForAll<int, byte, int>(
                (at, value, cut) =>
                {
                    byte[] damaged = [.. der];
                    damaged[(int)((uint)at % damaged.Length)] = value;
                    damaged = damaged[..(int)((uint)cut % (damaged.Length + 1))];
                    _ = SigningRequestParser.Parse(damaged);
                    _ = SigningRequestParser.Parse(Wrap(damaged));
                }
            )
            .CheckSeeded();
    }

    private static CaResult<ParsedRequest> ParseDer(byte[] der) => SigningRequestParser.Parse(der.AsMemory());

    private static byte[] Der(string name)
    {
        string pem = Vectors.Csr(name);
        PemFields fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static string Wrap(byte[] der) => PemEncoding.WriteString("CERTIFICATE REQUEST", der);

    private static string Truncate(string pem)
    {
        PemFields fields = PemEncoding.Find(pem);
        return Wrap(Convert.FromBase64String(pem[fields.Base64Data])[..^10]);
    }
}
