using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Culvert.Platform.Health;

/// <summary>A small web server of its own for health and metrics, so that the main listeners stay as they are.</summary>
public sealed class HealthServer : IAsyncDisposable
{
    private const string PagePath = "/ui";

    private readonly WebApplication app;
    private readonly StrongBox<HealthOptions> rules;

    private HealthServer(WebApplication app, StrongBox<HealthOptions> rules, IReadOnlyList<string> urls)
    {
        this.app = app;
        this.rules = rules;
        Urls = urls;
    }

    /// <summary>Where it listens, with the ports that the system chose.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>Listens.</summary>
    /// <param name="options">Where, and for whom.</param>
    /// <param name="endpoints">What is answered.</param>
    /// <param name="cancellationToken">Ends the start, not the server.</param>
    /// <param name="page">Answers <c>/ui</c> with a page for people; null: there is none.</param>
    /// <exception cref="IOException">An address is taken or not ours.</exception>
    public static async Task<HealthServer> StartAsync(
        HealthOptions options,
        HealthEndpoints endpoints,
        CancellationToken cancellationToken,
        Func<HttpContext, Task>? page = null
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = 64;
            foreach (var endPoint in options.Listen)
            {
                kestrel.Listen(endPoint);
            }

            if (options.UnixSocket.Length > 0)
            {
                File.Delete(options.UnixSocket); // left by a killed process; a live one holds the state lock
                kestrel.ListenUnixSocket(options.UnixSocket);
            }
        });
        var app = builder.Build();
        var rules = new StrongBox<HealthOptions>(options);
        app.Run(context => HandleAsync(context, Volatile.Read(ref rules.Value!), endpoints, page));
        await app.StartAsync(cancellationToken);
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (options.UrlFile.Length > 0)
        {
            await File.WriteAllTextAsync(options.UrlFile, urls.First() + "\n", cancellationToken);
        }

        return new HealthServer(app, rules, [.. urls]);
    }

    /// <summary>Puts in force who may ask for what. Where it listens stays as it is.</summary>
    public void Apply(HealthOptions options) => Volatile.Write(ref rules.Value, options);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static Task HandleAsync(
        HttpContext context,
        HealthOptions options,
        HealthEndpoints endpoints,
        Func<HttpContext, Task>? page
    ) =>
        !IsAllowed(context, options.AllowedHosts) ? Refuse(context, StatusCodes.Status400BadRequest)
        : context.Request.Path != PagePath || page is null || !options.Ui ? endpoints.HandleAsync(context)
        : !LocalPage.Permits(context, options.AllowedHosts) ? Refuse(context, StatusCodes.Status403Forbidden)
        : !HttpMethods.IsGet(context.Request.Method) ? Refuse(context, StatusCodes.Status405MethodNotAllowed)
        : page(context);

    private static bool IsAllowed(HttpContext context, IReadOnlyList<string> hosts) =>
        hosts.Count == 0
        || hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase)
        || context.Connection.LocalIpAddress is null; // a Unix socket has no name to forge

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
