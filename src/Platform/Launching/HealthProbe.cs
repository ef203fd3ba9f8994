using System.Net;
using System.Text.Json.Nodes;
using Culvert.Platform.Net;

namespace Culvert.Platform.Launching;

public sealed class HealthProbe(int port)
{
    private static readonly HttpClient Client = new(OutboundHttp.CreateHandler()) { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Base URL of <c>/healthz</c>, <c>/readyz</c> and <c>/metrics</c>.</summary>
    public Uri BaseAddress { get; } = new($"http://127.0.0.1:{port}");

    /// <returns>"" when ready, else the reason.</returns>
    public async Task<string> ObstacleAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(null, cancellationToken)).Obstacle;

    /// <summary>Reads the readiness checks; the tolerated one may fail.</summary>
    /// <returns>Why it is not ready apart from the tolerated check, and the detail of that check; "": ready.</returns>
    public async Task<(string Obstacle, string Tolerated)> ReadAsync(
        string? tolerated,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri(BaseAddress, "/readyz"), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return ("", "");
            }

            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            var failing = ((JsonNode.Parse(text) as JsonObject)?["checks"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Where(check => check["ready"]?.GetValue<bool>() == false)
                .Select(check => (Name: $"{check["name"]}", Detail: $"{check["detail"]}"))
                .ToList();
            var others = failing.Where(check => check.Name != tolerated).Select(check => check.Detail).ToList();
            return (
                others.Count == 0 && failing.Count > 0
                    ? ""
                    : $"/readyz {(int)answer.StatusCode} {string.Join(' ', others)}",
                failing.FirstOrDefault(check => check.Name == tolerated).Detail ?? ""
            );
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException)
        {
            return ($"/readyz on port {port}: {e.Message}", "");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"/readyz on port {port}: no response within 5 s", "");
        }
    }

    public Task<string> MetricsAsync(CancellationToken cancellationToken) =>
        Client.GetStringAsync(new Uri(BaseAddress, "/metrics"), cancellationToken);
}
