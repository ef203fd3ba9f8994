using System.Collections.Immutable;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Who calls, as a verified token says.</summary>
internal sealed record Principal
{
    public required string Issuer { get; init; }

    public required string Subject { get; init; }

    /// <summary>Empty where the issuer's tokens name no client.</summary>
    public required string ClientId { get; init; }

    /// <summary>As granted; what the route's hierarchy adds is not in it.</summary>
    public required HashSet<string> Scopes { get; init; }

    /// <summary>As <c>groups</c> says, on routes whose policy asks for it; elsewhere empty.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>From here on a new request with this token is refused: <c>exp</c> and the issuer's leeway.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When the responses that stream under this token must close (A12).</summary>
    public DateTimeOffset StreamsEndAt(TimeSpan grace) =>
        DateTimeOffset.MaxValue - EndsAt > grace ? EndsAt + grace : DateTimeOffset.MaxValue;

    /// <summary>Of the key that must sign the sender's proofs (RFC 9449 §6.1); null = a bearer token.</summary>
    public required string? KeyThumbprint { get; init; }

    /// <summary>Who the issuer says it is: the subject; of a token without a subject its client, which no subject equals.</summary>
    public string SubjectOrClient => Subject.Length > 0 ? Subject : $"\0{ClientId}";

    /// <summary>Whom limits count: the person, whatever client the person uses, because anyone may register clients.</summary>
    public string Person => $"{Issuer}\0{SubjectOrClient}";

    /// <summary>Two tokens of one principal have the same; NUL cannot be mistaken for a part of what it separates.</summary>
    public string Identity => $"{Issuer}\0{Subject}\0{ClientId}";
}
