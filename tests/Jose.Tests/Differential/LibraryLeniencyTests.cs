using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tests.Mills;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Culvert.Jose.Tests.Differential;

/// <summary>
/// What the library's own reader accepts and the strict reader in front of it refuses: the reason why that reader is
/// ours (<c>docs/decisions/0002-jose-and-oauth.md</c>). A row that no longer occurs is a rule that the library has learned.
/// </summary>
public sealed class LibraryLeniencyTests
{
    private const int Specimens = 1500;

    private static readonly IReadOnlyDictionary<string, JoseRefusal> Expected = new Dictionary<string, JoseRefusal>
    {
        ["claims-duplicate"] = JoseRefusal.DuplicateMember,
        ["claims-duplicate-escaped"] = JoseRefusal.DuplicateMember,
        ["claims-duplicate-nested"] = JoseRefusal.DuplicateMember,
        ["claims-empty"] = JoseRefusal.SegmentEmpty,
        ["claims-proto"] = JoseRefusal.MemberNameForbidden,
        ["claims-too-deep"] = JoseRefusal.TooDeep,
        ["claims-too-large"] = JoseRefusal.TokenTooLarge,
        ["claims-trailing-nul"] = JoseRefusal.JsonMalformed,
        ["claims-trailing-object"] = JoseRefusal.JsonMalformed,
        ["claims-trailing-text"] = JoseRefusal.JsonMalformed,
        ["header-alg-none-first"] = JoseRefusal.DuplicateMember,
        ["header-alg-twice"] = JoseRefusal.DuplicateMember,
        ["header-b64-false"] = JoseRefusal.UnencodedPayload,
        ["header-b64-true"] = JoseRefusal.UnencodedPayload,
        ["header-crit-b64"] = JoseRefusal.CriticalHeader,
        ["header-crit-empty"] = JoseRefusal.CriticalHeader,
        ["header-crit-string"] = JoseRefusal.CriticalHeader,
        ["header-crit-unknown"] = JoseRefusal.CriticalHeader,
        ["header-enc"] = JoseRefusal.NestedToken,
        ["header-epk"] = JoseRefusal.NestedToken,
        ["header-proto"] = JoseRefusal.MemberNameForbidden,
        ["header-too-deep"] = JoseRefusal.TooDeep,
        ["header-too-large"] = JoseRefusal.TokenTooLarge,
        ["header-trailing-text"] = JoseRefusal.JsonMalformed,
        ["header-zip"] = JoseRefusal.CompressedPayload,
        ["key-alg-other"] = JoseRefusal.KeyUnknown,
        ["key-exponent-padded"] = JoseRefusal.KeyUnknown,
        ["key-leading-zero"] = JoseRefusal.KeyUnknown,
        ["key-member-twice"] = JoseRefusal.JsonMalformed,
        ["key-ops-empty"] = JoseRefusal.KeyUnknown,
        ["key-ops-encrypt"] = JoseRefusal.KeyUnknown,
        ["key-padding-character"] = JoseRefusal.KeyUnknown,
        ["set-101-keys"] = JoseRefusal.KeySetTooLarge,
        ["set-invalid-utf8"] = JoseRefusal.TextInvalid,
        ["set-keys-twice"] = JoseRefusal.JsonMalformed,
        ["set-other-key-same-kid"] = JoseRefusal.KeyUnknown,
    };

    [Fact]
    [Trait("Level", "full")]
    public async Task JsonWebTokenHandler_AcceptsWhatTheStrictReaderRefuses()
    {
        var mill = new SpecimenMill(seed: 20_261_123);
        var accepted = new SortedDictionary<string, JoseRefusal>(StringComparer.Ordinal);
        for (var i = 0; i < Specimens; i++)
        {
            var specimen = mill.Next();
            var ours = Verdicts.Of(specimen);
            if (ours != JoseRefusal.None && !accepted.ContainsKey(specimen.Mutation) && await AcceptsAsync(specimen))
            {
                accepted.Add(specimen.Mutation, ours);
            }
        }

        accepted
            .Where(row => !row.Key.StartsWith("bytes-", StringComparison.Ordinal))
            .Select(row => $"{row.Key} {row.Value}")
            .ShouldBe(Expected.Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal));
    }

    private static async Task<bool> AcceptsAsync(Specimen specimen)
    {
        try
        {
            var parameters = new TokenValidationParameters
            {
                IssuerSigningKeys = new JsonWebKeySet(Encoding.UTF8.GetString(specimen.KeySet)).GetSigningKeys(),
                ValidAlgorithms = Enum.GetNames<JwsAlgorithm>(),
                TryAllIssuerSigningKeys = false,
                CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
                ValidateIssuer = false,
                ValidateAudience = false,
                ValidateLifetime = false,
                RequireExpirationTime = false,
            };
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(
                Encoding.UTF8.GetString(specimen.Token),
                parameters
            );
            return result.IsValid;
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            return false; // no key set
        }
    }
}
