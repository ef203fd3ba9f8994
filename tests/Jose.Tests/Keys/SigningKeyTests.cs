using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Keys;

namespace Culvert.Jose.Tests.Keys;

public sealed class SigningKeyTests
{
    [Fact]
    public void WritePublicJwk_GivesUsableKeyWithoutPrivatePart()
    {
        using var key = SigningKey.Create();

        var set = Encoding.UTF8.GetString(KeySetOf(key));
        JwkSet.TryParse(Encoding.UTF8.GetBytes(set), out var parsed).ShouldBe(JoseRefusal.None);

        var only = parsed!.Keys.ShouldHaveSingleItem();
        only.KeyId.ShouldBe(key.KeyId);
        only.Thumbprint.ShouldBe(key.KeyId);
        set.ShouldNotContain("\"d\"");
    }

    [Fact]
    public void ImportPkcs8_OwnExport_IsTheSameKey()
    {
        using var key = SigningKey.Create();
        using var again = SigningKey.ImportPkcs8(key.ExportPkcs8());

        again.KeyId.ShouldBe(key.KeyId);
    }

    [Fact]
    public void ImportPkcs8_OtherCurveOrTrailingBytes_Throws()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = SigningKey.Create();

        Should.Throw<CryptographicException>(() => SigningKey.ImportPkcs8(p384.ExportPkcs8PrivateKey()));
        Should.Throw<CryptographicException>(() => SigningKey.ImportPkcs8([.. key.ExportPkcs8(), 0]));
    }

    internal static byte[] KeySetOf(SigningKey key)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            key.WritePublicJwk(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
