using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Keys;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation;

public sealed class RevocationListTests(RevocationBench fixture) : IClassFixture<RevocationBench>
{
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private RevocationListPublisher Publisher => fixture.Bench.Service.Get<RevocationListPublisher>();

    [Fact]
    public async Task List_OfARevokedCertificate_IsAtTheAddressThatItBears()
    {
        var (certificate, _) = await fixture.ServeAsync("listed");
        var (one, other) = (AddressOf(certificate), certificate.Text("serial"));
        await PublishAsync();
        var before = await FetchAsync(one);

        await fixture.RevokeAsync(new { serial = other, reason = "keyCompromise" });
        await PublishAsync();
        var after = await FetchAsync(one);

        before.Entries.ShouldNotContain(entry => entry.SerialHex == other);
        var entry = after.Entries.Single(entry => entry.SerialHex == other);
        entry.Reason.ShouldBe(RevocationReason.KeyCompromise);
        (after.Number > before.Number).ShouldBeTrue();
        after.DistributionPoint!.Uris.ShouldBe([one]);
        one.ShouldStartWith(fixture.Bench.Service.Options.PublicUrl + "/v1/crl/" + fixture.AuthorityId);
    }

    [Fact]
    public async Task List_SuspendedAuthority_IsStillSigned()
    {
        var (certificate, _) = await fixture.ServeAsync("suspended");
        await MoveAsync(AuthorityState.Active, AuthorityState.Suspended);

        await fixture.RevokeAsync(new { serial = certificate.Text("serial") });
        await PublishAsync();

        (await FetchAsync(AddressOf(certificate))).Entries.ShouldContain(entry =>
            entry.SerialHex == certificate.Text("serial")
        );
        await MoveAsync(AuthorityState.Suspended, AuthorityState.Active);
    }

    // Their leaves are about until they end: who trusts the anchor must hear of those that were called back.
    [Theory]
    [InlineData("retiring")]
    [InlineData("tainted")]
    public async Task List_AuthorityThatIssuesNoMore_IsStillSignedUntilItIsRetired(string state)
    {
        await using var other = new RevocationBench();
        await other.InitializeAsync();
        var (certificate, _) = await other.ServeAsync("left-behind");
        var (address, serial) = (AddressOf(certificate), certificate.Text("serial"));
        var publisher = other.Bench.Service.Get<RevocationListPublisher>();
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        var before = await FetchAsync(address, other);
        await other.ActivateAsync("Successor");
        if (state == "tainted")
        {
            await MoveAsync(AuthorityState.Retiring, AuthorityState.Tainted, other);
        }

        await other.RevokeAsync(new { serial, reason = "keyCompromise" });
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);

        var after = await FetchAsync(address, other);
        (after.Number > before.Number).ShouldBeTrue();
        after.Entries.Single().SerialHex.ShouldBe(serial);
        var record = await other
            .Bench.Service.Get<TunnelAuthorityStore>()
            .FindAsync(other.AuthorityId, TestContext.Current.CancellationToken);
        WireNames.Get(record!.State).ShouldBe(state);
        after.IsSignedBy(SubjectPublicKey.TryParse(record.PublicKey)!).ShouldBeTrue();

        if (state == "tainted")
        {
            return; // it leaves the bundle before its list is half through
        }

