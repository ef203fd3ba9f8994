using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Transparency;
using Culvert.Testing;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency.Witnesses;

/// <summary>The service and a witness over real sockets.</summary>
public sealed class WitnessCollectorTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-witness-");
    private TestPki pki = null!;
    private WitnessServer witness = null!;
    private WitnessServer second = null!;
    private ServiceUnderTest service = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        pki = new TestPki(time.GetUtcNow());
        witness = await WitnessServer.StartAsync("witness.test/w1", pki, time);
        second = await WitnessServer.StartAsync("witness.test/w2", pki, time);
        service = await ServiceUnderTest.StartAsync(
            options: options =>
                options with
                {
                    Transparency = new TransparencyOptions { Witnesses = [Options(witness), Options(second)] },
                },
            time: time
        );
        service.Names.Set(WitnessServer.HostName, "127.0.0.1");

        // The rounds are the test's own.
        await service.Api.PostOkAsync("/v1/jobs/transparency_log/pause", """{"reason":"test"}""");
        await service.Api.PostOkAsync($"/v1/jobs/{WitnessCollector.JobName}/pause", """{"reason":"test"}""");
        await IntegrateAsync();
        var log = await service.Api.GetOkAsync("/v1/transparency");
        witness.Log = second.Log = (log.Text("origin")!, NoteKey.Parse(log.Text("key")!)!.PublicKey);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await witness.DisposeAsync();
        await second.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Round_TwoWitnesses_CosignEachHeadOnce()
    {
        await CollectAsync();
        await CollectAsync();
        var first = await NoteAsync();
        await GrowAsync();
        await CollectAsync();
        var grown = await NoteAsync();

        witness.Calls.Select(call => call.Status).ShouldBe([200, 200]);
        witness.Calls[1].Old.ShouldBe(TreeHead.Parse(first.Text)!.Size);
        foreach (var note in (SignedNote[])[first, grown])
        {
            note.Signatures.Count.ShouldBe(3);
            Key(witness).Find(note).ShouldNotBeNull().At.ShouldBe(time.GetUtcNow(), TimeSpan.FromMinutes(3));
            Key(second).Find(note).ShouldNotBeNull();
            (await LogReader.StartAsync(service.Api)).Key.HasSigned(note).ShouldBeTrue();
        }

        var shown = (await WitnessesAsync())[0];
        shown.Text("name").ShouldBe("w1");
        shown.Text("key").ShouldBe(witness.Vkey);
        shown.GetProperty("size").GetInt64().ShouldBe(TreeHead.Parse(grown.Text)!.Size);
        shown.GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Round_AWitnessThatKnowsMore_IsAskedFromItsOwnSize()
    {
        await CollectAsync();
        Execute("DELETE FROM transparency_witnesses");
        Execute("DELETE FROM transparency_cosignatures");
        await GrowAsync();

        await CollectAsync();

        var size = witness.Calls[0].Old;
        size.ShouldBe(0);
        witness.Calls.Select(call => call.Status).ShouldBe([200, 409, 200]);
        witness.Calls[2].Old.ShouldBeGreaterThan(0);
        Key(witness).Find(await NoteAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Round_AWitnessThatLostItsState_BeginsAgain()
    {
        await CollectAsync();
        witness.Forget();
        await GrowAsync();

        await CollectAsync();

        witness
            .Calls.Select(call => (call.Status, IsFirst: call.Old == 0))
            .ShouldBe([(200, true), (409, false), (200, true)]);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Round_AnotherHistory_IsRefusedByTheWitnessAndShown()
    {
        await CollectAsync();
        var cosigned = witness.Size;

        service = await service.RestartAsync(); // the process would remember what it signed

        // Everything that the database knows of the log is written again, as an operator of the machine could.
        Execute("UPDATE transparency_tree SET size = 0, root = NULL");
        foreach (var table in (string[])["tiles", "entries", "heads", "positions", "cosignatures"])
        {
            Execute($"DELETE FROM transparency_{table}");
        }

        Execute("UPDATE journal SET body_digest = @other WHERE sequence = 1", new { other = new byte[32] });
        await GrowAsync();
        await CollectAsync();

        witness.Calls[^1].Status.ShouldBe(422);
        witness.Size.ShouldBe(cosigned);
        var shown = (await WitnessesAsync())[0];
        shown.Text("problem").ShouldBe("contradiction");
        shown.GetProperty("problem_at").ValueKind.ShouldBe(JsonValueKind.String);
        (await NoteAsync()).Signatures.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Submit_AHeadThatTheLogDidNotSign_IsRefused()
    {
        await GrowAsync();
        await CollectAsync();
        var signed = (await NoteAsync()).ToString();
        var head = TreeHead.Parse(signed)!;
        var shorter = signed.Replace($"\n{head.Size}\n", $"\n{head.Size - 1}\n", StringComparison.Ordinal);

        var answer = await service
            .Get<WitnessSubmitter>()
            .SubmitAsync(Options(witness), 0, new SignedHead(head with { Size = head.Size - 1 }, shorter), Token);

        answer.Problem.ShouldBe(WitnessProblem.UntrustedKey);
    }

    [Fact]
    public async Task Submit_AnEarlierHead_IsAContradiction()
    {
        await CollectAsync();
        var earlier = await NoteAsync();
        await GrowAsync();
        await CollectAsync();

        var answer = await service
            .Get<WitnessSubmitter>()
            .SubmitAsync(Options(witness), 0, new SignedHead(TreeHead.Parse(earlier.Text)!, earlier.ToString()), Token);

        answer.Problem.ShouldBe(WitnessProblem.Contradiction);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("another key")]
    [InlineData("another name")]
    [InlineData("no note")]
    public async Task Round_AnAnswerWithoutItsCosignature_IsNotCounted(string what)
    {
        witness.Misbehave = lines =>
            what switch
            {
                "nothing" => "",
                "another key" => Forge(lines),
                "another name" => lines.Replace("w1", "w9", StringComparison.Ordinal),
                _ => "<html>",
            };

        await CollectAsync();

        (await WitnessesAsync())[0].Text("problem").ShouldBe("invalid_cosignature");
        var note = await NoteAsync();
        Key(witness).Find(note).ShouldBeNull();
        Key(second).Find(note).ShouldNotBeNull();
    }

    [Fact]
    public async Task Round_AnAnswerOfAnEarlierHead_IsNotCounted()
    {
        var earlier = "";
        witness.Misbehave = lines => earlier = lines;
        await CollectAsync();
        await GrowAsync();
        witness.Misbehave = _ => earlier;

        await CollectAsync();

        (await WitnessesAsync())[0].Text("problem").ShouldBe("invalid_cosignature");
        Key(witness).Find(await NoteAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(-6)]
    [InlineData(6)]
    public async Task Round_ACosignatureOfAnotherTime_IsNotCounted(int minutes)
    {
        witness.ClockError = TimeSpan.FromMinutes(minutes);

        await CollectAsync();

        (await WitnessesAsync())[0].Text("problem").ShouldBe("wrong_time");
        Key(witness).Find(await NoteAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(500, "unavailable")]
    [InlineData(404, "unknown_log")]
    [InlineData(403, "untrusted_key")]
    public async Task Round_AWitnessThatFails_IsRetriedLaterAndDelaysNoOther(int status, string problem)
    {
        witness.Down = status;
        await CollectAsync();
        await service.Get<WitnessCollector>().CollectAsync(Token);
        witness.Calls.Count.ShouldBe(1); // its wait is not over
        (await WitnessesAsync())[0].Text("problem").ShouldBe(problem);
        Key(second).Find(await NoteAsync()).ShouldNotBeNull();

        witness.Down = null;
        await CollectAsync();

        (await WitnessesAsync())[0].GetProperty("problem").ValueKind.ShouldBe(JsonValueKind.Null);
        Key(witness).Find(await NoteAsync()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Round_AnAddressThatIsNotOpened_IsNotCalled()
    {
        service.Names.Set(WitnessServer.HostName, "10.0.0.1");

        await CollectAsync();

        (await WitnessesAsync())[0].Text("problem").ShouldBe("unavailable");
        witness.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_OfSoManyWitnesses_IsTheNewestThatTheyCosigned()
    {
        await CollectAsync();
        var both = await NoteAsync();
        second.Down = 503;
        await GrowAsync();
        await CollectAsync();

        var one = await NoteAsync("?witnesses=1");
        var two = await NoteAsync("?witnesses=2");

        two.Text.ShouldBe(both.Text);
        one.Text.ShouldBe((await NoteAsync()).Text);
        one.Text.ShouldNotBe(two.Text);
        using var three = await service.Api.GetAsync("/v1/transparency/checkpoint?witnesses=3", Token);
        three.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var wrong = await service.Api.GetAsync("/v1/transparency/checkpoint?witnesses=x", Token);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static string Forge(string line)
    {
        var parts = line.TrimEnd('\n').Split(' ');
        var value = Convert.FromBase64String(parts[2]);
        value[^1] ^= 1;
        return $"{parts[0]} {parts[1]} {Convert.ToBase64String(value)}\n";
    }

    private static CosignatureKey Key(WitnessServer server) => CosignatureKey.Parse(server.Vkey).ShouldNotBeNull();

    private WitnessOptions Options(WitnessServer server)
    {
        var roots = Path.Combine(folder.FullName, "roots.pem");
        File.WriteAllText(roots, pki.RootPem);
        return server.ToOptions(roots);
    }

    // Longer than the turn of a round, and than the first wait after a failure.
    private Task CollectAsync()
    {
        time.Advance(TimeSpan.FromSeconds(61));
        return service.Get<WitnessCollector>().CollectAsync(Token);
    }

    private Task IntegrateAsync()
    {
        time.Advance(TimeSpan.FromSeconds(31));
        return service.Get<TransparencyLog>().IntegrateAsync(Token);
    }

    private async Task GrowAsync()
    {
        await service.Api.PostOkAsync("/v1/tunnels", "{}");
        await IntegrateAsync();
    }

    private async Task<SignedNote> NoteAsync(string query = "") =>
        SignedNote
            .Parse(await service.Api.GetStringAsync("/v1/transparency/checkpoint" + query, Token))
            .ShouldNotBeNull();

    private async Task<List<JsonElement>> WitnessesAsync() =>
        [.. (await service.Api.GetOkAsync("/v1/transparency")).GetProperty("witnesses").EnumerateArray()];

    private void Execute(string sql, object? parameters = null)
    {
        using var connection = service.Get<Database>().OpenWrite();
        connection.Execute(sql, parameters);
    }
}
