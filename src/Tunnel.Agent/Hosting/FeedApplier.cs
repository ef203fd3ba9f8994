using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>Applies credentials and feed: they determine the edges to dial and the domain of the routes.</summary>
internal sealed class FeedApplier(AgentComponents parts, ILogger logger)
{
    private const int HttpsPort = 443;

    private readonly Lock gate = new(); // one state is applied at a time, the latest one last

    // Guarded by the gate: the last applied feed with what it refuses, and the issuer in the metadata of the routes in service.
    private AgentFeed? applied;
    private RevocationState revocations = RevocationState.None;
    private string? namedIssuer;

    /// <summary>Passes on the policies of a feed; true: the policy of a route that uses them has changed.</summary>
    public bool OfferPolicies(AgentFeed feed) =>
        parts.Lasting.Policies.Offer(
            (feed.Policies ?? [])
                .Select(p => (Route: Route.NameUnder(p.Hostname, feed.Tunnel.Domain), Policy: p))
                .Where(p => p.Route is not null)
                .DistinctBy(p => p.Route)
                .ToDictionary(p => p.Route!, p => p.Policy, StringComparer.Ordinal)
        );

    // Called for each change of credentials or feed; does nothing until both exist.
    public ValueTask ApplyAsync()
    {
        lock (gate)
        {
            ApplyFeed();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Puts another generation of routes in service, and applies the settings outside of the routes.</summary>
    public void Replace(RouteGeneration next, Action<AgentSettings> applySettings)
    {
        lock (gate)
        {
            parts.Generation = next;
            applySettings(next.Settings);
            ApplyFeed();
        }
    }

    private void ApplyFeed()
    {
        if (parts.Credentials.Withdrawal is not null)
        {
            parts.Fleet.Withdraw();
        }
        else if (parts.Credentials is { Identity: { } identity, Trust: { } trust, Feed: { } feed })
        {
            ApplyIssuers(feed);

            parts.Challenges.Apply(feed.AcmeChallenges);
            parts.Lasting.SessionKey.Use(feed.Tunnel.SessionKey);
            ApplyRoutes(feed);
            parts.Fleet.Apply(
                new DialContext
                {
                    Certificate = identity.Credential,
                    Trust = trust,
                    Edges =
                        feed.Tunnel.Status == TunnelStatus.Archived
                            ? []
                            : EdgeChoice.Select(feed.Edges, parts.Generation.Settings.Tunnel.Edges),
                    RevokedSerials = parts.Credentials.RevokedSerials,
                }
            );
        }
    }

    private void ApplyIssuers(AgentFeed feed)
    {
        var isNew = !ReferenceEquals(feed, applied);
        if (isNew)
        {
            revocations = RevocationState.From(feed);
        }

        foreach (var keys in parts.Generation.Issuers)
        {
            keys.Use(feed.Authorization, () => parts.Credentials.LastContact);
            keys.Revoked = revocations.GetRevoked(keys.Url);
            keys.OffBoarded = revocations.People;
        }

        // Only after the validators: a request that they accepted before is in the registry, or compares the states.
        if (isNew)
        {
            if (parts.Lasting.Live.Apply(revocations) is > 0 and var ended)
            {
                Log.RequestsRevoked(logger, ended);
            }

            applied = feed;
        }
    }

    private void ApplyRoutes(AgentFeed feed)
    {
        var tunnel = feed.Tunnel;
        var active = tunnel.Status == TunnelStatus.Active;

        var port = tunnel.PublicPort ?? HttpsPort;
        var now = parts.Map.Current;
        string[] hostnames =
        [
            .. (feed.Hostnames ?? []).Where(h => h.State == HostnameState.Active).Select(h => h.Name),
        ];
        if (
            (now.Domain, now.IsActive, now.PublicPort, now.Routes)
                != (tunnel.Domain, active, port, parts.Generation.Routes)
            || !now.Hostnames.SequenceEqual(hostnames)
            || namedIssuer != feed.Authorization?.Issuer
        )
        {
            namedIssuer = feed.Authorization?.Issuer;
            var table = new RouteTable(tunnel.Domain, active, parts.Generation.Routes, port, hostnames);
            parts.Map.Swap(table);
            parts.Connectors.Apply(active, parts.Generation.Routes);
            parts.PublicCertificates.SetNames(active ? table.PublicNames : []);
            Log.RoutesInForce(logger, table.Count, tunnel.Domain, tunnel.Status);
            foreach (var route in table.Unserved)
            {
                Log.RouteAudienceShared(logger, route);
            }
        }
    }
}
