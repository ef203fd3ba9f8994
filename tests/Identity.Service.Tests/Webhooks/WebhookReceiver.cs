using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>
/// Another organization's server: real TLS on loopback. It records requests before it answers as the test defines.
/// </summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<Message> messages = new();
    private TestServer? server;

    public int Port => server!.Port;

    public IReadOnlyList<Message> Messages => [.. messages];

    public static async Task<WebhookReceiver> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2 issuing,
        RequestDelegate? answer = null
    )
    {
        var receiver = new WebhookReceiver();
        receiver.server = await TestServer.StartAsync(
            context => receiver.ReceiveAsync(context, answer ?? (_ => Task.CompletedTask)),
            certificate,
            issuing
        );
        return receiver;
    }

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, RequestDelegate answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        messages.Enqueue(
            new Message(
                context.Request.Path,
                context.Request.Headers["webhook-id"].ToString(),
                context.Request.Headers["webhook-timestamp"].ToString(),
                context.Request.Headers["webhook-signature"].ToString(),
                body.ToArray()
            )
            {
                ContentType = context.Request.ContentType,
                Accept = context.Request.Headers.Accept.ToString(),
            }
        );
        await answer(context);
    }

    internal sealed record Message(string Path, string Id, string Timestamp, string Signature, byte[] Body)
    {
        public string? ContentType { get; init; }

        public string? Accept { get; init; }

        /// <summary>As a receiver's own library does it: Standard Webhooks 1.0, compared in fixed time.</summary>
        public bool IsSignedBy(string secret)
        {
            var key = Convert.FromBase64String(secret["whsec_".Length..]);
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{Id}.{Timestamp}."), .. Body];
            return Signature
                .Split(' ')
                .Where(one => one.StartsWith("v1,", StringComparison.Ordinal))
                .Any(one =>
                    CryptographicOperations.FixedTimeEquals(
                        Convert.FromBase64String(one[3..]),
                        HMACSHA256.HashData(key, signed)
                    )
                );
        }
    }
}
