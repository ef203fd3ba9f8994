using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Machine.Client.State;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>The path of a call, hop by hop: names, edges, upstreams, and a client's call through edge and agent.</summary>
internal sealed class PathChecks(
    AgentSettings settings,
    AgentState state,
    TimeProvider time,
    IHostResolver? resolver = null,
    KeyAndCertificate? leaf = null
)
{
    public const string EdgeNames = "edge_names";
    public const string Edges = "edges";
    public const string PublicPorts = "public_ports";
    public const string Upstreams = "upstreams";
    public const string Call = "call";

    public static readonly IReadOnlyList<string> Ids =
    [
        EdgeNames,
        Edges,
        PublicPorts,
        Upstreams,
        AffinityCheck.Id,
        Call,
    ];

    private IReadOnlyList<string> Addresses => [.. (state.Feed?.Edges ?? []).SelectMany(e => e.Addresses)];

    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var (names, edges) = (await CheckNamesAsync(cancellationToken), await CheckEdgesAsync(cancellationToken));
        var probed = await ProbeAsync(cancellationToken);
        return
        [
            names,
            edges,
            CheckPorts(),
            CheckUpstreams(probed),
            AffinityCheck.Check(state.Feed?.Tunnel, [.. probed.Select(p => (p.Route.Name, p.Route.Upstream, p.State))]),
            await new CallCheck(settings, state, leaf, time).RunAsync(cancellationToken),
        ];
    }

    public async Task<DoctorFinding> CheckNamesAsync(CancellationToken cancellationToken)
    {
        if (Addresses.Count == 0)
        {
            return DoctorFinding.Skip(EdgeNames, "No edge is known before the first feed.");
        }

        var (good, bad) = (new List<string>(), new List<string>());
        foreach (var address in Addresses.Distinct(StringComparer.Ordinal))
        {
            var host = HostPort.TryParse(address, out var dialled) ? dialled.Host : "";
            if (host.Length == 0 || IPAddress.TryParse(host, out _))
            {
                good.Add(address);
            }
            else if (settings.Identity.Network.Proxy is { } proxy && proxy.AppliesTo(host, dialled.Port))
            {
                good.Add($"{host}: resolved by the proxy");
            }
            else
            {
                try
                {
                    var found = await (resolver ?? SystemHostResolver.Instance).ResolveAsync(host, cancellationToken);
                    good.Add($"{host}: {string.Join(", ", found)}");
                }
                catch (SocketException e)
                {
                    bad.Add($"{host}: {e.Message}");
                }
            }
        }

        return bad.Count == 0
            ? DoctorFinding.Pass(EdgeNames, "The edges' names resolve.", good)
            : DoctorFinding.Fail(
                EdgeNames,
                $"{bad.Count} names of edges do not resolve.",
                "The agent cannot connect to an edge whose name it cannot resolve.",
                "Publish the records that `culvert dns export` prints, or fix this machine's DNS."
            ) with
            {
                Evidence = bad,
            };
    }

    // Opens a connection as the agent does, and closes it at once; no stream is opened on it.
    private async Task<DoctorFinding> CheckEdgesAsync(CancellationToken cancellationToken)
    {
        if (state is not { Platform: { } own, Trust: { } trust, Feed: { } feed })
        {
            return DoctorFinding.Skip(Edges, "Rests on platform_certificate and the first feed.");
        }

        if (feed.Edges.Count == 0)
        {
            return DoctorFinding.Fail(
                Edges,
                "The tunnel has no edge.",
                "No client's call can reach this agent.",
                "Ask an administrator to run: culvert edge list"
            );
        }

        var context = new DialContext
        {
            Certificate = own,
            Trust = trust,
            Edges = feed.Edges,
            RevokedSerials = RevokedSerialSet.From(feed),
        };
        var dialer = new EdgeDialer(() => settings.Tunnel.DialTimeout, settings.Identity.NetworkInForce, time);
        var (good, bad, next) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var (edge, address) in feed.Edges.SelectMany(e => e.Addresses.Select(a => (e, a))))
        {
            var result = await dialer.DialAsync(address, context, cancellationToken);
            if (result.IsConnected)
            {
                await result.Transport.DisposeAsync();
                good.Add($"{edge.Name} {address}: serial {result.PeerSerial}");
            }
            else
            {
                bad.Add($"{edge.Name} {address}: {result.Stage.ToString().ToLowerInvariant()}: {result.Detail}");
                next.AddRange(NextSteps(result, address));
            }
        }

        return bad.Count == 0
            ? DoctorFinding.Pass(Edges, "Every edge is reachable and has a valid certificate.", good)
            : DoctorFinding.Fail(
                Edges,
                $"{bad.Count} of {bad.Count + good.Count} addresses of edges do not accept this agent.",
                "Stage connect: a firewall or proxy blocks the connection. Stage handshake: a device on the path terminates TLS. Stage peer: "
                    + "another server answers.",
                [.. next.Distinct(StringComparer.Ordinal)]
            ) with
            {
                Evidence = [.. bad, .. good],
            };
    }

    private static IEnumerable<string> NextSteps(DialResult result, string address) =>
        result.Stage switch
        {
            DialStage.Connect when result.Cause == ConnectCause.Refused =>
            [
                result.Cause.NextStep(address, "the edge"),
                "tunnel-edge doctor, on the edge's host",
            ],
            DialStage.Connect => [result.Cause.NextStep(address, "the edge")],
            DialStage.Handshake => [$"Let TCP to {address} pass without TLS inspection."],
            _ => [$"Ask an administrator whether {address} is still the address of an edge: culvert edge list"],
        };

    /// <summary>Whether the public port of every edge is the port in the routes' URLs.</summary>
    public DoctorFinding CheckPorts()
    {
        if (state.Feed is not { Tunnel.PublicPort: { } port } feed)
        {
            return DoctorFinding.Skip(PublicPorts, "No edge has reported the port that clients connect to.");
        }

        var others = feed.Edges.Where(e => e.PublicPort is { } told && told != port).ToList();
        return others.Count == 0
            ? DoctorFinding.Pass(PublicPorts, $"The edges report port {port} for clients, as do the routes' URLs.")
            : DoctorFinding.Warn(
                PublicPorts,
                string.Join(
                    " ",
                    others.Select(e => $"Edge {e.Name} reports port {e.PublicPort} for clients, not {port}.")
                ),
                $"The URLs of the routes contain port {port}: a client that uses another port has no token for them.",
                "Correct sni.public_port of that edge.",
                $"If the port has really changed, an administrator runs: culvert tunnel update {feed.Tunnel.Id} "
                    + $"--public-port {others[0].PublicPort}"
            );
    }

    private async Task<IReadOnlyList<(RouteSettings Route, ProbeState State)>> ProbeAsync(
        CancellationToken cancellationToken
    )
    {
        var probed = new List<(RouteSettings, ProbeState)>();
        foreach (var route in settings.Routes)
        {
            probed.Add((route, await UpstreamTrial.RunAsync(route, settings.Issuers, time, cancellationToken)));
        }

        return probed;
    }

    private DoctorFinding CheckUpstreams(IReadOnlyList<(RouteSettings Route, ProbeState State)> probed)
    {
        var (good, bad) = (new List<string>(), new List<string>());
        foreach (var (route, found) in probed)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{route.Name} {route.Upstream.Address}");
            (found.IsHealthy == true ? good : bad).Add(
                found.IsHealthy == true ? $"{line}: answers" : $"{line}: {found.Detail}"
            );
        }

        return bad.Count == 0
            ? DoctorFinding.Pass(Upstreams, "Every upstream answers.", good)
            : DoctorFinding.Fail(
                Upstreams,
                $"{bad.Count} of {settings.Routes.Count} upstreams do not respond.",
                "Calls to these routes fail with 502 or 504 and name the failing hop in a header.",
                [
                    .. settings
                        .Routes.Where(r => bad.Exists(b => b.StartsWith(r.Name + " ", StringComparison.Ordinal)))
                        .Select(r => $"tunnel-agent routes test {r.Name}"),
                ]
            ) with
            {
                Evidence = bad,
            };
    }
}
