using System.Net;
using Culvert.Platform.Addresses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Platform.Health;

/// <summary>A separate small web server for health and metrics, which leaves the main listeners unchanged.</summary>
public sealed class HealthServer : IAsyncDisposable
{
    private const string PagePath = "/ui";

    private readonly HealthEndpoints endpoints;
    private readonly Func<HttpContext, Task>? page;
    private volatile HealthOptions options;
    private WebApplication? app;

    private HealthServer(HealthOptions options, HealthEndpoints endpoints, Func<HttpContext, Task>? page) =>
        (this.options, this.endpoints, this.page) = (options, endpoints, page);

    /// <summary>The URLs of the listeners, with the ports that the system chose.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    public HealthOptions Options => options;

    /// <summary>
    /// Starts the listeners, with the page at <c>/ui</c> if there is one. The token cancels only the start.
    /// </summary>
    /// <exception cref="IOException">An address is in use or does not belong to this machine.</exception>
    public static async Task<HealthServer> StartAsync(
        HealthOptions options,
        HealthEndpoints endpoints,
        CancellationToken cancellationToken,
        Func<HttpContext, Task>? page = null
    )
    {
        var server = new HealthServer(options, endpoints, page);
        await server.ListenAsync(options, cancellationToken);
        return server;
    }

    /// <summary>Applies new settings, including new listen addresses.</summary>
    /// <exception cref="IOException">A new address cannot be used; nothing has changed.</exception>
    public async Task ApplyAsync(HealthOptions next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        var before = options;
        if (!ListensAlike(before, next))
        {
            await EndAsync(); // first: both may name the same address
            try
            {
                await ListenAsync(next, cancellationToken);
            }
            catch (IOException)
            {
                await ListenAsync(before, cancellationToken);
                throw;
            }
        }

        options = next;
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    private static bool ListensAlike(HealthOptions one, HealthOptions other) =>
        one.Listen.SequenceEqual(other.Listen) && one.UnixSocket == other.UnixSocket && one.UrlFile == other.UrlFile;

    private async Task ListenAsync(HealthOptions next, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 64;
            foreach (var endPoint in next.Listen)
            {
                kestrel.Listen(endPoint);
            }

            if (next.UnixSocket.Length > 0)
            {
                File.Delete(next.UnixSocket); // left by a killed process; a live one holds the state lock
                kestrel.ListenUnixSocket(next.UnixSocket);
            }
        });
        app = builder.Build();
        app.Run(HandleAsync);
        try
        {
            await app.StartAsync(cancellationToken);
            Urls = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
            if (next.UrlFile.Length > 0)
            {
                await File.WriteAllTextAsync(next.UrlFile, Urls[0] + "\n", cancellationToken);
            }
        }
        catch
        {
            await EndAsync();
            throw;
        }
    }

    private async Task EndAsync()
    {
        if (app is { } listening)
        {
            app = null;
            await listening.StopAsync();
            await listening.DisposeAsync();
        }
    }

    private Task HandleAsync(HttpContext context)
    {
        var rules = options;
        return !IsAllowed(context, rules.AllowedHosts) ? Refuse(context, StatusCodes.Status400BadRequest)
            : context.Request.Path != PagePath || page is null || !rules.Ui ? endpoints.HandleAsync(context)
            : !LocalPage.Permits(context, rules.AllowedHosts) ? Refuse(context, StatusCodes.Status403Forbidden)
            : !HttpMethods.IsGet(context.Request.Method) ? Refuse(context, StatusCodes.Status405MethodNotAllowed)
            : page(context);
    }

    // On loopback, a name that a foreign page may have pointed here is refused (DNS rebinding). Elsewhere monitoring
    // may use any name of this machine. A Unix socket has no host name to forge.
    private static bool IsAllowed(HttpContext context, IReadOnlyList<string> hosts)
    {
        var host = context.Request.Host.Host;
        return context.Connection.LocalIpAddress is not { } local
            || hosts.Any(name => HostName.AreSame(name, host))
            || (
                hosts.Count == 0
                && (
                    !IPAddress.IsLoopback(local)
                    || host.Length == 0
                    || HostName.AreSame(host, "localhost")
                    || IPAddress.TryParse(host.Trim('[', ']'), out _)
                )
            );
    }

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
