using System.Net;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Hosting;

/// <summary><c>tunnel-edge health</c>: asks the running edge whether it is ready, for probes without an HTTP client.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <returns>0 ready, 2 not ready, 69 out of reach.</returns>
    public static async Task<int> RunAsync(
        EdgeSettings settings,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        var endPoint = settings.Health.Listen[0];
        var host =
            endPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : endPoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : endPoint.Address;
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            var url = new Uri($"http://{new IPEndPoint(host, endPoint.Port)}/readyz");
            using var response = await client.GetAsync(url, cancellationToken);
            await output.WriteLineAsync(await response.Content.ReadAsStringAsync(cancellationToken));
            return response.StatusCode == HttpStatusCode.OK ? ExitCodes.Done : ExitCodes.CheckFailed;
        }
        catch (Exception e)
            when (e is HttpRequestException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            await error.WriteLineAsync($"The edge does not answer on {endPoint} (health.listen): {e.Message}");
            return ExitCodes.Unreachable;
        }
    }
}
