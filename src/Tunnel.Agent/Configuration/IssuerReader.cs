using Culvert.Jose.Algorithms;
using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads an entry of <c>issuers</c>.</summary>
internal static class IssuerReader
{
    private const int MaxClaims = 16;
    private const int MaxClaimCharacters = 64;

    private static readonly IssuerSettings Defaults = new() { Name = "", Issuer = "" };

    public static IssuerSettings Read(string name, ConfigSection section)
    {
        var issuer = section.RequiredString("issuer");
        if (issuer.Length > 0 && (!SafeFetcher.TryParseUrl(issuer, out var url) || url.Query.Length > 0))
        {
            section.Error(
                "issuer",
                "An issuer is an https URL without query or fragment.",
                "Write the iss of its tokens, byte for byte."
            );
        }

        var keysUrl = section.String("jwks_url");
        if (keysUrl.Length > 0 && !SafeFetcher.TryParseUrl(keysUrl, out _))
        {
            section.Error("jwks_url", "This is not an https URL.", "Write an https URL, or \"\" for discovery.");
        }

        var caFile = section.Path("ca_file");
        return Defaults with
        {
            Name = name,
            Issuer = issuer,
            KeysUrl = keysUrl,
            CaFile = caFile,
            Roots = section.ReadRoots("ca_file", caFile, "Name a file with the issuer's CA."),
            AllowedRanges = section.Ranges("allowed_ranges"),
            Algorithms = ReadAlgorithms(section),
            Types = ReadTypes(section),
            AllowMissingKid = section.Bool("allow_missing_kid", Defaults.AllowMissingKid),
            Leeway = section.Duration("leeway", Defaults.Leeway, TimeSpan.Zero, TimeSpan.FromSeconds(60)),
            KeysStaleFor = section.Duration(
                "keys_stale_for",
                Defaults.KeysStaleFor,
                TimeSpan.FromMinutes(1),
                TimeSpan.FromDays(30)
            ),
            Claims = ReadClaims(section),
        };
    }

    private static IReadOnlyList<string> ReadClaims(ConfigSection section)
    {
        var claims = section.Strings("claims");
        if (claims.Count > MaxClaims)
        {
            section.Error("claims", $"There are more than {MaxClaims} claims.", "Name only those that rules compare.");
        }

        if (claims.Any(c => c.Length is 0 or > MaxClaimCharacters || c.Any(char.IsControl)))
        {
            section.Error(
                "claims",
                $"The name of a claim has 1 to {MaxClaimCharacters} characters and no control characters.",
                "Write it as the issuer's tokens do, such as customer_id. A claim inside another one cannot be named."
            );
        }

        return claims;
    }

    private static JwsAlgorithms ReadAlgorithms(ConfigSection section)
    {
        var set = JwsAlgorithms.Empty;
        var names = section.Strings("algorithms", "ES256", "RS256", "PS256");
        foreach (var name in names)
        {
            if (JwsAlgorithmExtensions.TryParse(name, out var algorithm))
            {
                set |= algorithm.AsSet();
            }
            else
            {
                section.Error(
                    "algorithms",
                    $"{name} is not an accepted token algorithm.",
                    "Choose from RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512."
                );
            }
        }

        if (names.Count == 0)
        {
            section.Error("algorithms", "Without an algorithm no token could be accepted.", "Name one, such as ES256.");
        }

        return set;
    }

    private static IReadOnlyList<string> ReadTypes(ConfigSection section)
    {
        var types = section.Strings("types", "at+jwt");
        if (types.Count == 0 || types.Any(t => t.Length == 0))
        {
            section.Error(
                "types",
                "Without a type no token could be accepted.",
                "Write at+jwt; JWT relaxes the check."
            );
        }

        return types;
    }
}
