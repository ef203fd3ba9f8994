using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// The floor: the same web server over the same kind of TLS, in a process of its own, that reads the body and answers
/// something fixed of the same size. What a measured server does on top of it is its own work.
/// </summary>
internal static class EmptyEndpoint
{
    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (port, certificate, key) = (int.Parse(arguments[0], null), arguments[1], arguments[2]);
        var answer = new byte[int.Parse(arguments[3], null)];
        answer.AsSpan().Fill((byte)'x');
        using var pair = X509Certificate2.CreateFromPemFile(certificate, key);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(pair))
        );
        await using var host = builder.Build();
        host.Run(async context =>
        {
            while (await context.Request.BodyReader.ReadAsync(cancellationToken) is { IsCompleted: false } read)
            {
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            }

            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer, cancellationToken);
        });
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }
}
