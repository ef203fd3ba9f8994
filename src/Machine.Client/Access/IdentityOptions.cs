using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Tokens;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Access;

/// <summary>The <c>identity</c> section of agent and edge.</summary>
public sealed record IdentityOptions
{
    /// <summary>The service's public URL, byte for byte as the service configures it; https.</summary>
    public required Uri Url { get; init; }

    /// <summary>The base of the mTLS API; null: use the URL that enrolment returns.</summary>
    public Uri? MachineUrl { get; init; }

    /// <summary>PEM file of the roots that authenticate <see cref="Url"/>; excludes <see cref="CaSha256"/>.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>
    /// Lower-case hex SHA-256 of the platform root. If it and the file are empty, the system's roots apply.
    /// </summary>
    public string CaSha256 { get; init; } = "";

    public IdentityMode Mode { get; init; } = IdentityMode.Automatic;

    /// <summary>Set in automatic mode.</summary>
    public string OrganizationId { get; init; } = "";

    /// <summary>Set in automatic mode.</summary>
    public string RuleId { get; init; } = "";

    /// <summary>Optional: the service account that the rule must target.</summary>
    public string ServiceAccountId { get; init; } = "";

    /// <summary>Set only when the rule covers several workspaces.</summary>
    public string WorkspaceId { get; init; } = "";

    /// <summary>Set in automatic mode.</summary>
    public IdentityTokenOptions Token { get; init; } = new();

    /// <summary>Folder for access tokens and their key, which processes may share; empty: in the state directory.</summary>
    public string TokenCache { get; init; } = "";

    /// <summary>Set in manual mode.</summary>
    public SecretReference? TunnelToken { get; init; }

    /// <summary>Proxy and network settings for connections to the service.</summary>
    public NetworkOptions Network
    {
        get => NetworkInForce.Current;
        init => NetworkInForce = new NetworkSource(value);
    }

    /// <summary>Holds <see cref="Network"/>, which may change while the program runs.</summary>
    public NetworkSource NetworkInForce { get; private init; } = new(NetworkOptions.Default);

    internal string? ServiceAccountIdOrNull => ServiceAccountId.Length > 0 ? ServiceAccountId : null;

    internal string? WorkspaceIdOrNull => WorkspaceId.Length > 0 ? WorkspaceId : null;

    /// <summary>The request, with the identity provider's token in it when that is the proof.</summary>
    internal T Assert<T>(T request, Proof proof)
        where T : AssertedRequest =>
        proof.IsAssertion
            ? request with
            {
                Assertion = proof.Token,
                FederationRuleId = RuleId,
                OrganizationId = OrganizationId,
                ServiceAccountId = ServiceAccountIdOrNull,
                WorkspaceId = WorkspaceIdOrNull,
            }
            : request;

    /// <summary>A copy that takes its network settings from <paramref name="network"/>.</summary>
    public IdentityOptions Under(NetworkSource network) => this with { NetworkInForce = network };
}
