using System.Net;
using System.Text;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Admin;

/// <summary>S1: an administrator of one organization asks every endpoint for the things of another one.</summary>
public sealed class OrganizationIsolationTests : IAsyncLifetime
{
    private MachineBench bench = null!;
    private HttpClient stranger = null!;
    private string strangersId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        bench = await MachineBench.StartAsync();
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        strangersId = other.Id();
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{strangersId}}"}"""
        );
        stranger = bench.Service.Client(key.Text("admin_key"));
    }

    public async ValueTask DisposeAsync()
    {
        stranger.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task EveryEndpoint_ForTheThingsOfAnotherOrganization_AnswersAsForUnknownOnes()
    {
        var things = await OneOfEach.MakeAsync(bench);
        var before = await ShownAsync(bench.Service.Api, things);
        List<string> faults = [];
        var walked = 0;
        foreach (var (method, template) in OneOfEach.Operations(bench.Service))
        {
            var path = OneOfEach.Fill(template, template, things);
            if (path == template || (method, template) == ("POST", "/v1/client_range_sets/{name}"))
            {
                continue; // names nothing; or makes a set of the caller's own, whose names are each organization's
            }

            walked++;
            var body = OneOfEach.Body(method, template, things);
            var (status, answer) = await SendAsync(method, path, body);
            if (status != HttpStatusCode.NotFound)
            {
                faults.Add($"{method} {path}: {(int)status} {answer}");
            }
        }

        faults.ShouldBeEmpty();
        walked.ShouldBeGreaterThan(80);
        (await ShownAsync(bench.Service.Api, things)).ShouldBe(before);
    }

    [Fact]
    public async Task EveryList_OfAnotherOrganization_HoldsNothingOfThis()
    {
        var things = await OneOfEach.MakeAsync(bench);
        var ids = things.Values.Where(id => id.Length > 10).ToList();
        foreach (
            var (_, template) in OneOfEach
                .Operations(bench.Service)
                .Where(o => o.Method == "GET" && !o.Template.Contains('{'))
        )
        {
            var (_, answer) = await SendAsync("GET", template, body: null);

            ids.Where(id => answer.Contains(id, StringComparison.Ordinal)).ShouldBeEmpty(template);
        }
    }

    [Fact]
    public async Task CreatedThings_OfTheOther_AreItsOwn()
    {
        var tunnel = await stranger.PostOkAsync("/v1/tunnels");

        tunnel.Text("organization_id").ShouldBe(strangersId);
        await bench
            .Service.Api.GetAsync($"/v1/tunnels/{tunnel.Id()}", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        (await stranger.GetOkAsync("/v1/organizations"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(organization => organization.Text("name"))
            .ShouldBe(["Other"]);
    }

    // What its owner sees of each, to prove that nothing has changed.
    private static async Task<string> ShownAsync(HttpClient owner, Dictionary<string, string> things)
    {
        var shown = new StringBuilder();
        foreach (
            var path in (string[])
                [
                    "/v1/tunnels/{tunnel_id}",
                    "/v1/tunnels/{tunnel_id}/agents",
                    "/v1/tunnels/{tunnel_id}/certificates",
                    "/v1/tunnels/{tunnel_id}/client_certificate_authorities",
                    "/v1/tunnels/{tunnel_id}/relying_parties",
                    "/v1/tunnels/{tunnel_id}/hostnames",
                    "/v1/certificate_authorities/{ca_id}",
                    "/v1/organizations/federation_issuers/{id}",
                    "/v1/organizations/federation_issuers/{id}/signals",
                    "/v1/organizations/federation_rules/{id}",
                    "/v1/organizations/service_accounts/{id}",
                    "/v1/client_range_sets/{name}",
                    "/v1/webhooks/{webhook_id}",
                    "/v1/oauth/clients/{client_id}",
                    "/v1/oauth/revocations",
                ]
        )
        {
            shown.AppendLine((await owner.GetOkAsync(OneOfEach.Fill(path, path, things))).ToString());
        }

        return shown.ToString();
    }

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (method == "POST")
        {
            request.Content = new StringContent(body ?? "{}", Encoding.UTF8, "application/json");
        }

        using var response = await stranger.SendAsync(request, Cancel);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
