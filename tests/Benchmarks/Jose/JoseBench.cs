using System.Security.Cryptography;
using System.Text;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Benchmarks.Jose;

/// <summary>
/// <c>jose.*</c>: what parsing and checking cost in addition to the signature. Rates are of one thread; the floor is
/// the platform's own verification of a hash that was made before, on the same input, in the same run.
/// </summary>
internal sealed class JoseBench(TimeProvider time)
{
    private const string Issuer = "https://idp.example.com";
    private const string Audience = "https://identity.example.com";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    /// <summary>Measures each figure when it is read.</summary>
    public IEnumerable<Figure> Run(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        using var signingKey = SigningKey.Create();
        var keySet = Encoding.UTF8.GetBytes(mill.JwkSet());
        JwkSet.TryParse(keySet, out var issuerKeys);
        var assertion = Encoding.ASCII.GetBytes(mill.Assertion(Issuer, Audience, Now));
        var minter = new AccessTokenMinter(signingKey);
        var accessToken = minter.Mint(Claims);
        var proof = Encoding.ASCII.GetBytes(new DpopProofSigner(signingKey).Sign("POST", new Uri(Audience), Now));
        var own = signingKey.ToVerificationKey();
        var issuerKey = issuerKeys!.Keys[0];

        yield return Verification(
            "jose.verify.rs256",
            assertion,
            issuerKey,
            BareRsa(mill, assertion),
            cancellationToken
        );
        yield return Verification(
            "jose.verify.es256",
            accessToken,
            own,
            BareEc(signingKey, accessToken),
            cancellationToken
        );
        yield return Allocation("jose.verify.rs256.allocated", () => Verify(assertion, issuerKey));
        yield return Allocation("jose.verify.es256.allocated", () => Verify(accessToken, own));
        yield return Rate("jose.parse.rs256", () => Parse(assertion), cancellationToken);
        yield return Rate("jose.parse.at_jwt", () => Parse(accessToken), cancellationToken);
        yield return Rate("jose.parse.key_set", () => Check(JwkSet.TryParse(keySet, out _)), cancellationToken);
        yield return Rate("jose.verify.dpop", () => Check(DpopProof.TryParse(proof, out _)), cancellationToken);
        yield return Rate("jose.mint.es256", () => minter.Mint(Claims), cancellationToken);
    }

    private static AccessTokenClaims Claims =>
        new()
        {
            Issuer = Audience,
            Subject = "svac_010123456789012345678901",
            Audience = Audience,
            ClientId = "fdrl_010123456789012345678901",
            IssuedAt = Now.ToUnixTimeSeconds(),
            ExpiresAt = Now.ToUnixTimeSeconds() + 3600,
            TokenId = "0123456789012345678901",
            Scope = "workspace:manage_tunnels",
            Rule = "fdrl_010123456789012345678901",
            RuleVersion = 3,
            Organization = "0d5e7c1a-0000-4000-8000-000000000000",
            Workspace = "wrkspc_010123456789012345678901",
        };

    private static Action BareRsa(AssertionMill mill, byte[] token)
    {
        var key = mill.PublicKey();
        var (hash, signature) = Input(token);
        return () => Check(key.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private static Action BareEc(SigningKey signingKey, byte[] token)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(signingKey.ExportPkcs8(), out _);
        var publicKey = ECDsa.Create(key.ExportParameters(includePrivateParameters: false));
        var (hash, signature) = Input(token);
        return () => Check(publicKey.VerifyHash(hash, signature));
    }

    private static (byte[] Hash, byte[] Signature) Input(byte[] token)
    {
        var dot = token.AsSpan().LastIndexOf((byte)'.');
        return (
            SHA256.HashData(token.AsSpan(0, dot)),
            CanonicalBase64Url.Decode(Encoding.ASCII.GetString(token.AsSpan(dot + 1)))!
        );
    }

    private Figure Verification(
        string name,
        byte[] token,
        VerificationKey key,
        Action bare,
        CancellationToken cancellationToken
    )
    {
        var (ours, floor) = new PairedRate(time).Measure(() => Verify(token, key), bare, cancellationToken);
        return new Figure
        {
            Name = name,
            Value = Math.Round(ours),
            Unit = "1/s",
            Floor = Math.Round(floor),
            Ratio = Math.Round(ours / floor, 3),
        };
    }

    private Figure Rate(string name, Action work, CancellationToken cancellationToken) =>
        new()
        {
            Name = name,
            Value = Math.Round(new PairedRate(time).Measure(work, work, cancellationToken).First),
            Unit = "1/s",
        };

    private static Figure Allocation(string name, Action work)
    {
        const int Times = 10_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            work();
        }

        return new Figure
        {
            Name = name,
            Value = (GC.GetAllocatedBytesForCurrentThread() - before) / Times,
            Unit = "B",
        };
    }

    private static void Verify(byte[] token, VerificationKey key)
    {
        var refusal = SignedToken.TryParse(token, out var parsed);
        Check(refusal == JoseRefusal.None ? parsed!.Verify(key, JwsAlgorithms.All) : refusal);
    }

    private static void Parse(byte[] token) => Check(SignedToken.TryParse(token, out _));

    private static void Check(JoseRefusal refusal) => Check(refusal == JoseRefusal.None);

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("What is measured does not verify.");
        }
    }
}
