using System.Net;
using Culvert.Platform.Net;

namespace Culvert.Platform.Health;

/// <summary>The running program of this configuration on this machine, as its health listener shows it.</summary>
public sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Bounds an answer, because another program may listen there.</summary>
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly HttpClient client = new(OutboundHttp.CreateHandler())
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public RunningProgram(HealthOptions health)
    {
        ArgumentNullException.ThrowIfNull(health);
        Url = WrittenUrl(health.UrlFile) ?? new Uri($"http://{Reachable(health.Listen[0])}");
    }

    public RunningProgram(Uri url) => Url = url;

    /// <summary>Base URL of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public Uri Url { get; }

    /// <summary>The local address at which a listener on all addresses can be dialled.</summary>
    public static IPEndPoint Reachable(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new(
            endPoint.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
                : endPoint.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
                : endPoint.Address,
            endPoint.Port
        );
    }

    /// <summary>Whether the program is ready, and its whole answer.</summary>
    /// <exception cref="HttpRequestException">The program does not answer.</exception>
    public async Task<(bool IsReady, string Body)> GetReadinessAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/readyz", cancellationToken);
        return (response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The program's metrics, one sample per line.</summary>
    /// <exception cref="HttpRequestException">The program does not answer.</exception>
    public async Task<string[]> ReadMetricsAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/metrics", cancellationToken);
        return (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n');
    }

    /// <summary>
    /// What is read from the program and its answer about readiness; null if it does not answer, or another program does.
    /// </summary>
    /// <param name="own">Recognises the program.</param>
    public async Task<T?> FindOwnAsync<T>(
        ProgramIdentity own,
        Func<string, Task<T>> read,
        CancellationToken cancellationToken
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            var (_, body) = await GetReadinessAsync(cancellationToken);
            return own.FindOther(body) is null ? await read(body) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
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
            throw new HttpRequestException("The request timed out.", e);
        }
    }

    // If the system chose the port, it is in the file that the program wrote.
    private static Uri? WrittenUrl(string file)
    {
        try
        {
            return file.Length > 0 && Uri.TryCreate(File.ReadAllText(file).Trim(), UriKind.Absolute, out var url)
                ? url
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
