using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;

namespace Culvert.Benchmarks.Servers;

/// <summary>An MCP server's place: reads the call and answers a small fixed result at once, so that forwarding is all that is measured.</summary>
internal static class FixedUpstream
{
    private static readonly byte[] Answer =
        """{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Echo: hello"}]}}"""u8.ToArray();

    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var host = builder.Build();
        host.Run(context => FixedAnswer.WriteAsync(context, Answer, cancellationToken));
        await host.StartAsync(cancellationToken);
        await host.WaitForShutdownAsync(cancellationToken);
    }
}
