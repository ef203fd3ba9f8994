using System.Globalization;
using System.Net;
using Culvert.Platform.Health;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>The edge that runs on this machine, as its health listener shows it.</summary>
internal sealed class RunningEdge : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient client = new(OutboundHttp.CreateHandler()) { Timeout = Timeout };

    public RunningEdge(HealthOptions health) => Url = new Uri($"http://{Reachable(health.Listen[0])}");

    public Uri Url { get; }

    /// <summary>Where a listener on every address is dialled on this machine.</summary>
    public static IPEndPoint Reachable(IPEndPoint endPoint) =>
        new(
            endPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
                : endPoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
                : endPoint.Address,
            endPoint.Port
        );

    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<(bool IsReady, string Body)> AskReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/readyz", cancellationToken);
        return (response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Whether it drains, and how many connections agents and clients still have to it.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<(bool IsDraining, long Agents, long Clients)> AskDrainAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/metrics", cancellationToken);
        var lines = (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n');
        return (
            Sum("culvert_edge_draining") > 0,
            Sum("culvert_edge_agent_connections"),
            Sum("culvert_edge_client_connections")
        );

        long Sum(string name) =>
            (long)
                lines
                    .Where(line =>
                        line.StartsWith(name, StringComparison.Ordinal) && line.AsSpan(name.Length) is [' ' or '{', ..]
                    )
                    .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(new Uri(Url, path), cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("It does not answer in time.", e);
        }
    }
}
