using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Culvert.Testing.Proxies;

/// <summary>An HTTP server that keeps every request whole.</summary>
internal sealed class HttpTrialTarget : ITrialTarget
{
    private readonly ConcurrentQueue<string> seen = [];
    private TestServer? server;

    public int Port => server!.Port;

    public IEnumerable<string> Seen => seen;

    public static async Task<ITrialTarget> StartAsync(
        X509Certificate2 certificate,
        X509Certificate2 issuing,
        RequestDelegate answer
    )
    {
        var target = new HttpTrialTarget();
        target.server = await TestServer.StartAsync(
            context => target.ServeAsync(context, answer),
            certificate,
            issuing,
            clientCertificates: true
        );
        return target;
    }

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task ServeAsync(HttpContext context, RequestDelegate answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = new StringBuilder($"{context.Request.Path}{context.Request.QueryString}\n");
        foreach (var (name, value) in context.Request.Headers)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        seen.Enqueue(text.Append(await reader.ReadToEndAsync(context.RequestAborted)).ToString());
        await answer(context);
    }
}
