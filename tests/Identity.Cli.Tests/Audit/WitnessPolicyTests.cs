using System.Buffers.Binary;
using System.Text;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Cli.Commands;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Transparency;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Audit;

/// <summary>Which cosignatures of a tree head count for a verifier.</summary>
public sealed class WitnessPolicyTests
{
    private readonly CallBench bench = new(records: 3);

    private DateTimeOffset Now => bench.Now;

    [Fact]
    public void Verify_EnoughWitnesses_AreNamed()
    {
        var report = Verify(Policy(2, "a", "b", "c"), ("a", Now), ("c", Now));

        report.Findings.ShouldBeEmpty();
        report.Witnesses.ShouldBe(["a", "c"]);
    }

    [Fact]
    public void Verify_TooFewWitnesses_IsAFinding()
    {
        var report = Verify(Policy(2, "a", "b"), ("a", Now));

        report
            .Findings.ShouldHaveSingleItem()
            .ShouldBe("not witnessed: 1 of 2 required witnesses cosigned the tree head (b has not cosigned it).");
    }

    [Fact]
    public void Verify_NoWitnessRequired_ReportsThoseThatCosigned() =>
        Verify(Policy(0, "a", "b"), ("b", Now)).Witnesses.ShouldBe(["b"]);

    [Fact]
    public void Verify_OneWitnessTwice_CountsOnce() =>
        Verify(Policy(2, "a", "b"), ("a", Now), ("a", Now.AddSeconds(1))).Findings.ShouldNotBeEmpty();

    [Fact]
    public void Verify_ACosignatureOlderThanWhatItCovers_IsNotCounted() =>
        Verify(Policy(1, "a"), ("a", Now.AddMinutes(-6)))
            .Findings.ShouldHaveSingleItem()
            .ShouldContain("older than what it covers");

    [Fact]
    public void Verify_ACosignatureOfTheFuture_IsNotCounted() =>
        Verify(Policy(1, "a"), ("a", Now.AddMinutes(6))).Findings.ShouldHaveSingleItem().ShouldContain("of the future");

    [Fact]
    public void Verify_ACosignatureOfAnotherHead_IsNotCounted()
    {
        var proof = bench.Prove(bench.Sign(3));
        var replayed = Cosign("a", "another text\n", Now);
        var note = proof.Note with { Signatures = [.. proof.Note.Signatures, replayed] };

        bench
            .Verify(bench.Lines, proof with { Note = note }, witnesses: Policy(1, "a"))
            .Findings.ShouldHaveSingleItem()
            .ShouldContain("a has not cosigned it");
    }

    [Fact]
    public void Read_Keys_RequiresAllUnlessTold()
    {
        string[] keys = [Key("a").ToString(), Key("b").ToString()];

        AuditProofCommands.ReadWitnesses(keys, null, Now).Required.ShouldBe(2);
        AuditProofCommands.ReadWitnesses(keys, "1", Now).Required.ShouldBe(1);
        AuditProofCommands.ReadWitnesses(null, null, Now).Keys.ShouldBeEmpty();
    }

    [Fact]
    public void Read_MoreThanThereAre_IsRefused()
    {
        Refused([Key("a").ToString()], "2");
        Refused(null, "1");
        Refused([Key("a").ToString()], "-1");
    }

    [Fact]
    public void Read_OneKeyUnderTwoNames_IsRefused() =>
        Refused([Key("a").ToString(), new CosignatureKey("b", Key("a").PublicKey).ToString()], null);

    [Fact]
    public void Read_AKeyOfAnotherKind_IsRefused() => Refused([bench.LogKey.ToString()], null);

    private void Refused(string[]? keys, string? required) =>
        Should
            .Throw<CommandFailure>(() => AuditProofCommands.ReadWitnesses(keys, required, Now))
            .ExitCode.ShouldBe(ExitCode.Usage);

    private CallReport Verify(WitnessPolicy policy, params (string Name, DateTimeOffset At)[] cosigners)
    {
        var proof = bench.Prove(bench.Sign(3));
        var lines = cosigners.Select(one => Cosign(one.Name, proof.Note.Text, one.At));
        var note = proof.Note with { Signatures = [.. proof.Note.Signatures, .. lines] };
        return bench.Verify(bench.Lines, proof with { Note = note }, witnesses: policy);
    }

    private WitnessPolicy Policy(int required, params string[] names) => new([.. names.Select(Key)], required, Now);

    private static byte[] Secret(string name) =>
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name));

    private static CosignatureKey Key(string name)
    {
        var key = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(Secret(name), 0, key, 0);
        return new CosignatureKey(name, key);
    }

    private static NoteSignature Cosign(string name, string text, DateTimeOffset at)
    {
        var message = Encoding.UTF8.GetBytes($"cosignature/v1\ntime {at.ToUnixTimeSeconds()}\n{text}");
        var value = new byte[8 + Ed25519.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(value, at.ToUnixTimeSeconds());
        Ed25519.Sign(Secret(name), 0, message, 0, message.Length, value, 8);
        return new NoteSignature(name, Key(name).KeyId, value);
    }
}
