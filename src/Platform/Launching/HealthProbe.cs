using System.Net;
using Culvert.Platform.Net;

namespace Culvert.Platform.Launching;

/// <summary>Asks a program whether it can do its job now.</summary>
public sealed class HealthProbe(int port)
{
    /// <summary>A readiness answer names the failing checks; more is of no use here.</summary>
    private const int ShownCharacters = 300;

    private static readonly HttpClient Client = new(OutboundHttp.CreateHandler()) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Base for <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public Uri BaseAddress { get; } = new($"http://127.0.0.1:{port}");

    /// <returns>"" when ready, else why not.</returns>
    public async Task<string> ObstacleAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri(BaseAddress, "/readyz"), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return "";
            }

            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return $"/readyz {(int)answer.StatusCode} {(text.Length <= ShownCharacters ? text : text[..ShownCharacters])}";
        }
        catch (HttpRequestException e)
        {
            return $"/readyz: {e.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "/readyz: no response within 5 s";
        }
    }

    public Task<string> MetricsAsync(CancellationToken cancellationToken) =>
        Client.GetStringAsync(new Uri(BaseAddress, "/metrics"), cancellationToken);
}
