using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Jobs;

public sealed class JobEndpointsTests : IAsyncLifetime
{
    private const string Path = "/v1/jobs";
    private const string Job = "audit_retention"; // once an hour: nothing else sets it off

    private ServiceUnderTest service = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task List_HasEveryJobWithItsNextRun()
    {
        var all = await ListAsync(service);

        all.Select(job => job.Id()).ShouldBe(all.Select(job => job.Id()).Order(StringComparer.Ordinal));
        all.Select(job => job.Id()).ShouldContain("revocation_lists");
        all.ShouldAllBe(job => job.Text("description")!.EndsWith('.') && job.Text("node") != "");
        var job = all.Single(one => one.Id() == Job);
        job.GetProperty("interval_seconds").GetDouble().ShouldBe(3600);
        job.Text("state").ShouldBe("waiting");
        job.GetProperty("next_run_at").GetDateTimeOffset().ShouldBe(service.Time.GetUtcNow() + TimeSpan.FromHours(1));
        job.GetProperty("last_run").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Run_AnswersWhenTheRoundHasEnded_AndIsAudited()
    {
        var ran = await service.Api.PostOkAsync($"{Path}/{Job}/run", "{}");

        ran.GetProperty("last_run").Text("outcome").ShouldBe("succeeded");
        (await EventsAsync()).ShouldContain("job_run");
    }

    [Fact]
    public async Task Pause_NothingRunsUntilResumed()
    {
        var paused = await service.Api.PostOkAsync($"{Path}/{Job}/pause", """{"reason":" migration of the disk "}""");

        paused.Text("state").ShouldBe("paused");
        paused.GetProperty("paused").Text("reason").ShouldBe("migration of the disk");
        paused.GetProperty("next_run_at").ValueKind.ShouldBe(JsonValueKind.Null);
        var job = service.Get<JobScheduler>().Find(Job)!;
        service.Time.Advance(TimeSpan.FromHours(2));
        job.Request();
        // Another's round shows that the scheduler has gone on.
        await service.Api.PostOkAsync($"{Path}/audit_checkpoints/run", "{}");
        job.LastRun.ShouldBeNull();

        var ended = job.WhenRunAsync();
        (await service.Api.PostOkAsync($"{Path}/{Job}/resume", "{}"))
            .GetProperty("paused")
            .ValueKind.ShouldBe(JsonValueKind.Null);
        await ended.WaitAsync(Cancel);
        (await EventsAsync()).ShouldBe(["job_paused", "job_resumed", "job_run"], ignoreOrder: true);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Resume_BeforeARoundWasDue_RunsOneAtOnce()
    {
        await service.Api.PostOkAsync($"{Path}/{Job}/pause", """{"reason":"x"}""");
        var ended = service.Get<JobScheduler>().Find(Job)!.WhenRunAsync();

        await service.Api.PostOkAsync($"{Path}/{Job}/resume", "{}");

        await ended.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Pause_OutlivesARestart_AndRunStillWorks()
    {
        await service.Api.PostOkAsync($"{Path}/{Job}/pause", """{"reason":"x"}""");
        service = await service.RestartAsync();

        (await JobAsync(service)).Text("state").ShouldBe("paused");
        (await service.Api.PostOkAsync($"{Path}/{Job}/run", "{}"))
            .GetProperty("last_run")
            .Text("outcome")
            .ShouldBe("succeeded");
    }

    [Theory]
    [InlineData("nothing/run", "{}", 404, "request.not_found")]
    [InlineData("nothing/pause", """{"reason":"x"}""", 404, "request.not_found")]
    [InlineData("nothing/resume", "{}", 404, "request.not_found")]
    [InlineData($"{Job}/pause", "{}", 400, "request.invalid")]
    [InlineData($"{Job}/pause", """{"reason":" "}""", 400, "request.invalid")]
    [InlineData($"{Job}/resume", "{}", 409, "job.not_paused")]
    [InlineData("hostnames/pause", """{"reason":"x"}""", 409, "job.paused")]
    public async Task Change_Bad_IsRefused(string path, string body, int status, string code)
    {
        await service.Api.PostOkAsync($"{Path}/hostnames/pause", """{"reason":"x"}""");

        await service.Api.PostAsync($"{Path}/{path}", body).ShouldRefuseAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task All_WithoutTheInstallationsScope_AreForbidden()
    {
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"b","role":"security-admin"}""");
        using var admin = service.Client(made.Text("admin_key"));

        await admin
            .GetAsync(new Uri(Path, UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
        await admin.PostAsync($"{Path}/{Job}/run", "{}").ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task WallClock_IsSetBack_JobsGoOn()
    {
        service.Time.StepWallClock(-TimeSpan.FromDays(1));
        var ended = service.Get<JobScheduler>().Find(Job)!.WhenRunAsync();

        service.Time.Advance(TimeSpan.FromMinutes(61));

        await ended.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Pause_AtOneNode_CountsAtTheOther()
    {
        await using var one = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );
        await using var other = await one.JoinAsync("node-2");
        await one.Api.PostOkAsync($"{Path}/{Job}/pause", """{"reason":"x"}""");

        await Eventually.UntilAsync(async () => (await JobAsync(other)).Text("state") == "paused", Cancel);

        (await JobAsync(other)).Text("node").ShouldNotBe((await JobAsync(one)).Text("node"));
    }

    private async Task<IReadOnlyList<string?>> EventsAsync() =>
        [
            .. (await service.Api.GetOkAsync("/v1/audit?limit=100"))
                .GetProperty("data")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("body").Text("event"))
                .Where(name => name!.StartsWith("job_", StringComparison.Ordinal)),
        ];

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(ServiceUnderTest node) =>
        [.. (await node.Api.GetOkAsync(Path)).GetProperty("data").EnumerateArray()];

    private static async Task<JsonElement> JobAsync(ServiceUnderTest node) =>
        (await ListAsync(node)).Single(job => job.Id() == Job);
}
