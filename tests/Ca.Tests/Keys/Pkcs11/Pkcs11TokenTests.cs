using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs11;

[Collection(SoftHsm.OneAtATime)]
public sealed class Pkcs11TokenTests
{
    private readonly Pkcs11Token token;

    public Pkcs11TokenTests()
    {
        SoftHsm.Ensure();
        token = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin));
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    public void Generate_EllipticCurve_SignsAndStaysInside(KeyAlgorithm algorithm)
    {
        var label = $"ec {algorithm}";
        token.Generate(label, algorithm);

        using var key = token.OpenEc(label);
        using var publicKey = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));

        var signature = key.SignData("data"u8, HashAlgorithmName.SHA256);
        publicKey.VerifyData("data"u8, signature, HashAlgorithmName.SHA256).ShouldBeTrue();
        Should.Throw<CryptographicException>(() => key.ExportParameters(includePrivateParameters: true));
    }

    [Fact]
    public void Generate_UsedLabel_IsRefused()
    {
        token.Generate("taken", KeyAlgorithm.EcdsaP256);

        Should.Throw<Pkcs11Exception>(() => token.Generate("taken", KeyAlgorithm.EcdsaP256));
    }

    [Fact]
    public void Destroy_Key_CannotBeOpenedAnyMore()
    {
        token.Generate("short-lived", KeyAlgorithm.EcdsaP256);

        token.Destroy("short-lived");

        Should.Throw<Pkcs11Exception>(() => token.OpenEc("short-lived"));
        Should.NotThrow(() => token.Destroy("short-lived"));
    }

    [Fact]
    public void Open_UnknownKey_NamesItAndNotThePin()
    {
        var fault = Should.Throw<Pkcs11Exception>(() => token.OpenEc("nobody made this"));

        fault.Message.ShouldContain("nobody made this");
        fault.ToString().ShouldNotContain(SoftHsm.Pin);
    }

    [Fact]
    public void Open_WrongPin_IsTriedOnce()
    {
        var reads = 0;
        var locked = new Pkcs11Token(
            new Pkcs11Settings(
                SoftHsm.ModulePath,
                SoftHsm.UntouchedToken,
                () =>
                {
                    reads++;
                    return "4321";
                }
            )
        );

        Should.Throw<Pkcs11Exception>(() => locked.OpenEc("any")).Message.ShouldContain("CKR_PIN_INCORRECT");
        Should.Throw<Pkcs11Exception>(() => locked.Generate("any", KeyAlgorithm.EcdsaP256));

        reads.ShouldBe(1);
    }

    [Fact]
    public void Open_UnknownToken_NamesIt()
    {
        var unknown = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, "elsewhere", () => SoftHsm.Pin));

        Should.Throw<Pkcs11Exception>(() => unknown.OpenEc("any")).Message.ShouldContain("elsewhere");
    }
}
