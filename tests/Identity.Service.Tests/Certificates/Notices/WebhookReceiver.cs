using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Identity.Service.Tests.Certificates.Notices;

/// <summary>Somebody else's server: real TLS on loopback. It records what it gets before it answers as the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Message> messages = new();

    private WebhookReceiver(X509Certificate2 certificate, X509Certificate2 issuing, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = certificate;
                        https.ServerCertificateChain = [issuing];
                    })
            )
        );
        app = builder.Build();
        app.Run(context => ReceiveAsync(context, answer));
    }

    public int Port =>
        new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port;

    public IReadOnlyList<Message> Messages => [.. messages];

    public static async Task<WebhookReceiver> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2 issuing,
        RequestDelegate? answer = null
    )
    {
        var receiver = new WebhookReceiver(certificate, issuing, answer ?? (_ => Task.CompletedTask));
        await receiver.app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

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
        );
        await answer(context);
    }

    internal sealed record Message(string Path, string Id, string Timestamp, string Signature, byte[] Body)
    {
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
