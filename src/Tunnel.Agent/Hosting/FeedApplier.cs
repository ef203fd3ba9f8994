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
            foreach (var keys in parts.Generation.Issuers)
            {
                keys.Revoked = RevokedTokens.From(feed.TokenRevocations, keys.Issuer.Issuer);
            }

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
        )
        {
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
