using System.Net;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Scim;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>Directories with many resources, and requests at the same time.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ScimLimitTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ScimBench bench = null!;
    private string organization = "";

    public async ValueTask InitializeAsync()
    {
        bench = await ScimBench.StartAsync();
        organization = (await bench.Service.Api.GetOkAsync("/v1/organizations/current")).Id();
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData(19_999, HttpStatusCode.Created)]
    [InlineData(20_000, HttpStatusCode.Conflict)]
    public async Task CreateGroup_ManyGroups_IsBounded(int present, HttpStatusCode expected)
    {
        await InsertGroupsAsync(present);

        using var response = await bench.Directory.SendAsync("POST", "Groups", ScimClient.Group("One more"));

        response.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.Conflict)
        {
            await ScimClient.ShouldBeRefusedAsync(response, expected, "scim.limit", scimType: null);
        }
    }

    [Fact]
    public async Task List_UnindexedFilterOnManyGroups_IsTooManyAndAnIndexedOneIsNot()
    {
        await InsertGroupsAsync(ScimSearch.MaxScanned + 1);
        const string Scan = "displayName sw \"group 7\"";

        await bench.Directory.ShouldRefuseAsync(
            "GET",
            $"Groups?filter={Uri.EscapeDataString(Scan)}",
            null,
            HttpStatusCode.BadRequest,
            "scim.too_many",
            "tooMany"
        );
        var found = await bench.Directory.OkAsync(
            "GET",
            $"Groups?filter={Uri.EscapeDataString($"{Scan} and displayName eq \"Group 77\"")}"
        );

        found.GetProperty("totalResults").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task List_UnindexedFilters_HaveALimitPerCaller()
    {
        await bench.Service.ReloadAsync(options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(1, TimeSpan.FromMinutes(1)) },
            }
        );
        await bench.Directory.OkAsync("GET", "Users?filter=active%20pr");

        await bench.Directory.ShouldRefuseAsync(
            "GET",
            "Users?filter=active%20pr",
            null,
            HttpStatusCode.TooManyRequests,
            "request.rate_limited",
            scimType: null
        );
        await bench.Directory.OkAsync("GET", "Users?filter=userName%20eq%20%22ada%22");
    }

    [Fact]
    public async Task Save_OverAnotherVersion_IsRefused()
    {
        var ada = await bench.Directory.CreateUserAsync("ada", "ada");
        var directory = new ScimDirectory(organization, bench.Directory.IssuerId, SubjectAttribute.ExternalId);
        var read = (
            await bench
                .Service.Get<ScimResourceStore>()
                .FindAsync(ScimResourceType.User, organization, bench.Directory.IssuerId, ada.Id(), Cancel)
        )!;
        var changes = bench.Service.Get<ScimChanges>();

        (await SaveAsync("A")).IsOk.ShouldBeTrue();
        (await SaveAsync("B")).Refusal!.Code.ShouldBe(ScimErrors.Changed);

        (await bench.Directory.OkAsync("GET", $"Users/{ada.Id()}")).Text("displayName").ShouldBe("A");

        async Task<Result<ScimResource>> SaveAsync(string name)
        {
            var attributes = read.Attributes.DeepClone().AsObject();
            attributes["displayName"] = name;
            var after = read.With(attributes, read.UpdatedAt);
            return await changes.SaveAsync(AuditCause.System, directory, read, after, Cancel);
        }
    }

    private async Task InsertGroupsAsync(int count)
    {
        var statement = new Statement(
            "INSERT INTO scim_resources (id, ordinal, organization_id, issuer_id, kind, display_name_key, content, "
                + "version, created_at_ms, updated_at_ms) "
                + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Count) "
                + "SELECT 'scg_' || i, 1000000 + i, @Organization, @IssuerId, 'group', 'group ' || i, "
                + "'{\"displayName\":\"Group ' || i || '\"}', 1, 0, 0 FROM n",
            new
            {
                Count = (long)count,
                Organization = organization,
                bench.Directory.IssuerId,
            }
        );
        var result = await bench.Service.Get<IJournal>().CommitAsync(new Decision { Statements = [statement] }, Cancel);
        result.IsCommitted.ShouldBeTrue();
    }
}
