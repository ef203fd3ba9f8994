namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Where the assertion of a federated client comes from.</summary>
internal enum AssertionOrigin
{
    /// <summary>The identity service signs one for the route.</summary>
    Service,

    /// <summary>The identity token of the agent's own platform.</summary>
    Platform,
}
