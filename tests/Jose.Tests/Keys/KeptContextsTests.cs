using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Keys;

/// <summary>Operations that are prepared once say what the platform's own say, about everything.</summary>
public sealed class KeptContextsTests
{
    private const int Inputs = 10_000;

    [Fact]
    public void Verify_RandomInputs_AgreesWithThePlatform_Ec()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var contexts = Of(JwsAlgorithm.ES256, key);
        var random = new Random(1);
        var good = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var hash = Bytes(random, 32);
            var signature = Damage(random, key.SignHash(hash), hash);

            var expected = key.VerifyHash(hash, signature);

            contexts.Verify(hash, signature).ShouldBe(expected, $"input {i}");
            good += expected ? 1 : 0;
        }

        good.ShouldBeInRange(Inputs / 4, Inputs * 3 / 4);
    }

    [Fact]
    public void Verify_RandomInputs_AgreesWithThePlatform_Rsa()
    {
        using var key = TestKeys.Rsa();
        using var contexts = Of(JwsAlgorithm.RS256, key);
        var random = new Random(2);
        var signed = Enumerable
            .Range(0, 200)
            .Select(_ => Bytes(random, 32))
            .Select(hash => (hash, key.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)))
            .ToList();
        for (var i = 0; i < Inputs; i++)
        {
            var (hash, signature) = signed[i % signed.Count];
            (hash, signature) = ([.. hash], Damage(random, signature, hash));

            var expected = key.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

            contexts.Verify(hash, signature).ShouldBe(expected, $"input {i}");
        }
    }

    [Fact]
    public void Sign_RandomInputs_IsVerifiedByThePlatform()
    {
        using var key = new ECDsaOpenSsl(ECCurve.NamedCurves.nistP256);
        using var contexts = KeptContexts.TryCreate(key).ShouldNotBeNull();
        var random = new Random(3);
        var signature = new byte[64];
        for (var i = 0; i < Inputs; i++)
        {
            var hash = Bytes(random, 32);

            contexts.Sign(hash, signature);

            key.VerifyHash(hash, signature).ShouldBeTrue($"input {i}");
        }
    }

    [Fact]
    public void Verify_NumbersAtTheEdge_AgreesWithThePlatform()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var contexts = Of(JwsAlgorithm.ES256, key);
        byte[][] numbers =
        [
            new byte[32],
            [.. new byte[31], 1],
            [.. new byte[31], 0x80],
            [0x7F, .. new byte[31]],
            [0x80, .. new byte[31]],
            [.. Enumerable.Repeat((byte)0xFF, 32)],
            Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"),
        ];
        foreach (var r in numbers)
        {
            foreach (var s in numbers)
            {
                contexts.Verify(new byte[32], [.. r, .. s]).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void SignAndVerify_OnManyThreads_KeepsThemApart()
    {
        using var key = new ECDsaOpenSsl(ECCurve.NamedCurves.nistP256);
        using var signing = KeptContexts.TryCreate(key).ShouldNotBeNull();
        using var verifying = Of(JwsAlgorithm.ES256, key);

        Parallel.For(
            0,
            2000,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            i =>
            {
                var hash = SHA256.HashData(BitConverter.GetBytes(i));
                var signature = new byte[64];
                signing.Sign(hash, signature);
                verifying.Verify(hash, signature).ShouldBeTrue();
                hash[0] ^= 1;
                verifying.Verify(hash, signature).ShouldBeFalse();
            }
        );
    }

    [Fact]
    public void Verify_AfterAFailure_IsNotDisturbed_NorIsThePlatform()
    {
        using var key = TestKeys.Rsa();
        using var contexts = Of(JwsAlgorithm.RS256, key);
        var hash = new byte[32];
        var signature = key.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        contexts.Verify(hash, new byte[signature.Length]).ShouldBeFalse();

        contexts.Verify(hash, signature).ShouldBeTrue();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        other.VerifyHash(hash, other.SignHash(hash)).ShouldBeTrue();
    }

    [Fact]
    public async Task Dispose_WhileOthersSign_EndsThemWithAnErrorAtMost()
    {
        using var key = new ECDsaOpenSsl(ECCurve.NamedCurves.nistP256);
        for (var round = 0; round < 20; round++)
        {
            var contexts = KeptContexts.TryCreate(key).ShouldNotBeNull();
            var started = Enumerable
                .Range(0, 3)
                .Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                .ToArray();
            var signers = started.Select(mine => Task.Run(() => SignUntilDisposed(contexts, mine))).ToArray();
            await Task.WhenAll(started.Select(one => one.Task));

            contexts.Dispose();

            (await Task.WhenAll(signers)).ShouldAllBe(isEnded => isEnded);
        }
    }

    [Fact]
    public void TryCreate_OtherAlgorithms_AreLeftToThePlatform()
    {
        using var rsa = TestKeys.Rsa();
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        KeptContexts.TryCreate(JwsAlgorithm.PS256, rsa).ShouldBeNull();
        KeptContexts.TryCreate(JwsAlgorithm.ES384, p384).ShouldBeNull();
        KeptContexts.TryCreate(JwsAlgorithm.ES256, rsa).ShouldBeNull();
    }

    // True when the end of the contexts ended it; the test's own end does otherwise.
    private static bool SignUntilDisposed(KeptContexts contexts, TaskCompletionSource started)
    {
        var signature = new byte[64];
        try
        {
            while (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                contexts.Sign(new byte[32], signature);
                started.TrySetResult();
            }
        }
        catch (ObjectDisposedException)
        {
            return true;
        }

        return false;
    }

    private static KeptContexts Of(JwsAlgorithm algorithm, AsymmetricAlgorithm key) =>
        KeptContexts.TryCreate(algorithm, key).ShouldNotBeNull();

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    // Half of them stay as they are.
    private static byte[] Damage(Random random, byte[] signature, byte[] hash)
    {
        signature = [.. signature];
        switch (random.Next(8))
        {
            case 0:
                signature[random.Next(signature.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                hash[random.Next(hash.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                random.NextBytes(signature);
                break;
            case 3:
                signature.AsSpan(0, random.Next(signature.Length)).Clear();
                break;
        }

        return signature;
    }
}