        // Half a list's lifetime later it is signed again, although nothing was revoked since.
        await other.Bench.PassAsync((other.Bench.Service.Options.Certificates.RevocationListLife / 2) + OneMinute);
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        ((await FetchAsync(address, other)).Number > after.Number).ShouldBeTrue();
    }

    [Fact]
    public async Task List_Unchanged_IsNotSentAgain()
    {
        await PublishAsync();
        var path = $"/v1/crl/{fixture.AuthorityId}/0.crl";
        using var anyone = fixture.Bench.Service.Client(null);
        using var first = await anyone.GetAsync(path, TestContext.Current.CancellationToken);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/pkix-crl");
        first.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        first.Content.Headers.LastModified.ShouldNotBeNull();
        (await StatusAsync(anyone, path, tag: first.Headers.ETag)).ShouldBe(HttpStatusCode.NotModified);
        (await StatusAsync(anyone, path, since: first.Content.Headers.LastModified)).ShouldBe(
            HttpStatusCode.NotModified
        );
        (await StatusAsync(anyone, path, tag: new EntityTagHeaderValue("\"x\""))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_Changed_HasAnotherTag()
    {
        var (certificate, _) = await fixture.ServeAsync("tagged");
        await PublishAsync();
        var path = new Uri(AddressOf(certificate)).AbsolutePath;
        using var anyone = fixture.Bench.Service.Client(null);
        using var before = await anyone.GetAsync(path, TestContext.Current.CancellationToken);

        await fixture.RevokeAsync(new { serial = certificate.Text("serial") });
        await PublishAsync();

        (await StatusAsync(anyone, path, tag: before.Headers.ETag)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task FindHead_OfAPublishedList_ReadsNoBytes()
    {
        await PublishAsync();
        var store = fixture.Bench.Service.Get<RevocationStore>();

        var head = await store.FindHeadAsync(fixture.AuthorityId, 0, TestContext.Current.CancellationToken);
        var list = await store.FindListAsync(fixture.AuthorityId, 0, TestContext.Current.CancellationToken);

        head!.List.ShouldBeNull();
        list!.List.ShouldNotBeNull();
        PublishedList.From(head).Tag.ShouldBe(PublishedList.From(list).Tag);
    }

    [Theory]
    [InlineData("4.crl")]
    [InlineData("-1.crl")]
    [InlineData("0")]
    [InlineData("0.pem")]
    [InlineData("99999999999.crl")]
    public async Task List_ThatThereIsNot_IsNotFound(string file)
    {
        using var anyone = fixture.Bench.Service.Client(null);

        using var answer = await anyone.GetAsync(
            $"/v1/crl/{fixture.AuthorityId}/{file}",
            TestContext.Current.CancellationToken
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Publish_NothingDue_PublishesNothing()
    {
        await PublishAsync();

        (await Publisher.PublishDueAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task Publish_ClockNotToBeReliedOn_PublishesNothing()
    {
        await using var other = new RevocationBench();
        await other.InitializeAsync();
        var service = other.Bench.Service;
        var publisher = service.Get<RevocationListPublisher>();
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);

        var before = Numbers();

        service.Time.StepWallClock(service.Options.Certificates.RevocationListLife);
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        Numbers().ShouldBe(before);

        // The service's own round may be the one that publishes them; numbers grow with time.
        service.Get<ClockGuard>().Confirm();
        await publisher.PublishDueAsync(TestContext.Current.CancellationToken);
        Numbers().ShouldBeGreaterThan(before);

        long Numbers()
        {
            using var connection = service.Get<Database>().OpenWrite();
            return connection.QuerySingle<long>("SELECT SUM(number) FROM revocation_lists");
        }
    }

    [Fact]
    public async Task Publish_AuthorityThatCannotSign_DoesNotStopTheOthers()
    {
        await using var other = new RevocationBench();
        await other.InitializeAsync();
        await other.ActivateAsync("Second");
        var service = other.Bench.Service;
        // The service's own round would publish what the test's publisher is to find.
        await service.PauseJobsAsync();
        await service.Get<RevocationListPublisher>().TryRoundAsync(TestContext.Current.CancellationToken);
        Sql(other, $"UPDATE certificate_authorities SET chain_pem = 'x' WHERE id = '{other.AuthorityId}'");
        Sql(other, "UPDATE revocation_lists SET wanted = wanted + 1");
        var keys = ActivatorUtilities.CreateInstance<AuthorityKeys>(service.Services);
        using var publisher = ActivatorUtilities.CreateInstance<RevocationListPublisher>(service.Services, keys);

        (await publisher.PublishDueAsync(TestContext.Current.CancellationToken)).ShouldBe(4);
    }

    [Fact]
    public async Task ListDue_AuthorityThatEndsOrPublishesNoMore_IsLeftOut()
    {
        await using var other = new RevocationBench();
        await other.InitializeAsync();
        var store = other.Bench.Service.Get<RevocationStore>();
        var now = other.Bench.Service.Time.GetUtcNow();
        await other.Bench.Service.Get<RevocationListPublisher>().PublishDueAsync(TestContext.Current.CancellationToken);

        (await DueAsync(now)).ShouldBe(4);
        Sql(
            other,
            "UPDATE revocation_lists SET next_update_ms = (SELECT not_after_ms FROM certificate_authorities WHERE id = ca_id)"
        );
        (await DueAsync(now)).ShouldBe(0, "the last lists last until the authority's end");
        Sql(other, "UPDATE revocation_lists SET wanted = wanted + 1");
        (await DueAsync(now)).ShouldBe(4);
        (await DueAsync(now.AddYears(100))).ShouldBe(0, "the authority has ended");
        Sql(other, "UPDATE certificate_authorities SET state = 'retired'");
        (await DueAsync(now)).ShouldBe(0, "a retired authority publishes no more");

        async Task<int> DueAsync(DateTimeOffset at) =>
            (await store.ListDueAsync(at, at.AddYears(100), TestContext.Current.CancellationToken)).Count;
    }

    private static void Sql(RevocationBench bench, string sql)
    {
        using var connection = bench.Bench.Service.Get<Database>().OpenWrite();
        connection.Execute(sql);
    }

    private async Task PublishAsync() => await Publisher.PublishDueAsync(TestContext.Current.CancellationToken);

    private async Task MoveAsync(AuthorityState from, AuthorityState to, RevocationBench? bench = null)
    {
        CertificateAuthorityId.TryParse((bench ?? fixture).AuthorityId, out var id).ShouldBeTrue();
        var moved = await (bench ?? fixture)
            .Bench.Service.Get<AuthorityLifecycle>()
            .MoveAsync(id, from, to, AuthorityMove.BySystem(), TestContext.Current.CancellationToken);
        moved.Value.ShouldNotBeNull(moved.Refusal?.Message);
    }

    private static string AddressOf(JsonElement certificate)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificate.Text("certificate_pem"));
        var extension = leaf.Extensions.Single(one => one.Oid!.Value == "2.5.29.31");
        var text = System.Text.Encoding.ASCII.GetString(extension.RawData);
        return text[text.IndexOf("https://", StringComparison.Ordinal)..];
    }

    private async Task<ParsedRevocationList> FetchAsync(string address, RevocationBench? bench = null)
    {
        using var anyone = (bench ?? fixture).Bench.Service.Client(null);
        var bytes = await anyone.GetByteArrayAsync(
            new Uri(address).AbsolutePath,
            TestContext.Current.CancellationToken
        );
        return ParsedRevocationList.TryParse(bytes).ShouldNotBeNull();
    }

    private static async Task<HttpStatusCode> StatusAsync(
        HttpClient client,
        string path,
        EntityTagHeaderValue? tag = null,
        DateTimeOffset? since = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (tag is not null)
        {
            request.Headers.IfNoneMatch.Add(tag);
        }

        request.Headers.IfModifiedSince = since;
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
