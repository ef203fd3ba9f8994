using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>
/// Reads the answer to one request event by event; disposing it closes the stream. An answer that is not a stream is
/// one message.
/// </summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource closing;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    private EventReader(HttpResponseMessage response, Stream body, CancellationToken cancellationToken)
    {
        this.response = response;
        closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        events = SseParser.Create(body).EnumerateAsync(closing.Token).GetAsyncEnumerator(closing.Token);
    }

    /// <summary>The id of the last event that had one.</summary>
    public string LastId { get; private set; } = "";

    public static async Task<EventReader> OpenAsync(
        Task<HttpResponseMessage> sending,
        CancellationToken cancellationToken
    )
    {
        var response = await sending;
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            using (response)
            {
                var body = await response.Content.ReadAsStringAsync(cancellationToken);
                throw new InvalidOperationException($"No stream: {(int)response.StatusCode} {body}");
            }
        }

        return new EventReader(
            response,
            await response.Content.ReadAsStreamAsync(cancellationToken),
            cancellationToken
        );
    }

    /// <summary>The next message; null when the stream ended. Events without data only move the id on.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(Limit, closing.Token))
        {
            var (data, id) = (events.Current.Data, events.Current.EventId);
            LastId = id is { Length: > 0 } ? id : LastId;
            if (data.Length > 0)
            {
                using var message = JsonDocument.Parse(data);
                return message.RootElement.Clone();
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        response.Dispose();
        try
        {
            await events.DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // A read was still running; the response is gone all the same.
        }

        closing.Dispose();
    }
}
