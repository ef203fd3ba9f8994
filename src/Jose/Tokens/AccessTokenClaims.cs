namespace Culvert.Jose.Tokens;

/// <summary>The claims of a Culvert access token: those of RFC 9068 §2.2 and private ones.</summary>
public readonly record struct AccessTokenClaims
{
    /// <summary><c>iss</c>: the service's public URL.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>sub</c>: the service account.</summary>
    public required string Subject { get; init; }

    /// <summary><c>aud</c>: the only resource that the token is for.</summary>
    public required string Audience { get; init; }

    /// <summary><c>client_id</c>: the client that requested it.</summary>
    public required string ClientId { get; init; }

    /// <summary><c>iat</c>, seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary><c>nbf</c>, seconds since 1970; absent if null.</summary>
    public long? NotBefore { get; init; }

    /// <summary><c>exp</c>, seconds since 1970.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary><c>jti</c>: unique.</summary>
    public required string TokenId { get; init; }

    /// <summary><c>scope</c>: separated by spaces.</summary>
    public required string Scope { get; init; }

    /// <summary><c>rule</c>: the federation rule that granted it.</summary>
    public required string Rule { get; init; }

    /// <summary><c>rule_ver</c>: the rule's version when it granted the token.</summary>
    public required int RuleVersion { get; init; }

    public required string Organization { get; init; }

    /// <summary><c>workspace</c>; absent if null.</summary>
    public string? Workspace { get; init; }

    /// <summary><c>cnf</c> (RFC 7800): the key that the sender must have; absent if none.</summary>
    public TokenConfirmation Confirmation { get; init; }

    /// <summary><c>act</c> (RFC 8693 §4.1): the party that acts for the subject; absent if null.</summary>
    public TokenActor? Actor { get; init; }

    /// <summary><c>may_act</c> (RFC 8693 §4.4): the only party that may act for the subject; absent if null.</summary>
    public TokenMayAct? MayAct { get; init; }

    /// <summary><c>family</c>: shared by all tokens that derive from one assertion; absent if null.</summary>
    public string? Family { get; init; }

    /// <summary><c>src</c>: the assertion that the token derives from; absent if null.</summary>
    public TokenSource? Source { get; init; }

    /// <summary>Reads our own token's claims. The caller checks signature, issuer, audience, times (RFC 9068 §4).</summary>
    /// <returns>False: a claim is absent or has another type than <see cref="AccessTokenMinter"/> writes.</returns>
    public static bool TryRead(ClaimSet claims, out AccessTokenClaims read)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var reader = new AccessTokenReader(claims);
        read = new AccessTokenClaims
        {
            Issuer = reader.Text("iss"u8),
            Subject = reader.Text("sub"u8),
            Audience = reader.Text("aud"u8),
            ClientId = reader.Text("client_id"u8),
            IssuedAt = reader.Time("iat"u8),
            NotBefore = reader.OptionalTime("nbf"u8),
            ExpiresAt = reader.Time("exp"u8),
            TokenId = reader.Text("jti"u8),
            Scope = reader.Text("scope"u8),
            Rule = reader.Text("rule"u8),
            RuleVersion = reader.Number("rule_ver"u8),
            Organization = reader.Text("organization"u8),
            Workspace = reader.OptionalText("workspace"u8),
            Confirmation = reader.Confirmation(),
            Actor = reader.Actor(),
            MayAct = reader.MayAct(),
            Family = reader.OptionalText("family"u8),
            Source = reader.Source(),
        };
        return reader.IsComplete;
    }
}
