using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Culvert.Identity.Service.Webhooks;
using Culvert.Testing;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>A receiver that takes what it is sent, or does not.</summary>
internal sealed class ScriptedWebhookSender : IWebhookSender
{
    public ConcurrentQueue<(string Url, IReadOnlyDictionary<string, string> Headers, string Body)> Sent { get; } =
        new();

    private readonly Channel<string> arrivals = Channel.CreateUnbounded<string>();

    public string? Fault { get; set; }

    public string? CheckFault { get; set; }

    /// <summary>What each message waits for before the receiver answers it.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    public async Task<SendFailure?> SendAsync(
        Webhook webhook,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var text = Encoding.UTF8.GetString(body.Span);
        Sent.Enqueue((webhook.Url, headers.ToDictionary(), text));
        arrivals.Writer.TryWrite(text);
        await Answering.WaitAsync(cancellationToken);
        return Fault is null ? null : new SendFailure(Fault);
    }

    /// <summary>The next message that contains the text; those before it are passed over.</summary>
    public async Task<string> ReceiveAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = arrivals.Reader.ReadAsync(cancellationToken).AsTask();
            var body = await next.WaitAsync(Eventually.Limit, cancellationToken);
            if (body.Contains(text, StringComparison.Ordinal))
            {
                return body;
            }
        }
    }

    public Task<string?> CheckAsync(Webhook webhook, CancellationToken cancellationToken) =>
        Task.FromResult(CheckFault);
}
