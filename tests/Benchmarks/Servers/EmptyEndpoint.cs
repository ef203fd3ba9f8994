using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
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
        var (port, certificate, key) = (
            int.Parse(arguments[0], CultureInfo.InvariantCulture),
            arguments[1],
            arguments[2]
        );
        var answer = new byte[int.Parse(arguments[3], CultureInfo.InvariantCulture)];
        answer.AsSpan().Fill((byte)'x');
        using var pair = X509Certificate2.CreateFromPemFile(certificate, key);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(pair))
        );
        await using var host = builder.Build();
        host.Run(context => FixedAnswer.WriteAsync(context, answer, cancellationToken));
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }
}
