using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Tests.Audit;

public sealed class AuditTrailTests
{
    [Fact]
    public void Records_AreLinesOfAChain()
    {
        using var scene = new AuditScene();
        scene.Write(3);

        scene.Lines.Length.ShouldBe(3);
        using var first = JsonDocument.Parse(scene.Lines[0]);
        using var second = JsonDocument.Parse(scene.Lines[1]);
        first.RootElement.GetProperty("seq").GetInt64().ShouldBe(1);
        first.RootElement.GetProperty("prev").GetString().ShouldBe(CallRecordLine.Start);
        first.RootElement.GetProperty("id").GetString().ShouldBe("a\n");
        first.RootElement.GetProperty("principal").GetProperty("sub").GetString().ShouldBe("alice");
        second.RootElement.GetProperty("prev").GetString().ShouldBe(first.RootElement.GetProperty("hash").GetString());
        scene.Faults.ShouldBeEmpty();
        File.GetUnixFileMode(scene.Folder.Current).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Records_OfTheAgentsOwnOrders_StandInTheSameChain()
    {
        using var scene = new AuditScene();
        scene.Write(1);
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Trail.Add(
            new AcmeRecord
            {
                Time = DateTimeOffset.UnixEpoch,
                Event = "certificate",
                Name = "docs.example.test",
                Directory = "https://ca.example/dir",
                Account = "https://ca.example/acct/1",
                Serial = "0a",
                NotAfter = DateTimeOffset.UnixEpoch.AddDays(90),
            }
        );
        scene.Write(1);

        using var order = JsonDocument.Parse(scene.Lines[1]);
        order
            .RootElement.EnumerateObject()
            .Select(m => m.Name)
            .ShouldBe([
                "seq",
                "prev",
                "time",
                "type",
                "agent",
                "version",
                "event",
                "host",
                "directory",
                "account",
                "serial",
                "not_after",
                "hash",
            ]);
        order.RootElement.GetProperty("type").GetString().ShouldBe("acme");
        order.RootElement.GetProperty("not_after").GetDateTime().ShouldBe(new DateTime(1970, 4, 1));
        scene.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Verify_EditedRecord_IsFound()
    {
        using var scene = new AuditScene();
        scene.Write(4);
        scene.Rewrite(t => t.Replace("get1", "put1", StringComparison.Ordinal));

        var fault = scene.Verdict.Findings.ShouldHaveSingleItem();
        (fault.Kind, fault.Line).ShouldBe(("edited", 2));
    }

    [Fact]
    public void Verify_EditedAndRehashedRecord_IsFoundByTheNextOrByTheHead()
    {
        using var scene = new AuditScene();
        scene.Write(3);
        foreach (var line in new[] { 1, 3 })
        {
            var lines = scene.Lines;
            var body = lines[line - 1].Replace("alice", "mallo", StringComparison.Ordinal);
            body = body[..body.LastIndexOf(",\"hash\"", StringComparison.Ordinal)];
            var hash = Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(body))
            );
            lines[line - 1] = $"{body},\"hash\":\"{hash}\"}}";
            var original = scene.Text;
            File.WriteAllText(scene.Folder.Current, string.Join('\n', lines) + "\n");

            scene.Faults.ShouldBe(["forged"]);
            File.WriteAllText(scene.Folder.Current, original);
        }

        scene.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "removed")]
    [InlineData(1, "removed")]
    [InlineData(3, "truncated")]
    public void Verify_RemovedRecord_IsFound(int line, string kind)
    {
        using var scene = new AuditScene();
        scene.Write(4);
        scene.Rewrite(_ => string.Concat(scene.Lines.Where((_, i) => i != line).Select(l => l + "\n")));

        scene.Faults.ShouldBe([kind]);
    }

    [Fact]
    public void Verify_ReorderedRecords_AreFound()
    {
        using var scene = new AuditScene();
        scene.Write(4);
        var lines = scene.Lines;
        scene.Rewrite(_ => $"{lines[0]}\n{lines[2]}\n{lines[1]}\n{lines[3]}\n");

        scene.Faults.ShouldContain("reordered");
    }

    [Fact]
    public void Verify_EmptiedFileOrLostHead_IsFound()
    {
        using var scene = new AuditScene();
        scene.Write(4);
        scene.Rewrite(_ => "");
        scene.Faults.ShouldBe(["removed", "truncated"]);

        scene.Write(1);
        File.Delete(scene.Folder.Head);
        scene.Faults.ShouldContain("head_missing");
    }

    [Fact]
    public void Verify_Anchor_ProvesWhatWasNotedElsewhere()
    {
        using var scene = new AuditScene();
        scene.Write(3);
        var hash = JsonDocument.Parse(scene.Lines[1]).RootElement.GetProperty("hash").GetString()!;

        new AuditVerifier(scene.Folder).Verify([(2, hash)]).Findings.ShouldBeEmpty();
        new AuditVerifier(scene.Folder).Verify([(2, CallRecordLine.Start)]).Findings.Single().Kind.ShouldBe("anchor");
        new AuditVerifier(scene.Folder).Verify([(9, hash)]).Findings.Single().Kind.ShouldBe("anchor");
    }

    [Fact]
    public void Rotation_KeepsTheChainAndSoManyFiles()
    {
        using var scene = new AuditScene(new AuditSettings { RotateBytes = 2000, Keep = 3 });
        for (var i = 0; i < 8; i++)
        {
            scene.Write(4);
        }

        var closed = scene.Folder.AllClosed();
        closed.Count.ShouldBe(3);
        scene.Faults.ShouldBeEmpty();
        scene.Verdict.Last.ShouldBe(32);
        scene.Verdict.First.ShouldBe(closed[0].First);
        scene.Verdict.First.ShouldBeGreaterThan(1);

        File.Delete(closed[1].Path);
        scene.Faults.ShouldBe(["removed"]);
        File.Delete(closed[0].Path);
        scene.Faults.ShouldContain("removed");
    }

    [Fact]
    public void Rotation_AcrossARestart_GoesOn()
    {
        using var scene = new AuditScene(new AuditSettings { RotateBytes = 2000, Keep = 100 });
        for (var i = 0; i < 6; i++)
        {
            scene.Write(3);
            scene.Restart();
        }

        scene.Verdict.ShouldSatisfyAllConditions(v => v.Findings.ShouldBeEmpty(), v => v.Records.ShouldBe(18));
    }

    [Fact]
    public void TornTail_IsCutOffAndNoted()
    {
        using var scene = new AuditScene();
        scene.Write(2);
        File.AppendAllText(scene.Folder.Current, "{\"seq\":3,\"prev\":\"00");
        scene.Verdict.HasTornTail.ShouldBeTrue();
        scene.Faults.ShouldBeEmpty();

        scene.Restart();
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            scene.Trail.RunAsync(stop.Token).IsCompletedSuccessfully.ShouldBeTrue();
        }

        scene.Verdict.HasTornTail.ShouldBeFalse();
        scene.Faults.ShouldBeEmpty();
        scene.Lines[2].ShouldContain("\"type\":\"repaired\"");
    }

    [Fact]
    public void CutFile_IsSaidAtTheNextStart_AndTheGapStays()
    {
        using var scene = new AuditScene();
        scene.Write(5);
        scene.Rewrite(_ => string.Concat(scene.Lines.Take(3).Select(l => l + "\n")));
        scene.Restart();
        using (var stop = new CancellationTokenSource())
        {
            stop.Cancel();
            scene.Trail.RunAsync(stop.Token).IsCompletedSuccessfully.ShouldBeTrue();
        }

        scene.Lines[3].ShouldContain("\"type\":\"missing\"");
        scene.Faults.ShouldBe(["removed"]);
    }

    [Fact]
    public void NoRoom_DeniesNewCalls_UntilThereIs()
    {
        using var scene = new AuditScene();
        scene.Write(1);
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.FreeBytes = 0;
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Trail.WriteQueued().ShouldBeFalse();

        scene.Trail.TryReserve().ShouldBeFalse();
        scene.Trail.Add(AuditScene.Record("begun before"));
        scene.Trail.Problem.ShouldNotBeNull();
        scene.FreeBytes = 1 << 30;
        scene.Trail.WriteQueued().ShouldBeTrue();
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Text.ShouldContain("begun before");
        scene.Trail.Lost.ShouldBe(0);
        scene.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void NoRoom_Degraded_ServesAndCountsWhatIsLost()
    {
        using var scene = new AuditScene(new AuditSettings { DeniesWhenFull = false });
        scene.Write(1);
        scene.FreeBytes = 0;
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Trail.WriteQueued().ShouldBeFalse();
        for (var i = 0; i < 7; i++)
        {
            scene.Trail.TryReserve().ShouldBeTrue();
            scene.Trail.Add(AuditScene.Record());
        }

        scene.Trail.Lost.ShouldBe(7);
        scene.FreeBytes = 1 << 30;
        scene.Trail.WriteQueued().ShouldBeTrue();
        scene.Lines[^1].ShouldContain("\"type\":\"lost\"");
        scene.Lines[^1].ShouldContain("\"records\":7");
        scene.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Reservations_AreBounded()
    {
        using var scene = new AuditScene();
        for (var i = 0; i < AuditTrail.MaxPending; i++)
        {
            scene.Trail.TryReserve().ShouldBeTrue();
        }

        scene.Trail.TryReserve().ShouldBeFalse();
        scene.Trail.Problem.ShouldNotBeNull().ShouldContain("65536 calls");
        scene.Trail.Release();
        scene.Trail.Problem.ShouldBeNull();
        scene.Trail.TryReserve().ShouldBeTrue();
    }

    [Fact]
    public void Reservations_OfCallsThatAreMadeAnyway_LeavePlacesForOthers()
    {
        using var scene = new AuditScene();
        for (var i = 0; i < AuditTrail.MaxOptional; i++)
        {
            scene.Trail.TryReserve(mustBeKept: false).ShouldBeTrue();
        }

        scene.Trail.TryReserve(mustBeKept: false).ShouldBeFalse();
        scene.Trail.TryReserve().ShouldBeTrue();
    }

    [Fact]
    public void NoRoom_CallsThatAreMadeAnyway_AreCountedAsLost()
    {
        using var scene = new AuditScene();
        scene.Write(1);
        scene.FreeBytes = 0;
        scene.Time.Advance(TimeSpan.FromSeconds(1));
        scene.Trail.WriteQueued().ShouldBeFalse();
        scene.Trail.TryReserve(mustBeKept: false).ShouldBeFalse();
        scene.Trail.CountLost(AuditScene.Record());

        scene.Trail.Lost.ShouldBe(1);
        scene.FreeBytes = 1 << 30;
        scene.Trail.WriteQueued().ShouldBeTrue();
        scene.Lines[^1].ShouldContain("\"type\":\"lost\"");
        scene.Lines[^1].ShouldContain("\"records\":1");
        scene.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void FullDisk_LeavesWholeLinesAndLosesNothing()
    {
        using var disk = new SmallDisk(1);
        var folder = new AuditFolder(disk.Path, "audit/calls.jsonl");
        using var trail = new AuditTrail(
            AuditSettings.Default with
            {
                DiskReserve = 0,
            },
            folder,
            "agent-1",
            "0.1.0",
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<AuditTrail>.Instance
        );
        trail.WriteQueued().ShouldBeTrue();
        disk.Fill();
        var count = 0;
        while (trail.Problem is null && count < 100_000)
        {
            trail.TryReserve().ShouldBeTrue();
            trail.Add(AuditScene.Record($"{count++}"));
            trail.WriteQueued();
        }

        trail.Problem.ShouldNotBeNull();
        File.ReadAllText(folder.Current)
            .ShouldSatisfyAllConditions(t => (t.Length == 0 || t.EndsWith('\n')).ShouldBeTrue());
        disk.Free();
        trail.WriteQueued().ShouldBeTrue();
        trail.Problem.ShouldBeNull();
        trail.Sequence.ShouldBe(count);
        new AuditVerifier(folder).Verify().Findings.Where(f => f.Kind != "head_missing").ShouldBeEmpty();
    }

    [Fact]
    public async Task ManyCallers_AreAllRecorded()
    {
        using var scene = new AuditScene();
        using var stop = new CancellationTokenSource();
        var running = scene.Trail.RunAsync(stop.Token);
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(t =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 2000; i++)
                        {
                            scene.Trail.TryReserve().ShouldBeTrue();
                            scene.Trail.Add(AuditScene.Record($"{t}.{i}"));
                        }
                    })
                )
        );
        await stop.CancelAsync();
        await running;

        scene.Verdict.ShouldSatisfyAllConditions(v => v.Records.ShouldBe(16_000), v => v.Findings.ShouldBeEmpty());
    }

    [Theory]
    [InlineData(
        """{"q":"secret","n":1.5,"b":true,"x":null,"l":[1,[2]],"m":{"alice@example.test":1}}""",
        """{"q":"string:6","n":"number","b":"boolean","x":"null","l":"array:2","m":"object:1"}"""
    )]
    [InlineData("\"secret\"", "\"string:6\"")]
    [InlineData("[1,2,3]", "\"array:3\"")]
    [InlineData("{}", "{}")]
    [InlineData("{", "")]
    public void Shape_NeverShowsValues(string arguments, string shape)
    {
        using var output = new JsonMembers();

        ArgumentShape.Write(output, "arguments"u8, Encoding.UTF8.GetBytes(arguments), []);

        Encoding.UTF8.GetString(output.Written).ShouldBe(shape.Length == 0 ? "" : $",\"arguments\":{shape}");
    }

    [Fact]
    public void Hash_IsKeyed_AndStaysAcrossRestarts()
    {
        using var scene = new AuditScene();
        using var other = new AuditScene();
        var hash = SessionIn(scene, 1);

        scene.Restart();

        SessionIn(scene, 2).ShouldBe(hash);
        SessionIn(other, 1).ShouldNotBe(hash);
        hash.ShouldBe(scene.HashOf("value"));
    }

    private static string SessionIn(AuditScene scene, int line)
    {
        scene.Trail.TryReserve().ShouldBeTrue();
        scene.Trail.Add(AuditScene.Record(session: "value"));
        scene.Trail.WriteQueued().ShouldBeTrue();
        using var record = JsonDocument.Parse(scene.Lines[line - 1]);
        return record.RootElement.GetProperty("session").GetString()!;
    }
}
