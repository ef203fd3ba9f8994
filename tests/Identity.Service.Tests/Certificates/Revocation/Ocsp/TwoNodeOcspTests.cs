using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;

/// <summary>Two nodes on one database: each has responders of its own, and both say the same.</summary>
public sealed class TwoNodeOcspTests
{
    [Fact]
    public async Task Revoke_OnOneNode_IsInTheNextAnswerOfTheOther()
    {
        await using var bench = new RevocationBench
        {
            Adjust = options =>
                options with
                {
                    Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
                },
        };
        await bench.InitializeAsync();
        await using var other = await bench.Bench.Service.JoinAsync("node-2");
        var (certificate, _) = await bench.ServeAsync("one");
        var serial = certificate.Text("serial");
        using var here = OcspClient.Of(bench, certificate);
        using var there = OcspClient.Of(bench, certificate, other);
        (await here.StateAsync(serial)).ShouldBe("good");
        (await there.StateAsync(serial)).ShouldBe("good");
        var responders = new[] { here, there }.Select(async client =>
            (await client.AskAsync(serial, [1])).GetCerts().Single().SerialNumber
        );
        (await Task.WhenAll(responders)).Distinct().Count().ShouldBe(2);

        await bench.RevokeAsync(new { serial });

        (await there.StateAsync(serial)).ShouldBe("revoked");
        (await here.StateAsync(serial)).ShouldBe("revoked");
    }
}
