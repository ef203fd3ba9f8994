using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A header with a credential, a signer of requests, neither, or the failure.</summary>
/// <param name="Name">Empty = no header.</param>
/// <param name="Value">A secret.</param>
/// <param name="Problem">For the log; empty without a failure.</param>
internal readonly record struct CredentialHeader(string Name, string Value, string Problem)
{
    private const string Scheme = "Bearer ";

    public static readonly CredentialHeader None = new("", "", "");

    /// <summary>Adds what the credential adds to a request; null for a credential that is <see cref="Value"/>.</summary>
    public IRequestSigner? Signer { get; init; }

    /// <summary>After a failure: the page where the caller connects their account; null if that would not end it.</summary>
    public Uri? ConnectPage { get; init; }

    /// <summary>Which credential it is; null for none, and after a failure.</summary>
    public CredentialUse? Use { get; init; }

    /// <summary>Whether the reason of a failure is the caller or the caller's token, and not the route's credential.</summary>
    public bool IsCallersFailure { get; init; }

    /// <summary>The token of <see cref="Bearer"/>; empty for another header.</summary>
    public string BearerToken => Value.StartsWith(Scheme, StringComparison.Ordinal) ? Value[Scheme.Length..] : "";

    /// <summary>RFC 6750 §2.1.</summary>
    public static CredentialHeader Bearer(string token, CredentialUse? use = null) =>
        new("Authorization", Scheme + token, "") { Use = use };

    public static CredentialHeader Failed(string problem) => new("", "", problem);

    public static CredentialHeader FailedForCaller(string problem) => Failed(problem) with { IsCallersFailure = true };

    /// <summary>Without the value, which is a secret.</summary>
    public override string ToString() => Name;
}
