using System.Collections.Immutable;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The caller of a request, from a verified token.</summary>
internal sealed record Principal
{
    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    /// <summary>Empty if the issuer's tokens name no client.</summary>
    public required string ClientId { get; init; }

    /// <summary>The granted scopes, without those that the route's hierarchy adds.</summary>
    public required HashSet<string> Scopes { get; init; }

    /// <summary>The claim <c>groups</c>, on routes whose policy reads it; otherwise empty.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>The claims that rules may compare, on routes whose policy does; otherwise none.</summary>
    public PrincipalClaims Claims { get; init; } = PrincipalClaims.None;

    /// <summary>
    /// When the agent begins to refuse new requests with this token: <c>exp</c> plus the issuer's leeway.
    /// </summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When the responses that stream under this token must close (A12).</summary>
    public DateTimeOffset StreamsEndAt(TimeSpan grace) =>
        DateTimeOffset.MaxValue - EndsAt > grace ? EndsAt + grace : DateTimeOffset.MaxValue;

    /// <summary>
    /// The thumbprint of the key that must sign the sender's proofs (RFC 9449 §6.1); null = a bearer token.
    /// </summary>
    public required string? KeyThumbprint { get; init; }

    /// <summary>The subject; for a token without a subject its client, in a form that equals no subject.</summary>
    public string SubjectOrClient => Subject.Length > 0 ? Subject : $"\0{ClientId}";

    /// <summary>The key of limits: the person with all their clients, because anyone may register clients.</summary>
    public string Person => $"{Issuer}\0{SubjectOrClient}";

    /// <summary>Equal for all tokens of the same principal. The separator NUL cannot be a part of a claim.</summary>
    public string Identity => $"{Issuer}\0{Subject}\0{ClientId}";
}
