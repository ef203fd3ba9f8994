using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Checkpoints;

public sealed class CheckpointWatchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-test-").FullName;
    private readonly TestPki pki = new(name: "Platform");
    private readonly X509Certificate2 node;
    private StateDirectory state;

    public CheckpointWatchTests()
    {
        state = StateDirectory.Open(Path.Combine(folder, "state"));
        node = Node("node-1");
    }

    public void Dispose()
    {
        state.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Take_GrowingSequence_IsKeptWithoutAlarm()
    {
        var watch = Watch();

        Take(watch, Sign(1));
        Take(watch, Sign(5, minutes: 1));

        watch.Alarm.ShouldBeNull();
        CheckpointWatch.Load(state)!.Select(line => line.Sequence).ShouldBe([1, 5]);
    }

    [Fact]
    public void Take_SameOneAgain_IsKeptOnce()
    {
        var watch = Watch();
        var word = Sign(3);

        Take(watch, word);
        Take(watch, word);

        CheckpointWatch.Load(state)!.ShouldHaveSingleItem();
    }

    [Fact]
    public void Take_AnotherHeadForTheSameEntry_IsAFork()
    {
        var watch = Watch();
        Take(watch, Sign(3));
        Take(watch, Sign(9, minutes: 1));

        Take(watch, Sign(3, head: "other", minutes: 2));

        watch.Alarm.ShouldBe(CheckpointAlarm.Fork);
        CheckpointWatch.Load(state)![^1].Alarm.ShouldBe("fork");
    }

    [Fact]
    public void Take_FewerEntriesSignedLater_IsARollback()
    {
        var watch = Watch();
        Take(watch, Sign(9));

        Take(watch, Sign(4, minutes: 1));

        watch.Alarm.ShouldBe(CheckpointAlarm.Rollback);
    }

    // Two processes of one node overlap while it is restarted: the slower answer does not raise an alarm.
    [Fact]
    public void Take_FewerEntriesSignedEarlier_IsIgnored()
    {
        var watch = Watch();
        Take(watch, Sign(9, minutes: 1));

        Take(watch, Sign(4, minutes: 0));

        watch.Alarm.ShouldBeNull();
        CheckpointWatch.Load(state)!.ShouldHaveSingleItem();
    }

    [Fact]
    public void Take_OtherNodes_CountForThemselves()
    {
        var watch = Watch();
        Take(watch, Sign(9));

        Take(watch, Sign(2, minutes: 1, signer: Node("node-2"), name: "node-2"));

        watch.Alarm.ShouldBeNull();
    }

    public static TheoryData<string> Forgeries =>
        ["signature", "other node", "other root", "agent", "algorithm", "text"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void Take_NotSignedByThatNode_IsAnAlarmAndNotKept(string forgery)
    {
        var watch = Watch();
        var word = forgery switch
        {
            "signature" => Forged.Signature(Sign(1)),
            "other node" => Sign(1, name: "node-2"),
            "other root" => Sign(1, signer: Node("node-1", new TestPki(name: "Platform"))),
            "agent" => Sign(1, signer: pki.Issue("spiffe://id.test/o/org/t/tnl_1/agent/node-1")),
            "algorithm" => Sign(1, algorithm: "none"),
            _ => "eyJ.not.one",
        };

        Take(watch, word);

        watch.Alarm.ShouldBe(CheckpointAlarm.Signature);
        CheckpointWatch.Load(state)!.ShouldBeEmpty();
    }

    [Fact]
    public void New_AfterARestart_KnowsWhatItKeptAndTheAlarm()
    {
        var watch = Watch();
        Take(watch, Sign(9));
        Take(watch, Sign(4, minutes: 1));
        state.Dispose();
        state = StateDirectory.Open(Path.Combine(folder, "state"));

        var next = Watch();

        next.Alarm.ShouldBe(CheckpointAlarm.Rollback);
        Take(next, Sign(9, head: "other", minutes: 2));
        next.Alarm.ShouldBe(CheckpointAlarm.Fork);
    }

    [Fact]
    public void Take_ManyOfANode_KeepsTheNewestSixtyFour()
    {
        var watch = Watch();
        for (var n = 1; n <= 66; n++)
        {
            Take(watch, Sign(n, minutes: n / 60.0));
        }

        CheckpointWatch
            .Load(state)!
            .Select(line => line.Sequence)
            .ShouldBe(Enumerable.Range(3, 64).Select(n => (long)n));
    }

    private CheckpointWatch Watch() => new(state, NullLogger.Instance);

    private void Take(CheckpointWatch watch, string word) =>
        watch.Add(word, PlatformTrust.TryCreate("id.test", pki.RootPem, out var trust) ? trust : null!);

    private X509Certificate2 Node(string name, TestPki? authority = null) =>
        (authority ?? pki).Issue($"spiffe://id.test/service/{name}", usages: [TestPki.ServerAuthentication]);

    private string Sign(
        long sequence,
        string head = "head",
        double minutes = 0,
        X509Certificate2? signer = null,
        string name = "node-1",
        string algorithm = "ES256"
    )
    {
        signer ??= node;
        var header = new JsonObject
        {
            ["alg"] = algorithm,
            ["typ"] = "culvert-checkpoint+jws",
            ["x5c"] = new JsonArray(
                Convert.ToBase64String(signer.RawData),
                Convert.ToBase64String(pki.Issuing.RawData)
            ),
        };
        var payload = new JsonObject
        {
            ["type"] = "audit_checkpoint",
            ["node"] = name,
            ["sequence"] = sequence,
            ["head"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{head} {sequence}"))),
            ["time"] = pki.Now.AddMinutes(minutes).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
        var content = $"{Encode(header)}.{Encode(payload)}";
        using var key = signer.GetECDsaPrivateKey()!;
        var signature = key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256);
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject json) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
