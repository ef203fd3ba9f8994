using System.Text.Json;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Health;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Health;

public sealed class CertificateHealthTests(RevocationBench fixture) : IClassFixture<RevocationBench>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ServiceUnderTest Service => fixture.Bench.Service;

    private CertificateHealthStore Store => Service.Get<CertificateHealthStore>();

    [Fact]
    public async Task ListAuthorities_HoldsBothTiersAndTheTunnelsOwn_FirstToEndFirst()
    {
        var all = await Store.ListAuthoritiesAsync(10, Token);

        all.Select(one => one.Type).ShouldContain("platform_root");
        all.Select(one => one.Type).ShouldContain("platform_issuing");
        all.ShouldContain(one => one.Id == fixture.AuthorityId && one.Name == "Tunnel CA");
        all.Select(one => one.NotAfter).ShouldBeInOrder();
        (await Store.ListAuthoritiesAsync(1, Token)).ShouldHaveSingleItem().ShouldBe(all[0]);
    }

    [Fact]
    public async Task Look_MetricsShowEndsListsAndAges()
    {
        using var metrics = new MetricsText("Culvert.Identity.Service");
        using var health = ActivatorUtilities.CreateInstance<CertificateHealth>(Service.Services);
        await Service.Get<RevocationListPublisher>().PublishDueAsync(Token);
        await health.CheckAsync(Token);

        var text = metrics.Write();

        Value(text, "culvert_authority_expiry_seconds", fixture.AuthorityId).ShouldBeGreaterThan(3600);
        Value(text, "culvert_revocation_list_age_seconds", fixture.AuthorityId).ShouldBeInRange(0, 7 * 86400);
        Value(text, "culvert_revocation_list_expiry_seconds", fixture.AuthorityId).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task ListLags_AgentThatWasServedButDidNotAcknowledge_CountsUntilItDoes()
    {
        var (enrolment, machine) = await fixture.Bench.JoinAsync(fixture.Bench.AgentToken(), "laggard");
        var feed = await machine.GetOkAsync("/v1/agent/feed");
        var epoch = feed.GetProperty("tunnel").GetProperty("trust_bundle").GetProperty("epoch").GetInt64();
        var since = Service.Time.GetUtcNow() - TimeSpan.FromMinutes(5);

        var before = (await Store.ListLagsAsync(since, 10, Token)).Single(lag =>
            lag.TunnelId == fixture.Bench.TunnelId
        );
        await machine.PostAsync(
            "/v1/agent/reports",
            JsonSerializer.Serialize(
                new
                {
                    revision = feed.GetProperty("revision").GetInt64(),
                    epochs = new { platform = 1, trust_bundle = epoch },
                    serials = new { platform = enrolment.Certificate.Serial, server = (string?)null },
                    version = "0.1.0",
                    routes = Array.Empty<object>(),
                }
            )
        );
        var after = await Store.ListLagsAsync(since, 10, Token);

        before.Epoch.ShouldBe(epoch);
        before.Agents.ShouldBe(1);
        before.Since.ShouldNotBeNull();
        after.ShouldNotContain(lag => lag.TunnelId == fixture.Bench.TunnelId);
        (await Store.ListLagsAsync(Service.Time.GetUtcNow().AddSeconds(1), 10, Token)).ShouldBeEmpty("not heard since");
    }

    [Fact]
    public async Task Readiness_TellsIssuingFromServingTheBundle()
    {
        var checks = Service.Services.GetServices<ReadinessCheck>().ToDictionary(check => check.Name);

        (await checks["can_issue"].Evaluate(Token)).ShouldBeNull();
        (await checks["can_serve_bundle"].Evaluate(Token)).ShouldBeNull();
    }

    // One slow read of a busy database must not take a node away from its balancer.
    [Fact]
    public async Task Readiness_ReadsThatFail_CountsAfterFiveSecondsWithoutOne()
    {
        var time = new FakeTimeProvider();
        using var missing = new SqliteDatabase(Path.Combine(Path.GetTempPath(), "missing", "culvert.db"));
        var check = CertificateReadiness.CanServeBundle(new CertificateHealthStore(missing), time);

        (await check.Evaluate(Token)).ShouldBeNull();
        time.Advance(ChangeHub.MaxBlindness);
        (await check.Evaluate(Token)).ShouldBeNull();
        time.Advance(TimeSpan.FromTicks(1));
        (await check.Evaluate(Token)).ShouldBe("No: reading from the store failed with SqliteException.");
    }

    // Labels are written in any order; ours hold one id each.
    private static double Value(string text, string metric, string id) =>
        double.Parse(
            Regex.Match(text, $$"""^{{metric}}\{[^}]*"{{id}}"[^}]*\} (\S+)""", RegexOptions.Multiline).Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
}
