using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

/// <summary>
/// Characters that PostgreSQL does not accept in text never reach it: every route of the API answers with a refusal,
/// none with an internal error.
/// </summary>
public sealed class ControlCharacterTests(ControlCharacterTests.OnPostgres fixture)
    : IClassFixture<ControlCharacterTests.OnPostgres>
{
    private const string Unknown = "_010000000000000000000000";

    private readonly FederatedService service = fixture.Service;

    [Fact]
    public async Task AllRoutes_ControlCharacterInAnyParameter_AreRefusedByName()
    {
        var walked = 0;
        foreach (var (method, pattern) in Routes())
        {
            var path = Fill(pattern, part => part + Unknown);
            using (var named = await SendAsync(method, $"{path}?limit=10&some_filter=a%00b"))
            {
                if (named.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
                {
                    // Not for administrators: refused before the request is read.
                    continue;
                }

                named.StatusCode.ShouldBe(HttpStatusCode.BadRequest, $"{method} {pattern}");
                (await named.ErrorCodeAsync()).ShouldBe("request.invalid", pattern);
                (await TextOf(named)).ShouldContain("some_filter: ", Case.Sensitive, pattern);
            }

            if (pattern.Contains('{', StringComparison.Ordinal))
            {
                using var unknown = await SendAsync(method, Fill(pattern, _ => "a%01b"));
                unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound, $"{method} {pattern}");
                (await unknown.ErrorCodeAsync()).ShouldBe("request.not_found", pattern);
            }

            walked++;
        }

        walked.ShouldBeGreaterThan(60);
    }

    // Each member that somewhere becomes a parameter of a query.
    [Theory]
    [InlineData("/v1/oauth/revocations", """{"kind":"token","token_id":"a\u0000b"}""", "token_id")]
    [InlineData("/v1/oauth/revocations", """{"kind":"rule","rule_id":"a\u0000b"}""", "rule_id")]
    [InlineData("/v1/organizations/federation_rules/simulate", """{"request_id":"a\u0000b"}""", "request_id")]
    [InlineData("/v1/organizations/federation_rules/simulate", """{"rule":{"name":"a\u0000"},"sample":{}}""", "rule")]
    [InlineData("/v1/organizations/service_accounts", """{"name":"a\u0000b"}""", "name")]
    [InlineData("/v1/organizations/service_accounts", """{"a\u0000b":"x"}""", "body")]
    public async Task Post_EscapedNulInABody_IsRefusedByMember(string path, string body, string member)
    {
        using var response = await service.Service.Api.PostAsync(path, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await TextOf(response));
        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
        (await TextOf(response)).ShouldContain($"{member}: ");
    }

    // An escaped backslash before it is text like any other.
    [Fact]
    public async Task Post_TextThatLooksLikeTheEscape_IsTaken() =>
        await service.CreateAsync(
            FederatedService.Rules,
            Described(await service.IssuerAsync(), await service.AccountAsync(), "\\u0000")
        );

    [Theory]
    [InlineData("/v1/oauth/token", "grant_type=a%00b")]
    [InlineData("/v1/oauth/introspect", "token=a%00b")]
    [InlineData("/v1/oauth/revoke", "token=a%00b")]
    public async Task Post_NulInAForm_IsNoFault(string path, string form)
    {
        using var response = await service.Service.Api.PostAsync(
            path,
            new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"),
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await TextOf(response));
    }

    private JsonObject Described(string issuer, string account, string description)
    {
        var body = service.RuleBody(issuer, account);
        body["description"] = description;
        return body;
    }

    private IEnumerable<(string Method, string Pattern)> Routes() =>
        from source in service.Service.Get<IEnumerable<EndpointDataSource>>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<ListenerMetadata>()?.Listener == Listener.Api
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
        select (method, endpoint.RoutePattern.RawText!);

    private static string Fill(string pattern, Func<string, string> value) =>
        string.Join(
            '/',
            pattern.Split('/').Select(part => part.StartsWith('{') ? value(part.Trim('{', '}').Split(':')[0]) : part)
        );

    private Task<HttpResponseMessage> SendAsync(string method, string path) =>
        service.Service.Api.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), path),
            TestContext.Current.CancellationToken
        );

    private static Task<string> TextOf(HttpResponseMessage response) =>
        response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>A service on PostgreSQL.</summary>
    public sealed class OnPostgres : IAsyncLifetime
    {
        internal FederatedService Service { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Service = await FederatedService.StartAsync(options =>
                options with
                {
                    Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                }
            );

        public ValueTask DisposeAsync() => Service.DisposeAsync();
    }
}
