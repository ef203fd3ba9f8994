using System.Security.Cryptography.X509Certificates;
using Culvert.Machine.Client.State;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Audit;

namespace Culvert.Tunnel.Agent.Tests.Audit;

/// <summary>The agent's signed word on how far its record of calls reaches.</summary>
public sealed class CallCheckpointTests
{
    private const string Domain = "id.test";
    private const string TunnelId = "tnl_01";
    private readonly TestPki platform = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Write_EveryMinuteAndAtStop_SignsWhatIsOnTheDisk()
    {
        using var scene = new AuditScene();
        scene.Trail.Signer = () => Agent();
        scene.Write(2);
        File.Exists(scene.Folder.Checkpoint).ShouldBeFalse();

        scene.Time.Advance(AuditTrail.BetweenCheckpoints);
        scene.Write(1);

        var checkpoint = Verified(File.ReadAllText(scene.Folder.Checkpoint).Trim())!;
        checkpoint.Sequence.ShouldBe(3);
        new AuditVerifier(scene.Folder).Verify([(checkpoint.Sequence, checkpoint.Head)]).Findings.ShouldBeEmpty();
        scene.Rewrite(text => text.Replace("\"alice\"", "\"mallory\"", StringComparison.Ordinal));
        new AuditVerifier(scene.Folder).Verify([(checkpoint.Sequence, checkpoint.Head)]).Findings.ShouldNotBeEmpty();
    }

    [Fact]
    public void Verify_OtherTunnelOrAlteredOrServicesOwn_Refuses()
    {
        var token = AuditCheckpoint.SignCalls(Agent(), "agent-1", 3, new string('a', 64), Now)!;

        Verified(token).ShouldNotBeNull().Node.ShouldBe("agent-1");
        AuditCheckpoint.VerifyCalls(token, Trust, "tnl_02").ShouldBeNull();
        AuditCheckpoint.VerifyCalls(Forged.Signature(token), Trust, TunnelId).ShouldBeNull();
        AuditCheckpoint.Verify(token, Trust).ShouldBeNull();
        AuditCheckpoint
            .VerifyCalls(AuditCheckpoint.SignCalls(Agent(), "two", 3, new string('a', 64), Now)!, Trust, TunnelId)
            .ShouldBeNull();
    }

    [Fact] // with its head; only the agent can sign
    public void Read_RecordsRewrittenWithTheirHead_DoNotFitTheCheckpointNextToThem()
    {
        using var scene = new AuditScene();
        scene.Trail.Signer = () => Agent();
        scene.Write(2);
        scene.Time.Advance(AuditTrail.BetweenCheckpoints);
        scene.Write(1);
        var checkpoints = new CallCheckpoints(State(), TunnelId);
        checkpoints.Read(scene.Folder, []).ShouldNotBeNull().ShouldHaveSingleItem().Sequence.ShouldBe(3);
        using var other = new AuditScene().Write(3, "other");

        scene.Rewrite(_ => other.Text);
        File.WriteAllText(scene.Folder.Head, File.ReadAllText(other.Folder.Head));

        scene.Verdict.Findings.ShouldBeEmpty();
        var held = checkpoints.Read(scene.Folder, []).ShouldNotBeNull();
        new AuditVerifier(scene.Folder)
            .Verify([.. held.Select(c => (c.Sequence, c.Head))])
            .Findings.ShouldHaveSingleItem()
            .Kind.ShouldBe("anchor");
    }

    [Fact]
    public void Read_CheckpointNextToTheRecordsThatWasAltered_ProvesNothing()
    {
        using var scene = new AuditScene();
        var token = AuditCheckpoint.SignCalls(Agent(), "agent-1", 3, new string('a', 64), Now)!;
        Directory.CreateDirectory(scene.Folder.Folder);
        File.WriteAllText(scene.Folder.Checkpoint, Forged.Signature(token));

        var checkpoints = new CallCheckpoints(State(), TunnelId);

        checkpoints.Read(scene.Folder, []).ShouldBeNull();
        checkpoints.Problem.ShouldContain("The signature of a checkpoint is not valid.");
    }

    [Fact] // an agent that is not enrolled yet: its records can be read all the same
    public void Read_WithoutPlatformRoots_LeavesOutTheFileNextToTheRecords_AndSaysSo()
    {
        using var scene = new AuditScene();
        Directory.CreateDirectory(scene.Folder.Folder);
        File.WriteAllText(scene.Folder.Checkpoint, "x");
        var checkpoints = new CallCheckpoints(new AgentState(), TunnelId);

        checkpoints.Read(scene.Folder, []).ShouldNotBeNull().ShouldBeEmpty();
        checkpoints.Problem.ShouldContain("no platform roots");
        checkpoints.Read(scene.Folder, [scene.Folder.Checkpoint]).ShouldBeNull();
    }

    private AgentState State() =>
        new()
        {
            Trust = Trust,
            Id = SpiffeId.TryParse($"spiffe://{Domain}/o/org/t/{TunnelId}/agent/agent-1", out var id) ? id : null,
        };

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    private PlatformTrust Trust =>
        PlatformTrust.TryCreate(Domain, platform.RootPem, out var trust)
            ? trust
            : throw new InvalidOperationException();

    private AuditCheckpoint? Verified(string token) => AuditCheckpoint.VerifyCalls(token, Trust, TunnelId);

    private KeyAndCertificate Agent()
    {
        using var issued = platform.Issue(
            $"spiffe://{Domain}/o/org/t/{TunnelId}/agent/agent-1",
            usages: [TestPki.ClientAuthentication]
        );
        using var key = issued.GetECDsaPrivateKey()!;
        return KeyAndCertificate.FromPem(
            issued.ExportCertificatePem() + "\n" + platform.ChainPem,
            key.ExportPkcs8PrivateKeyPem()
        );
    }
}
