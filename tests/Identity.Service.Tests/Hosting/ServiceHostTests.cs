using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Hosting;

public sealed class ServiceHostTests
{
    [Fact]
    public async Task Get_OrganizationWithAdminKey_AnswersWithIdsInHeaders()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.GetAsync(
            "/v1/organizations/current",
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var organization = await response.JsonAsync();
        organization.GetProperty("name").GetString().ShouldBe("Example");
        response.Header("request-id").ShouldStartWith("req_01");
        response.Header("anthropic-organization-id").ShouldBe(organization.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Get_WithoutCredential_Is401Envelope()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        using var client = service.Client(bearer: null);

        using var response = await client.GetAsync("/v1/audit", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var body = await response.JsonAsync();
        body.GetProperty("type").GetString().ShouldBe("error");
        body.GetProperty("error").GetProperty("type").GetString().ShouldBe("authentication_error");
        body.GetProperty("request_id").GetString().ShouldBe(response.Header("request-id"));
        (await response.ErrorCodeAsync()).ShouldBe("auth.missing");
    }

    [Fact]
    public async Task Get_UnknownPath_Is404Envelope()
    {
        await using var service = await ServiceUnderTest.StartAsync();

        using var response = await service.Api.GetAsync("/v1/nothing", TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.ErrorCodeAsync()).ShouldBe("request.not_found");
    }
}
