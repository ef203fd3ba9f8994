using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Keys.Pkcs11;

/// <summary>
/// An HSM that hangs, that fails and that is not there: the caller gets an error in time, and the token recovers
/// without help.
/// </summary>
[Collection(SoftHsm.OneAtATime)]
public sealed class Pkcs11FaultTests
{
    // Of calls that begin while a test holds some back. Others have all the time that a busy machine needs.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    // What is not released hangs until the process ends, as it would in a vendor's library.
    private readonly TaskCompletionSource released = new();
    private volatile string? held;
    private int reached;
    private int destroyed;

    public Pkcs11FaultTests() => SoftHsm.Ensure();

    [Theory]
    [InlineData("C_Sign")]
    [InlineData("C_Login")]
    public void Sign_CallThatNeverReturns_TellsItsCallerAndTheNextOneSigns(string function)
    {
        string label = $"hanging {function}";
        var token = Token();
        token.Generate(label, KeyAlgorithm.EcdsaP256);
        var hanging = function == "C_Login" ? Token() : token;
        using IssuerKey key = hanging.CreateIssuerKey(label, token.Describe(label)!.PublicKey!);

        held = function;
        Should.Throw<Pkcs11Exception>(() => key.Sign("data"u8)).IsLate.ShouldBeTrue();
        held = null;

        // The first call hangs as before; its session, and the lock that it may hold, are not waited for.
        released.Task.IsCompleted.ShouldBeFalse();
        Verifies(key).ShouldBeTrue();
        Parallel.For(0, 16, _ => Verifies(key).ShouldBeTrue());
    }

    [Fact]
    public async Task Sign_EveryCallHangs_OneWaitsAndTheOthersAreToldAtOnce()
    {
        var token = Token();
        token.Generate("all hang", KeyAlgorithm.EcdsaP256);
        using IssuerKey key = token.OpenIssuer("all hang").ShouldNotBeNull();
        held = "C_Sign";
        Should.Throw<Pkcs11Exception>(() => key.Sign("data"u8));

        // More calls than there are threads, one after another and at once: no call blocks for long, and no thread is
        // lost for a call that never reached the HSM.
        int told = 0;
        int asked = 0;
        Parallel.For(
            0,
            64,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            _ =>
            {
                if (Should.Throw<Pkcs11Exception>(() => key.Sign("data"u8)).IsLate)
                {
                    Interlocked.Increment(ref asked);
                }

                Interlocked.Increment(ref told);
            }
        );
        told.ShouldBe(64);
        reached.ShouldBeLessThanOrEqualTo(8);

        // Only the calls that reached the HSM are late, and each of those keeps its thread.
        asked.ShouldBeLessThanOrEqualTo(7);

        // The HSM is back: so are the threads.
        held = null;
        released.SetResult();
        await Eventually.UntilAsync(() => SignsNow(key), TestContext.Current.CancellationToken);
        Parallel.For(0, 32, _ => Verifies(key).ShouldBeTrue());
    }

    [Fact]
    public async Task Generate_GivenUp_LeavesNoKeyBehind()
    {
        var token = Token();
        token.Describe("late").ShouldBeNull(); // to log in takes its time, too
        held = "C_GenerateKeyPair";
        Should.Throw<Pkcs11Exception>(() => token.Generate("late", KeyAlgorithm.EcdsaP256)).IsLate.ShouldBeTrue();
        reached.ShouldBe(1);
        held = null;

        token.Generate("late", KeyAlgorithm.EcdsaP256);
        var made = token.Describe("late").ShouldNotBeNull().PublicKey.ShouldNotBeNull();
        released.SetResult();

        // The late one makes its key all the same, and removes it.
        await Eventually.UntilAsync(() => Volatile.Read(ref destroyed) == 1, TestContext.Current.CancellationToken);
        await Eventually.UntilAsync(
            () => token.Describe("late") is { PolicyError: null },
            TestContext.Current.CancellationToken
        );
        token.Describe("late")!.PublicKey!.IsSameKey(made).ShouldBeTrue();
    }

    [Fact]
    public void Generate_TakesLongerThanASignatureMay_MakesTheKey()
    {
        var slow = new Pkcs11Token(
            new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin)
            {
                Limit = TimeSpan.Zero,
                GenerateLimit = TimeSpan.FromMinutes(1),
            }
        );

        slow.Generate("slowly made", KeyAlgorithm.EcdsaP256);

