using System.Security.Cryptography;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Transparency;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Audit;

/// <summary>What was done to an agent's record, its checkpoints or the log is found, and named.</summary>
public sealed class CallVerifierTests
{
    private readonly CallBench bench = new(records: 6);

    [Fact]
    public void Verify_WholeRecord_IsProvenUpToTheCheckpoint()
    {
        var report = bench.Verify(bench.Lines, bench.Prove(bench.Sign(5)));

        report.Findings.ShouldBeEmpty();
        (report.Records, report.First, report.Last, report.ProvenUpTo).ShouldBe((6, 1, 6, 5));
        (report.LogSize, report.Continues).ShouldBe((2, 1L));
    }

    [Fact]
    public void Verify_ProofReadFromAFile_IsTheSame()
    {
        var proof = CallProof.Parse("proof.json", CallBench.ToText(bench.Prove(bench.Sign(5))));

        bench.Verify(bench.Lines, proof).Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"type":"culvert_call_proof"}""")]
    [InlineData("""{"type":"culvert_call_proof","tree_head":"x","entries":[]}""")]
    public void Parse_NoProof_IsRefused(string text) =>
        Should.Throw<CommandFailure>(() => CallProof.Parse("proof.json", text)).ExitCode.ShouldBe(ExitCode.CheckFailed);

    [Theory]
    [InlineData("altered content", "edited")]
    [InlineData("left out", "removed")]
    [InlineData("changed places", "reordered")]
    [InlineData("end cut off", "missing")]
    [InlineData("rewritten from the first record", "altered")]
    [InlineData("not a record", "unreadable")]
    public void Verify_RecordWasTamperedWith_IsNamed(string what, string finding)
    {
        var lines = bench.Lines;
        string[] changed = what switch
        {
            "altered content" => [lines[0].Replace("alice", "mallory", StringComparison.Ordinal), .. lines[1..]],
            "left out" => [.. lines[..2], .. lines[3..]],
            "changed places" => [lines[0], lines[2], lines[1], .. lines[3..]],
            "end cut off" => [.. lines[..4]],
            "not a record" => [.. lines[..2], "{}", .. lines[3..]],
            _ => Rewritten(),
        };

        bench
            .Verify(changed, bench.Prove(bench.Sign(5)))
            .Findings.ShouldContain(one => one.Contains(finding, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("o/org/t/tnl_01/agent/agent-2", "agent-2")] // another agent, in its own name
    [InlineData("o/org/t/tnl_01/agent/agent-2", "agent-1")] // another agent, in this one's name
    [InlineData("o/org/t/tnl_02/agent/agent-1", "agent-1")] // an agent of another tunnel
    [InlineData("edge/edge_01", "agent-1")] // an edge
    [InlineData("service/node-1", "agent-1")] // the service itself
    public void Verify_CheckpointOfAnotherMachine_IsForged(string path, string node)
    {
        var forged = bench.Sign(5, bench.Heads[4], path, node);

        bench
            .Verify(bench.Lines, bench.Prove(forged))
            .Findings.ShouldContain(one => one.StartsWith("forged: the checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_CheckpointOfAnotherInstallationOrAltered_IsForged()
    {
        var stranger = new CallBench(records: 6);

        foreach (var forged in (string[])[stranger.Sign(5), Forged.Signature(bench.Sign(5)), "a.b.c"])
        {
            var report = bench.Verify(bench.Lines, bench.Prove(forged));
            report.Findings.ShouldContain(one => one.StartsWith("forged", StringComparison.Ordinal));
            report.ProvenUpTo.ShouldBe(0);
        }
    }

    [Fact]
    public void Verify_CheckpointThatTheLogDoesNotHave_IsNotLogged()
    {
        var proof = bench.Prove(bench.Sign(4));
        var other = proof with { Entries = [proof.Entries[0] with { Checkpoint = bench.Sign(5) }] };
        var moved = proof with { Entries = [proof.Entries[0] with { Index = 0 }] };
        var beyond = proof with { Entries = [proof.Entries[0] with { Index = 2 }] };

        foreach (var wrong in (CallProof[])[other, moved, beyond, proof with { Entries = [] }])
        {
            bench
                .Verify(bench.Lines, wrong)
                .Findings.ShouldContain(one => one.StartsWith("not logged", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Verify_TwoWordsOnOneRecord_AreAFork()
    {
        var (honest, other) = (bench.Sign(5), bench.Sign(5, new string('a', 64)));
        var (left, right) = (LogEntry.FromCheckpoint(honest).ToHash(), LogEntry.FromCheckpoint(other).ToHash());
        var proof = bench.Prove(honest) with
        {
            Note = bench.Note(new TreeHead(CallBench.Origin, 2, MerkleHash.OfNode(left, right))),
            Entries = [new CallProofEntry(0, honest, [right]), new CallProofEntry(1, other, [left])],
            Earlier = null,
        };

        bench
            .Verify(bench.Lines, proof)
            .Findings.ShouldContain(one => one.StartsWith("forked", StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_TreeHeadOfAnotherKeyOrLog_IsForged()
    {
        using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var proof = bench.Prove(bench.Sign(5));
        var head = TreeHead.Parse(proof.Note.Text)!;
        var otherKey = new NoteKey(CallBench.Origin, secret.ExportSubjectPublicKeyInfo());

        var unsigned = bench.Verify(bench.Lines, proof with { Note = bench.Note(head, secret) });
        var wrongKey = bench.Verify(bench.Lines, proof, key: otherKey);
        var otherLog = bench.Verify(bench.Lines, proof with { Note = bench.Note(head with { Origin = "other" }) });

        foreach (var report in (CallReport[])[unsigned, wrongKey, otherLog])
        {
            report.Findings.ShouldContain(one => one.StartsWith("forged: The tree head", StringComparison.Ordinal));
            report.ProvenUpTo.ShouldBe(0);
        }
    }

    [Fact]
    public void Verify_LogThatDoesNotContinueTheKeptHead_IsInconsistent()
    {
        var proof = bench.Prove(bench.Sign(5));
        var kept = bench.Note(new TreeHead(CallBench.Origin, 1, MerkleHash.OfEntry([1])));

        bench.Verify(bench.Lines, proof, proof.Earlier).Findings.ShouldBeEmpty();
        Inconsistent(bench.Verify(bench.Lines, proof, kept));
        Inconsistent(bench.Verify(bench.Lines, proof with { Earlier = kept }, kept));
        Inconsistent(bench.Verify(bench.Lines, proof with { Consistency = [] }));
        Inconsistent(bench.Verify(bench.Lines, proof with { Earlier = null }, kept));

        static void Inconsistent(CallReport report) =>
            report.Findings.ShouldContain(one => one.StartsWith("inconsistent", StringComparison.Ordinal));
    }

    // By someone who has all files of the agent's machine, and not what left it before.
    private static string[] Rewritten()
    {
        var previous = new string('0', 64);
        var lines = new string[6];
        for (var i = 0; i < lines.Length; i++)
        {
            (lines[i], previous) = CallBench.Line(i + 1, previous, "mallory");
        }

        return lines;
    }
}
