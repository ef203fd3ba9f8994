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

        var lines = new List<DoctorLine>();
        foreach (var address in Addresses.Distinct(StringComparer.Ordinal))
        {
            lines.Add(await CheckNameAsync(address, cancellationToken));
        }

        return DoctorFinding.FromEach(
            EdgeNames,
            lines,
            "The edges' names resolve.",
            bad => $"{bad} names of edges do not resolve.",
            "The agent cannot connect to an edge whose name it cannot resolve."
        );
    }

    private async Task<DoctorLine> CheckNameAsync(string address, CancellationToken cancellationToken)
    {
        var host = HostPort.TryParse(address, out var dialled) ? dialled.Host : "";
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
        {
            return new DoctorLine(true, address);
        }

        if (settings.Identity.Network.Proxy is { } proxy && proxy.AppliesTo(host, dialled.Port))
        {
            return new DoctorLine(true, $"{host}: resolved by the proxy");
        }

        try
        {
            var found = await (resolver ?? SystemHostResolver.Instance).ResolveAsync(host, cancellationToken);
            return new DoctorLine(true, $"{host}: {string.Join(", ", found)}");
        }
        catch (SocketException e)
        {
            return new DoctorLine(
                false,
                $"{host}: {e.Message}",
                "Publish the records that `culvert dns export` prints, or fix this machine's DNS."
            );
        }
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
        var lines = new List<DoctorLine>();
        foreach (var (edge, address) in feed.Edges.SelectMany(e => e.Addresses.Select(a => (e, a))))
        {
            var name = $"{edge.Name} {address}";
            var result = await dialer.DialAsync(address, context, cancellationToken);
            if (result.IsConnected)
            {
                await result.Transport.DisposeAsync();
                lines.Add(new DoctorLine(true, $"{name}: serial {result.PeerSerial}"));
            }
            else
            {
                var stage = result.Stage.ToString().ToLowerInvariant();
                lines.Add(new DoctorLine(false, $"{name}: {stage}: {result.Detail}", NextSteps(result, address)));
            }
        }

        return DoctorFinding.FromEach(
            Edges,
            lines,
            "Every edge is reachable and has a valid certificate.",
            bad => $"{bad} of {lines.Count} addresses of edges do not accept this agent.",
            "Stage connect: a firewall or proxy blocks the connection. Stage handshake: a device on the path terminates TLS. Stage peer: "
                + "another server answers.",
            showsGood: true
        );
    }

    private static IReadOnlyList<string> NextSteps(DialResult result, string address) =>
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

    private DoctorFinding CheckUpstreams(IReadOnlyList<(RouteSettings Route, ProbeState State)> probed) =>
        DoctorFinding.FromEach(
            Upstreams,
            [
                .. probed.Select(p => new DoctorLine(
                    p.State.IsHealthy == true,
                    $"{p.Route.Name} {p.Route.Upstream.Address}: {(p.State.IsHealthy == true ? "answers" : p.State.Detail)}",
                    $"tunnel-agent routes test {p.Route.Name}"
                )),
            ],
            "Every upstream answers.",
            bad => $"{bad} of {settings.Routes.Count} upstreams do not respond.",
            "Calls to these routes fail with 502 or 504 and name the failing hop in a header."
        );
}