        Token().Describe("slowly made").ShouldNotBeNull().PolicyError.ShouldBeNull();
    }

    [Fact]
    public void Rename_OfAPair_IsFoundUnderTheNextLabelAlone()
    {
        var token = Token();
        token.Generate("before", KeyAlgorithm.EcdsaP256);
        var made = token.Describe("before").ShouldNotBeNull().PublicKey.ShouldNotBeNull();

        token.Rename("before", "after");

        token.Describe("before").ShouldBeNull();
        token.Describe("after").ShouldNotBeNull().PublicKey.ShouldNotBeNull().IsSameKey(made).ShouldBeTrue();
        using IssuerKey key = token.OpenIssuer("after").ShouldNotBeNull();
        Verifies(key).ShouldBeTrue();
        token.Generate("another", KeyAlgorithm.EcdsaP256);
        Should.Throw<Pkcs11Exception>(() => token.Rename("another", "after")).Message.ShouldContain("already");
        token.Describe("another").ShouldNotBeNull().PolicyError.ShouldBeNull();
        token.Destroy("after");
        token.Describe("after").ShouldBeNull();
    }

    // A public half that an interrupted registration left behind under the label.
    [Fact]
    public void Describe_SecondPublicHalf_TellsTheOneThatBelongsToThePrivateKey()
    {
        var token = Token();
        token.Generate("torn", KeyAlgorithm.EcdsaP256);
        token.DestroyPrivate("torn");
        token.Generate("whole", KeyAlgorithm.EcdsaP256);
        var made = token.Describe("whole").ShouldNotBeNull().PublicKey.ShouldNotBeNull();

        token.Rename("whole", "torn");

        token.Describe("torn").ShouldNotBeNull().PublicKey.ShouldNotBeNull().IsSameKey(made).ShouldBeTrue();
    }

    [Fact]
    public void OpenEc_AfterEverySessionWasClosed_GoesOn()
    {
        var lossy = new Pkcs11Token(new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.LossyToken, () => SoftHsm.Pin));
        lossy.Generate("tokens", KeyAlgorithm.EcdsaP256);
        using ECDsa key = lossy.OpenEc("tokens");
        byte[] before = key.SignData("data"u8, HashAlgorithmName.SHA256);

        SoftHsm.LoseSessions();

        byte[] after = key.SignData("data"u8, HashAlgorithmName.SHA256);
        key.VerifyData("data"u8, before, HashAlgorithmName.SHA256).ShouldBeTrue();
        key.VerifyData("data"u8, after, HashAlgorithmName.SHA256).ShouldBeTrue();
    }

    [Fact]
    public void Module_ThatIsNotThere_IsAnHsmThatFails()
    {
        var token = new Pkcs11Token(new Pkcs11Settings("/nowhere/module.so", SoftHsm.Token, () => SoftHsm.Pin));

        Should.Throw<Pkcs11Exception>(() => token.OpenIssuer("any")).Message.ShouldContain("/nowhere/module.so");
    }

    // Its file is missing for a moment: that does not make the PIN wrong, and the file is read again.
    [Fact]
    public void Pin_ThatCannotBeRead_IsReadAgainAndNeverShown()
    {
        bool isAway = true;
        var token = new Pkcs11Token(
            new Pkcs11Settings(
                SoftHsm.ModulePath,
                SoftHsm.Token,
                () => isAway ? throw new IOException("no file with " + SoftHsm.Pin) : SoftHsm.Pin
            )
        );

        Pkcs11Exception fault = Should.Throw<Pkcs11Exception>(() => token.Describe("any"));
        isAway = false;

        fault.IsLoginRefused.ShouldBeFalse();
        fault.ToString().ShouldNotContain(SoftHsm.Pin);
        token.Describe("any").ShouldBeNull();
    }

    private Pkcs11Token Token() =>
        new(
            new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin)
            {
                LimitNow = () => held is null ? TimeSpan.FromMinutes(1) : Limit,
                Probe = function =>
                {
                    if (function == held)
                    {
                        Interlocked.Increment(ref reached);
                        released.Task.Wait();
                    }

                    if (function == "C_DestroyObject")
                    {
                        Interlocked.Increment(ref destroyed);
                    }
                },
            }
        );

    private static bool SignsNow(IssuerKey key)
    {
        try
        {
            return Verifies(key);
        }
        catch (Pkcs11Exception)
        {
            return false;
        }
    }

    private static bool Verifies(IssuerKey key) => key.PublicKey.Verify("data"u8, key.Sign("data"u8), key.Scheme);
}
