using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Stage.Processes;

namespace Culvert.Benchmarks.Load;

/// <summary>
/// Debian's <c>wrk</c>: N kept connections over TLS, each with one request under way. On two cores whatever the client
/// spends is taken from the server, and it spends a tenth of what a client in .NET does.
/// </summary>
internal static class Wrk
{
    private const int Threads = 2;

    /// <param name="reuse">Whether requests may be sent again when all were sent; to the service each goes once.</param>
    public static Task<LoadResult> RunAsync(
        string url,
        RequestFile requests,
        (int First, int Count) part,
        bool reuse,
        int connections,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            "replay.lua",
            url,
            connections,
            duration,
            [.. Arguments(requests, part), reuse ? "wrap" : "once", $"{Threads}"],
            Path.GetDirectoryName(requests.Path)!,
            cancellationToken
        );

    /// <summary>
    /// Two requests for each certificate: an exchange, then an issuance with the token that an exchange gave. What is
    /// counted is certificates.
    /// </summary>
    public static Task<LoadResult> RunPairsAsync(
        string url,
        (RequestFile Requests, (int First, int Count) Part) exchanges,
        (RequestFile Requests, (int First, int Count) Part) issuances,
        int connections,
        TimeSpan duration,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            "oidc.lua",
            url,
            connections,
            duration,
            [
                .. Arguments(exchanges.Requests, exchanges.Part),
                .. Arguments(issuances.Requests, issuances.Part),
                $"{Threads}",
            ],
            Path.GetDirectoryName(exchanges.Requests.Path)!,
            cancellationToken
        );

    private static string[] Arguments(RequestFile requests, (int First, int Count) part) =>
        [requests.Path, $"{requests.RequestBytes}", $"{part.First}", $"{part.Count}"];

    private static async Task<LoadResult> RunAsync(
        string script,
        string url,
        int connections,
        TimeSpan duration,
        string[] arguments,
        string folder,
        CancellationToken cancellationToken
    ) =>
        Parse(
            await Tool.RunAsync(
                "wrk",
                [
                    $"--threads={Threads}",
                    $"--connections={connections}",
                    $"--duration={(int)duration.TotalSeconds}s",
                    "--timeout=10s",
                    $"--script={Path.Combine(AppContext.BaseDirectory, "Load", script)}",
                    url,
                    "--",
                    .. arguments,
                ],
                folder,
                cancellationToken
            )
        );

    // "result REQUESTS MICROSECONDS P50_US P99_US ERRORS", as replay.lua prints it.
    private static LoadResult Parse(ToolResult result)
    {
        var line = result.Output.Split('\n').FirstOrDefault(l => l.StartsWith("result ", StringComparison.Ordinal));
        if (!result.Succeeded || line is null)
        {
            throw new InvalidOperationException($"wrk failed: {result.Output}{result.Error}");
        }

        var numbers = line.Split(' ')[1..].Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        if (numbers[4] > 0)
        {
            throw new InvalidOperationException($"{numbers[4]} requests of the load failed: {result.Output}");
        }

        if (numbers[0] == 0)
        {
            throw new InvalidOperationException($"No request of the load was answered in time: {result.Output}");
        }

        return new LoadResult(
            (long)numbers[0],
            numbers[0] / TimeSpan.FromMicroseconds(numbers[1]).TotalSeconds,
            TimeSpan.FromMicroseconds(numbers[2]),
            TimeSpan.FromMicroseconds(numbers[3])
        );
    }
}
