using Culvert.Jose.Algorithms;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>The keys of one kind of token. A key of one family is unknown to the verifiers of the other.</summary>
internal sealed record SigningKeyFamily
{
    /// <summary>Access tokens and security event tokens. <c>init</c> creates the first key.</summary>
    public static readonly SigningKeyFamily AccessTokens = new()
    {
        Table = "token_signing_keys",
        Algorithm = JwsAlgorithm.ES256,
    };

    /// <summary>
    /// Assertions for upstreams, with RS256, because Entra ID accepts no other algorithm. The first assertion creates the
    /// first key.
    /// </summary>
    public static readonly SigningKeyFamily Assertions = new()
    {
        Table = "assertion_signing_keys",
        Algorithm = JwsAlgorithm.RS256,
        MayBeEmpty = true,
        Use = "upstream_assertions",
    };

    public required string Table { get; init; }

    public required JwsAlgorithm Algorithm { get; init; }

    /// <summary>Whether a key is created when one is needed first, and not by <c>init</c>.</summary>
    public bool MayBeEmpty { get; private init; }

    /// <summary>What the audit says that the keys sign; null = access tokens.</summary>
    public string? Use { get; private init; }
}
