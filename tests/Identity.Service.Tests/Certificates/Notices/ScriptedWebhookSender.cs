using System.Collections.Concurrent;
using System.Text;
using Culvert.Identity.Service.Certificates.Notices;

namespace Culvert.Identity.Service.Tests.Certificates.Notices;

/// <summary>A receiver that takes what it is sent, or does not.</summary>
internal sealed class ScriptedWebhookSender : IWebhookSender
{
    public ConcurrentQueue<(string Url, IReadOnlyDictionary<string, string> Headers, string Body)> Sent { get; } =
        new();

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
        return Task.FromResult(Fault);
    }

    public Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken) =>
        Task.FromResult(CheckFault);
}
