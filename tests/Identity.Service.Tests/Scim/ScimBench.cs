using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>A service with the directory of one issuer.</summary>
internal sealed class ScimBench : IAsyncDisposable
{
    private ScimBench(ServiceUnderTest service, ScimClient directory)
    {
        Service = service;
        Directory = directory;
    }

    public ServiceUnderTest Service { get; }

    public ScimClient Directory { get; }

    public static async Task<ScimBench> StartAsync()
    {
        var service = await ServiceUnderTest.StartAsync();
        return new ScimBench(service, await ScimClient.CreateAsync(service, await AddIssuerAsync(service, "people")));
    }

    public static async Task<string> AddIssuerAsync(ServiceUnderTest service, string name, HttpClient? client = null) =>
        (
            await (client ?? service.Api).PostOkAsync(
                "/v1/organizations/federation_issuers",
                $$$"""{"name":"{{{name}}}","issuer_url":"https://{{{name}}}.example.com","jwks":{"type":"discovery"}}"""
            )
        ).Id();

    /// <summary>The events with that name, newest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> FindEventsAsync(string name) =>
        [
            .. (await Service.Api.GetOkAsync("/v1/audit?limit=100"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body"))
                .Where(body => body.Text("event") == name),
        ];

    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        await Service.DisposeAsync();
    }
}
