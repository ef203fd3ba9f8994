using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Platform.Net;

namespace Culvert.Platform.Telemetry;

/// <summary>Sends log records to a collector: OTLP over HTTP in its JSON encoding.</summary>
public sealed class CollectorClient : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly LogsCollector collector;
    private readonly CollectorRequest request;
    private readonly HttpClient http;

    public CollectorClient(LogsCollector collector, NetworkSource network, string program, string scope)
    {
        ArgumentNullException.ThrowIfNull(collector);
        ArgumentNullException.ThrowIfNull(network);
        this.collector = collector;
        request = new CollectorRequest(program, scope);
        var handler = OutboundHttp.CreateHandler(
            collector.ChainPolicy(network.Current.CaBundle),
            new OutboundDialer(network).ConnectAsync
        );
        http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan, // the caller limits the time
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }

    /// <summary>Sends the records in order. After an error any part may have arrived. The caller limits the time.</summary>
    public async ValueTask<CollectorAnswer> SendAsync(
        IEnumerable<CollectorRecord> records,
        CancellationToken cancellationToken
    )
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, collector.Endpoint)
        {
            Content = new ByteArrayContent(request.Render(records))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        foreach (var (name, value) in collector.Headers())
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var answer = await http.SendAsync(message, cancellationToken);
            return answer.IsSuccessStatusCode
                ? new CollectorAnswer(
                    Rejected: RejectedIn(await answer.Content.ReadAsByteArrayAsync(cancellationToken))
                )
                : new CollectorAnswer($"The collector answered {(int)answer.StatusCode}.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or CryptographicException)
        {
            return new CollectorAnswer(
                fault.InnerException is { } cause ? $"{fault.Message} {cause.Message}" : fault.Message
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // OTLP partial success: rejected records must not be sent again.
    private static long RejectedIn(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("partialSuccess", out var partial)
                && partial.ValueKind == JsonValueKind.Object
                && partial.TryGetProperty("rejectedLogRecords", out var rejected)
                && long.TryParse(rejected.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                ? count
                : 0;
        }
        catch (JsonException)
        {
            return 0; // a success without details
        }
    }
}
