using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs11;

/// <summary>Authorities' keys in a token: what they must be, that they sign, and that they outlive a lost session.</summary>
[Collection(SoftHsm.OneAtATime)]
public sealed class Pkcs11IssuerTests
{
    private readonly Pkcs11Token token;

    public Pkcs11IssuerTests()
    {
        SoftHsm.Ensure();
        token = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin));
    }

    [Theory]
    [InlineData(KeyAlgorithm.EcdsaP256)]
    [InlineData(KeyAlgorithm.EcdsaP384)]
    [InlineData(KeyAlgorithm.Rsa2048)]
    public void OpenIssuer_MadeKey_SignsWhatVerifies(KeyAlgorithm algorithm)
    {
        string label = $"issuer {algorithm}";
        token.Generate(label, algorithm);

        using IssuerKey key = token.OpenIssuer(label).ShouldNotBeNull();

        key.PublicKey.Algorithm.ShouldBe(algorithm);
        for (int i = 0; i < 20; i++)
        {
            Verifies(key).ShouldBeTrue();
        }

        Should.Throw<InvalidOperationException>(() => key.UsePkcs8(pkcs8 => pkcs8.Length));
    }

    [Fact]
    public void OpenIssuer_UnknownLabel_IsNull() => token.OpenIssuer("nobody's").ShouldBeNull();

    [Theory]
    [InlineData("extractable", true, true, true)]
    [InlineData("plain", false, false, true)]
    [InlineData("no-sign", false, true, false)]
    public void OpenIssuer_KeyAgainstThePolicy_IsRefused(string label, bool extractable, bool sensitive, bool sign)
    {
        token.Generate(label, KeyAlgorithm.EcdsaP256, extractable, sensitive, sign);

        Should.Throw<Pkcs11Exception>(() => token.OpenIssuer(label)).IsPolicyError.ShouldBeTrue();
    }

    // Other code in the process logs out, or the network to the HSM breaks: all sessions and handles are gone.
    [Fact]
    public void Sign_AfterEverySessionWasClosed_GoesOn()
    {
        var lossy = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.LossyToken, () => SoftHsm.Pin));
        lossy.Generate("survivor", KeyAlgorithm.EcdsaP256);
        using IssuerKey key = lossy.OpenIssuer("survivor").ShouldNotBeNull();
        Verifies(key).ShouldBeTrue();

        SoftHsm.LoseSessions();

        Verifies(key).ShouldBeTrue();
        Verifies(key).ShouldBeTrue();
        Should.NotThrow(() => lossy.Generate("after the loss", KeyAlgorithm.EcdsaP256));
    }

    [Fact]
    public void Sign_KeyWasDestroyed_IsAFaultAndNoLoop()
    {
        token.Generate("victim", KeyAlgorithm.EcdsaP256);
        using IssuerKey key = token.OpenIssuer("victim").ShouldNotBeNull();
        token.Destroy("victim");

        Should.Throw<CryptographicException>(() => key.Sign("data"u8));
    }

    [Fact]
    public void Sign_ManyThreads_AllVerify()
    {
        token.Generate("shared", KeyAlgorithm.EcdsaP256);
        using IssuerKey key = token.OpenIssuer("shared").ShouldNotBeNull();

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Verifies(key).ShouldBeTrue());
    }

    [Fact]
    public void OpenIssuer_WrongPin_SaysSoAndTriesOnce()
    {
        int reads = 0;
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

        Should.Throw<Pkcs11Exception>(() => locked.OpenIssuer("any")).IsLoginRefused.ShouldBeTrue();
        Should.Throw<Pkcs11Exception>(() => locked.OpenIssuer("any")).IsLoginRefused.ShouldBeTrue();

        reads.ShouldBe(1);
    }

    private static bool Verifies(IssuerKey key) => key.PublicKey.Verify("data"u8, key.Sign("data"u8), key.Scheme);
}
