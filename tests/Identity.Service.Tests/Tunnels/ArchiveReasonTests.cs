using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels;

/// <summary>Whatever is archived: the reason that was given is bounded, and on record.</summary>
public sealed class ArchiveReasonTests
{
    [Fact]
    public async Task Archive_WithReason_IsRecordedAndOneThatIsTooLongRefused()
    {
        await using var service = await ServiceUnderTest.StartAsync(options: ServiceUnderTest.WithSingleApproval);
        var tunnel = $"/v1/tunnels/{(await service.Api.PostOkAsync("/v1/tunnels", "{}")).Id()}";
        var pem = TunnelEndpointsTests.Pem(TestCertificates.Authority("one"));
        var certificate = (await service.Api.PostOkAsync($"{tunnel}/certificates", pem)).Id();
        var party = (await service.Api.PostOkAsync($"{tunnel}/relying_parties", """{"name":"product"}""")).Id();
        var edge = await FeedTests.CreateEdgeAsync(service);

        await ArchiveAsync(service, $"{tunnel}/certificates/{certificate}", "tunnel_certificate_revoked");
        await ArchiveAsync(service, $"{tunnel}/relying_parties/{party}", "relying_party_archived");
        await ArchiveAsync(service, tunnel, "tunnel_archived");
        await ArchiveAsync(service, $"/v1/edges/{edge}", "edge_archived");
    }

    private static async Task ArchiveAsync(ServiceUnderTest service, string path, string audited)
    {
        var tooLong = $$"""{"reason":"{{new string('x', 1001)}}"}""";
        await service
            .Api.PostAsync($"{path}/archive", tooLong)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        var reason = $"why {audited}";
        await service.Api.PostOkAsync($"{path}/archive", $$"""{"reason":"{{reason}}"}""");

        (await service.Api.GetOkAsync("/v1/audit?limit=100"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .Single(entry => entry.Text("event") == audited)
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe(reason);
    }
}
