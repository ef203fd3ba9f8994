using System.Collections.Concurrent;
using System.Text;
using Culvert.Identity.Service.Certificates.Notices;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Notices;

/// <summary>A receiver that takes what it is sent, or does not.</summary>
internal sealed class ScriptedWebhookSender : IWebhookSender
{
    public ConcurrentQueue<(string Url, IReadOnlyDictionary<string, string> Headers, string Body)> Sent { get; } =
        new();

    private readonly SemaphoreSlim arrivals = new(0);

    public string? Fault { get; set; }

    public string? CheckFault { get; set; }

    public Task<string?> SendAsync(
        Webhook webhook,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        Sent.Enqueue((webhook.Url, headers.ToDictionary(), Encoding.UTF8.GetString(body.Span)));
        arrivals.Release();
        return Task.FromResult(Fault);
    }

    /// <summary>The first message that contains the text, sent already or to come.</summary>
    public async Task<string> ReceiveAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Sent.FirstOrDefault(sent => sent.Body.Contains(text, StringComparison.Ordinal)).Body is { } body)
            {
                return body;
            }

            (await arrivals.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken)).ShouldBeTrue(
                $"no message has {text}"
            );
        }
    }

    public Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken) =>
        Task.FromResult(CheckFault);
}
