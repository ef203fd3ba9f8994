using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tests.Mills;
using Culvert.Jose.Tokens;
using Culvert.Testing;

namespace Culvert.Jose.Tests.Differential;

/// <summary>
/// Our verdicts against those of npm <c>jose</c>, on thousands of tokens and key sets. Where they differ on purpose,
/// <c>docs/jose-disagreements.md</c> says why; any other difference fails, as does a row that no longer occurs.
/// </summary>
public sealed class JoseAgreementTests : IDisposable
{
    private const int Specimens = 4000;

    private readonly JosePeer peer = new();

    public void Dispose() => peer.Dispose();

    [Fact]
    [Trait(Soak.Name, "differential")]
    public async Task Verify_GeneratedAndMutatedTokens_AgreesWithJoseButForTheListedRows()
    {
        var seed = Soak.SeedOr(20_260_101);
        var mill = new SpecimenMill(seed);
        var specimens = Enumerable
            .Range(0, Soak.Rounds("differential", Specimens, 50 * Specimens))
            .Select(_ => mill.Next())
            .ToArray();
        var theirs = await peer.JudgeAsync([.. specimens.Select(s => (s.Token, s.KeySet))]);

        var listed = DisagreementTable.Read();
        var seen = new Dictionary<string, Specimen>(StringComparer.Ordinal);
        for (var i = 0; i < specimens.Length; i++)
        {
            var ours = Verdicts.Of(specimens[i]);
            if (ours == JoseRefusal.None != theirs[i] is null)
            {
                var row = DisagreementTable.Row(
                    specimens[i].Mutation,
                    ours == JoseRefusal.None ? DisagreementTable.Accepts : ours.ToString(),
                    theirs[i] ?? DisagreementTable.Accepts
                );
                seen.TryAdd(row, specimens[i]);
            }
        }

        seen.Where(s => !listed.Contains(s.Key))
            .Select(s =>
                $"{s.Key}\n  token: {Encoding.Latin1.GetString(s.Value.Token)}\n  keys: {Encoding.Latin1.GetString(s.Value.KeySet)}"
            )
            .ShouldBeEmpty($"disagreements that docs/jose-disagreements.md does not list (seed {seed})");
        // The result for random bytes depends on the keys, which are new each time.
        listed
            .Where(row => !row.StartsWith("bytes-", StringComparison.Ordinal) && !seen.ContainsKey(row))
            .ShouldBeEmpty($"rows that no longer occur (seed {seed})");
        specimens.Count(s => Verdicts.Of(s) == JoseRefusal.None).ShouldBeGreaterThan(Specimens / 4);
    }

    [Fact]
    public async Task Verify_TokenThatJoseMade_SucceedsForEveryAlgorithm()
    {
        var claims = new
        {
            iss = "https://idp.example.com",
            sub = "grüße \"x\"",
            nested = new { a = new[] { 1, 2 } },
        };
        var answers = await peer.AskAsync([
            .. Enum.GetNames<JwsAlgorithm>()
                .Select(alg => JsonSerializer.Serialize(new { make = new { alg, claims } })),
        ]);

        foreach (var answer in answers)
        {
            JwkSet.TryParse(Utf8(answer, "keySet"), out var set).ShouldBe(JoseRefusal.None);
            SignedToken.TryParse(Utf8(answer, "token"), out var token).ShouldBe(JoseRefusal.None);
            set!.Find(token!.KeyId, token.Algorithm, out var key).ShouldBe(JoseRefusal.None);
            token.Verify(key!, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
            key!.Thumbprint.ShouldBe(answer.GetProperty("thumbprint").GetString());
            token.Claims.FindString("sub"u8).ShouldBe(claims.sub);
        }
    }

    [Fact]
    public async Task DpopProof_ThatJoseMade_IsReadForEveryAlgorithm()
    {
        var claims = new
        {
            jti = "j",
            htm = "POST",
            htu = "https://identity.example/v1/oauth/token",
            iat = 1_767_225_600,
        };
        var answers = await peer.AskAsync([
            .. Enum.GetNames<JwsAlgorithm>()
                .Select(alg => JsonSerializer.Serialize(new { proof = new { alg, claims } })),
        ]);

        foreach (var answer in answers)
        {
            DpopProof.TryParse(Utf8(answer, "token"), out var proof).ShouldBe(JoseRefusal.None);
            proof!.Thumbprint.ShouldBe(answer.GetProperty("thumbprint").GetString());
            proof.Uri.ShouldBe(claims.htu);
        }
    }

    [Fact]
    public async Task Mint_AccessToken_IsAcceptedByJose()
    {
        using var key = SigningKey.Create();
        var token = new AccessTokenMinter(key).Mint(
            Tokens.AccessTokenMinterTests.Delegated with
            {
                NotBefore = null,
                ExpiresAt = 1_767_229_200,
            }
        );

        var verdicts = await peer.JudgeAsync([(token, Keys.SigningKeyTests.KeySetOf(key))]);

        verdicts.ShouldHaveSingleItem().ShouldBeNull();
    }

    private static byte[] Utf8(JsonElement answer, string name) =>
        Encoding.UTF8.GetBytes(answer.GetProperty(name).GetString()!);
}
