using Culvert.Jose.Algorithms;
using Culvert.Jose.Base64;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tests.Mills;
using Culvert.Jose.Tokens;

namespace Culvert.Jose.Tests.Fuzzing;

/// <summary>What holds for every token, tried on a few hundred of them.</summary>
public sealed class PropertyTests
{
    private const int Tokens = 200;

    private static readonly int Seed = Soak.SeedOr(7);

    [Fact]
    public void Verify_AcceptedToken_IsItsOwnOnlySpelling()
    {
        foreach (var (specimen, _) in Accepted())
        {
            var segments = Encoding.ASCII.GetString(specimen.Token).Split('.');

            string.Join('.', segments.Select(s => TokenForge.Encode(CanonicalBase64Url.Decode(s)!)))
                .ShouldBe(Encoding.ASCII.GetString(specimen.Token));
        }
    }

    [Fact]
    public void Verify_AnyFlippedBitOfAnAcceptedToken_IsRefused()
    {
        var random = new Random(Seed);
        foreach (var (specimen, set) in Accepted())
        {
            for (var i = 0; i < 20; i++)
            {
                var bit = random.Next(specimen.Token.Length * 8);
                var flipped = specimen.Token.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));

                Verdicts.Of(flipped, set).ShouldNotBe(JoseRefusal.None, $"seed {Seed}, bit {bit}");
            }
        }
    }

    [Fact]
    public void TryFind_ClaimsInAnotherOrder_GivesTheSame()
    {
        var random = new Random(Seed);
        foreach (var (specimen, _) in Accepted())
        {
            SignedToken.TryParse(specimen.Token, out var token);
            var claims = token!.Claims;
            var names = claims.Names.ToArray();
            random.Shuffle(names);
            var shuffled = string.Join(',', names.Select(n => Member(claims, n)));
            ClaimSet.TryParse(Encoding.UTF8.GetBytes($"{{{shuffled}}}"), out var other).ShouldBe(JoseRefusal.None);

            foreach (var name in names)
            {
                Member(other!, name).ShouldBe(Member(claims, name), $"seed {Seed}");
            }
        }
    }

    [Fact]
    public void Verify_FewerAlgorithmsAllowed_NeverAcceptsMore()
    {
        foreach (var (specimen, set) in Accepted())
        {
            SignedToken.TryParse(specimen.Token, out var token);
            set.Find(token!.KeyId, token.Algorithm, out var key);

            token.Verify(key!, token.Algorithm.AsSet()).ShouldBe(JoseRefusal.None);
            token.Verify(key!, JwsAlgorithms.All & ~token.Algorithm.AsSet()).ShouldBe(JoseRefusal.AlgorithmNotAllowed);
            token.Verify(key!, JwsAlgorithms.Empty).ShouldBe(JoseRefusal.AlgorithmNotAllowed);
        }
    }

    private static string Member(ClaimSet claims, string name)
    {
        claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim).ShouldBeTrue();
        return $"{System.Text.Json.JsonSerializer.Serialize(name)}:{Encoding.UTF8.GetString(claim.Raw)}";
    }

    private static IEnumerable<(Specimen Specimen, JwkSet Keys)> Accepted()
    {
        var mill = new SpecimenMill(Seed);
        for (var found = 0; found < Tokens; )
        {
            var specimen = mill.Next();
            if (specimen.Mutation == SpecimenMill.Untouched)
            {
                JwkSet.TryParse(specimen.KeySet, out var set).ShouldBe(JoseRefusal.None);
                Verdicts.Of(specimen.Token, set!).ShouldBe(JoseRefusal.None, $"seed {Seed}");
                found++;
                yield return (specimen, set!);
            }
        }
    }
}
