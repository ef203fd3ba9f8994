using System.Text.Json.Nodes;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>
/// A directory before a real CA: what it lacks, and what it never does, is said here. Everything else it takes itself.
/// </summary>
internal sealed class ScriptedDirectory : IAsyncDisposable
{
    private readonly TestPki pki = new(TimeProvider.System.GetUtcNow(), "Directory");
    private TestServer? server;

    /// <summary>Where it is; for <c>acme.directory</c>.</summary>
    public string Url => $"https://127.0.0.1:{server!.Port}/dir";

    public string RootPem => pki.RootPem;

    public System.Security.Cryptography.X509Certificates.X509Certificate2 Root => pki.Root;

    /// <summary>When a certificate is to be renewed, by its RFC 9773 id; null = the directory offers no such thing.</summary>
    public Func<string, (DateTimeOffset Start, DateTimeOffset End)>? Renewal { get; set; }

    /// <summary>Until then nothing is said about renewals.</summary>
    public Task Opened { get; set; } = Task.CompletedTask;

    /// <summary>Seconds for which orders are refused; null = the CA takes them.</summary>
    public int? RateLimit { get; set; }

    /// <summary>Orders that were refused here.</summary>
    public int Refused { get; private set; }

    /// <summary>Certificates that were asked about.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<ScriptedDirectory> StartAsync(Pebble pebble)
    {
        var directory = new ScriptedDirectory();
        var leaf = directory.pki.Issue(dnsNames: ["127.0.0.1"], usages: [TestPki.ServerAuthentication]);
        directory.server = await TestServer.StartAsync(
            context => directory.HandleAsync(context, pebble),
            leaf,
            directory.pki.Issuing
        );
        return directory;
    }

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task HandleAsync(HttpContext context, Pebble pebble)
    {
        var path = context.Request.Path.Value!;
        var here = Url[..^"/dir".Length];
        if (path == "/dir")
        {
            var real = JsonNode.Parse(await pebble.GetAsync(pebble.DirectoryUrl))!;
            if (Renewal is not null)
            {
                real["renewalInfo"] = here + "/renewal";
            }

            if (RateLimit is not null)
            {
                real["newOrder"] = here + "/order";
            }

            real["meta"]!["caaIdentities"] = new JsonArray("pebble.test");
            await context.Response.WriteAsync(real.ToJsonString());
        }
        else if (path == "/order")
        {
            Refused++;
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = $"{RateLimit}";
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(
                """{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many certificates"}"""
            );
        }
        else
        {
            var id = path["/renewal/".Length..];
            lock (Asked)
            {
                Asked.Add(id);
            }

            await Opened;
            var (start, end) = Renewal!(id);
            context.Response.Headers.RetryAfter = "60";
            await context.Response.WriteAsync(
                $$$"""{"suggestedWindow":{"start":"{{{start:O}}}","end":"{{{end:O}}}"}}"""
            );
        }
    }
}
