using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tests.Mills;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Tests.Fuzzing;

/// <summary>
/// Any bytes give a value or a typed refusal, never an exception. <c>CULVERT_SOAK_SEED</c> repeats a failure.
/// </summary>
public sealed class FuzzTests
{
    private static readonly int DefectsEach = Soak.Rounds("fuzz", shortForm: 10, full: 50);

    [Fact]
    [Trait(Soak.Name, "fuzz")]
    public void EveryReader_AnyBytes_GivesValueOrRefusal()
    {
        var seed = Soak.SeedOr(13);
        var mill = new SpecimenMill(seed);
        var random = new Random(seed);
        var count = 0L;
        foreach (var _ in Soak.FuzzRounds("fuzz", shortForm: 200, TimeSpan.FromMinutes(5)))
        {
            var specimen = mill.Next();
            // Cheap compared with signing: many defects in each specimen.
            for (var i = 0; i < DefectsEach; i++)
            {
                var token = i == 0 ? specimen.Token : Mutations.Mangle(random, specimen.Token);
                var keySet = i % 10 == 0 ? Mutations.Mangle(random, specimen.KeySet) : specimen.KeySet;
                Try(seed, count++, specimen.Mutation, token, keySet);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} inputs, seed {seed}");
    }

    private static void Try(int seed, long number, string mutation, byte[] token, byte[] keySet)
    {
        try
        {
            ReadToken(token);
            ReadDecoded(token);
            ReadKeySet(keySet, token);
            var refusal = DpopProof.TryParse(token, out var proof);
            (refusal == JoseRefusal.None).ShouldBe(proof is not null);
        }
        catch (Exception fault)
        {
            Assert.Fail(
                $"CULVERT_SOAK_SEED={seed}, input {number} ({mutation}): {fault}\n"
                    + $"token: {Convert.ToBase64String(token)}\nkey set: {Convert.ToBase64String(keySet)}"
            );
        }
    }

    private static void ReadToken(byte[] bytes)
    {
        var refusal = SignedToken.TryParse(bytes, out var token);
        (refusal == JoseRefusal.None).ShouldBe(token is not null);
        if (token is not null)
        {
            Reencode(token).ShouldBe(Encoding.ASCII.GetString(token.SigningInput));
            ReadClaims(token.Claims);
        }
    }

    // The segments' bytes as documents of their own: what a mangled token rarely reaches.
    private static void ReadDecoded(byte[] bytes)
    {
        foreach (var segment in Encoding.Latin1.GetString(bytes).Split('.').Take(3))
        {
            if (CanonicalBase64Url.Decode(segment) is { } decoded)
            {
                TokenForge.Encode(decoded).ShouldBe(segment);
                if (ClaimSet.TryParse(decoded, out var claims) == JoseRefusal.None)
                {
                    ReadClaims(claims!);
                }

                JwkSet.TryParse(decoded, out _);
            }
        }
    }

    private static void ReadKeySet(byte[] keySet, byte[] token)
    {
        var refusal = JwkSet.TryParse(keySet, out var set);
        (refusal == JoseRefusal.None).ShouldBe(set is not null);
        if (set is not null)
        {
            set.Dropped.ShouldAllBe(d => d.Reason != JoseRefusal.None);
            set.FindOnly(out _);
            set.FindFailure(allowMissingKid: true);
            Verdicts.Of(token, set);
        }
    }

    private static void ReadClaims(ClaimSet claims)
    {
        foreach (var name in claims.Names)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            claims.TryFind(utf8, out var claim).ShouldBeTrue();
            claim.ReadString();
            claim.TryReadInteger(out _);
            claim.TryReadNumericDate(out _);
            claim.TryReadNumericDateRoundedUp(out _);
            claim.StringEquals(utf8);
            claim.FindInStringList(utf8, maxElements: 8);
            claims.FindObject(utf8);
        }

        AccessTokenClaims.TryRead(claims, out _);
    }

    private static string Reencode(SignedToken token)
    {
        var input = Encoding.ASCII.GetString(token.SigningInput);
        return $"{input[..input.IndexOf('.')]}.{TokenForge.Encode(token.Claims.Json.Span)}";
    }
}
