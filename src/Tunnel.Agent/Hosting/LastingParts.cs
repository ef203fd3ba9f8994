using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Service;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>The parts of routes that survive a reload.</summary>
internal sealed record LastingParts
{
    public required UpstreamFactory Upstreams { get; init; }

    /// <summary>Keys of issuers from earlier runs.</summary>
    public required IssuerKeyFile StoredKeys { get; init; }

    /// <summary>The key that binds sessions to principals.</summary>
    public required SessionKey SessionKey { get; init; }

    /// <summary>Requests that end when a feed refuses their token.</summary>
    public LiveRequests Live { get; } = new(RevocationState.None);

    /// <summary>The approved definitions of the routes' servers.</summary>
    public required PinBook Pins { get; init; }

    /// <summary>Policies from the feed.</summary>
    public required ServicePolicies Policies { get; init; }

    /// <summary>The key that signs the agent's own approvals; null while it has no certificate.</summary>
    public required Func<PinSigner?> PinSigner { get; init; }

    /// <summary>The assertions that prove routes to upstreams.</summary>
    public required CredentialSources Sources { get; init; }

    /// <summary>The last uses of static secrets.</summary>
    public required SecretUses Secrets { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
