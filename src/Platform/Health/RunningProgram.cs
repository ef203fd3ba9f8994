using System.Net;
using Culvert.Platform.Net;

namespace Culvert.Platform.Health;

/// <summary>The program that runs on this machine with this configuration, as its health listener shows it.</summary>
public sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of one answer: what listens there may be another program.</summary>
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly HttpClient client = new(OutboundHttp.CreateHandler())
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <param name="health">The program's <c>health</c> section.</param>
    public RunningProgram(HealthOptions health)
    {
        ArgumentNullException.ThrowIfNull(health);
        Url = WrittenUrl(health.UrlFile) ?? new Uri($"http://{Reachable(health.Listen[0])}");
    }

    /// <param name="url">Base of its health listener.</param>
    public RunningProgram(Uri url) => Url = url;

    /// <summary>Base of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public Uri Url { get; }

    /// <summary>Where a listener on every address is dialled on this machine.</summary>
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

    /// <summary>Whether it can do its job now, and its whole answer.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<(bool IsReady, string Body)> AskReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/readyz", cancellationToken);
        return (response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Its metrics, one sample a line.</summary>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<string[]> ReadMetricsAsync(CancellationToken cancellationToken)
    {
        using var response = await GetAsync("/metrics", cancellationToken);
        return (await response.Content.ReadAsStringAsync(cancellationToken)).Split('\n');
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

    // A port that the system chose is known from the file that the program wrote.
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
