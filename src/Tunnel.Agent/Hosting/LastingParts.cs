using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Service;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>The parts of routes that survive a reload.</summary>
internal sealed record LastingParts
{
    /// <summary>Keys of issuers from earlier runs; null: they are not stored.</summary>
    public IssuerKeyFile? KeptKeys { get; init; }

    /// <summary>The key that binds sessions to principals; null: they are not bound.</summary>
    public SessionKey? SessionKey { get; init; }

    /// <summary>The approved definitions of the routes' servers; null: nothing is compared.</summary>
    public PinBook? Pins { get; init; }

    /// <summary>Policies from the feed; null without any.</summary>
    public ServicePolicies? Policies { get; init; }

    /// <summary>The key that signs the agent's own approvals; null while it has no certificate.</summary>
    public Func<PinSigner?> PinSigner { get; init; } = () => null;
}
