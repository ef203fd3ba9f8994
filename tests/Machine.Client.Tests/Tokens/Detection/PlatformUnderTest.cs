using System.Net;
using Culvert.Machine.Client.Tokens;
using Culvert.Machine.Client.Tokens.Detection;
using Culvert.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

/// <summary>A platform made of variables, a firmware folder, and one real HTTP server in place of its services.</summary>
internal sealed class PlatformUnderTest : IAsyncDisposable
{
    public const string Audience = "https://identity.example.com:8443";
    public const string Token = "eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);
    private WebApplication? app;

    public List<RecordedRequest> Requests { get; } = [];

    public string SocketPath => Path.Combine(folder.FullName, "agent.sock");

    public string ProjectedToken => Path.Combine(folder.FullName, "token");

    /// <summary>Host and port of the server.</summary>
    public string Authority { get; private set; } = "192.0.2.1";

    public string this[string variable]
    {
        set => variables[variable] = value;
    }

    public FakeTimeProvider Time { get; } = new();

    public PlatformEnvironment Environment =>
        new(name => variables.GetValueOrDefault(name), Time)
        {
            Metadata = Authority,
            ContainerCredentials = Authority,
            SecurityTokenService = region => new Uri($"http://{Authority}/sts/{region}/"),
            FirmwareFolder = folder.FullName,
            ProjectedToken = ProjectedToken,
        };

    public void Firmware(string name, string text) =>
        File.WriteAllText(Path.Combine(folder.FullName, name), text + "\n");

    public IdentityTokenSource Source(string detector = "auto") =>
        new(new IdentityTokenOptions { Detector = detector, Audience = Audience }, Environment);

    public Task<string> ReadAsync(string detector = "auto") =>
        Source(detector).ReadAsync(TestContext.Current.CancellationToken);

    public async Task<string> FaultAsync(string detector = "auto") =>
        (await Should.ThrowAsync<IdentityTokenException>(() => ReadAsync(detector))).Message;

    public Task ServeAsync(RequestDelegate handler) =>
        StartAsync(kestrel => kestrel.Listen(IPAddress.Loopback, 0), handler);

    public Task ServeWorkloadApiAsync(RequestDelegate handler) =>
        StartAsync(
            kestrel => kestrel.ListenUnixSocket(SocketPath, listen => listen.Protocols = HttpProtocols.Http2),
            handler
        );

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private async Task StartAsync(Action<KestrelServerOptions> listen, RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(listen);
        app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            Requests.Add(
                new RecordedRequest(
                    http.Request.Method,
                    http.Request.Path + http.Request.QueryString,
                    http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()),
                    body.ToArray()
                )
            );
            await handler(http);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (Uri.TryCreate(address.First(), UriKind.Absolute, out var url) && url.Port > 0)
        {
            Authority = url.Authority;
        }
    }

    internal sealed record RecordedRequest(
        string Method,
        string Target,
        IReadOnlyDictionary<string, string> Headers,
        byte[] Body
    );
}
