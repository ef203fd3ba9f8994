using System.Net;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Documentation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Documentation;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

/// <summary>S31: whatever needs no credential is limited per source, and the page of the security model lists it.</summary>
public sealed class UnauthenticatedPathTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly string Page = File.ReadAllText(CheckoutFolder.GetPath("docs/security-model.md"));

    /// <summary>For people; they say for themselves who may.</summary>
    private static readonly (string Method, string Path)[] ConsolePaths =
    [
        ("GET", ConsoleAssets.StylesPath),
        ("GET", ConsoleAssets.IconPath),
        ("GET", ConsoleEndpoints.Home),
        ("GET", "/console/tunnels"),
        ("GET", ConsoleEndpoints.SignInPath),
        ("POST", ConsoleEndpoints.SignInPath),
        ("GET", ConsoleEndpoints.ProviderPath),
        ("GET", $"{ConsoleEndpoints.ProviderPath}/callback"),
        ("GET", ConsoleEndpoints.KeyOwnerPath),
        ("POST", ConsoleEndpoints.KeyOwnerPath),
        ("POST", "/console/sign-out"),
        ("GET", ApiBrowser.Path),
        ("GET", $"{ApiBrowser.Path}/scalar.js"),
        ("GET", $"{ApiBrowser.Path}/unknown"),
    ];

    [Fact]
    public async Task EveryPath_BeyondTheLimitOfItsSource_Is429()
    {
        var once = new RateLimit(1, Window);
        await using var service = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = o.Limits with { ExchangePerAddress = once, ListsPerAddress = once },
            }
        );
        using var anyone = service.Client(null, followsRedirects: false);
        List<string> unlimited = [];
        foreach (var (method, path) in Anonymous(service).Concat(ConsolePaths))
        {
            service.Time.Advance(2 * Window); // the one before used it up
            (await SendAsync(anyone, method, path)).ShouldNotBe(HttpStatusCode.TooManyRequests, path);
            if (await SendAsync(anyone, method, path) != HttpStatusCode.TooManyRequests)
            {
                unlimited.Add($"{method} {path}");
            }
        }

        unlimited.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryPath_OfTheApi_IsInThePage()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        Anonymous(service)
            .Select(path => $"`{path.Method} {path.Path}`")
            .Where(path => !Page.Contains(path, StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    private static IEnumerable<(string Method, string Path)> Anonymous(ServiceUnderTest service) =>
        service
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Operation>())
            .OfType<Operation>()
            .Where(operation => operation.Access.Kind == AccessKind.Anonymous || operation.Access.AcceptsAssertion)
            .Select(operation => operation.Name.Split(' '))
            .Select(name => (name[0], name[1]))
            .Where(path => !path.Item2.StartsWith("/console/", StringComparison.Ordinal));

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string method, string path)
    {
        // Any value in the place of an id: it is refused only after the limit.
        var target = path.Replace("{", "").Replace("}", "");
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(target, UriKind.Relative));
        request.Content = method == "POST" ? new FormUrlEncodedContent([]) : null;
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
